// Preloaded under LeakSanitizer. At the end of a process OpenSSL deletes its thread-local keys, and then nothing leads to
// the error queues and generators of threads that still live, as those of the concurrency runtime do: they would be
// reported as lost, one of each for a thread. OpenSSL frees them when their thread ends.
#include <openssl/crypto.h>

__attribute__((constructor)) static void keep_thread_states(void) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
}
