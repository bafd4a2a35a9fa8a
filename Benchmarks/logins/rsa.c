// The CPU time of RSA with 2048 bits and nothing else, in microseconds: signature, decryption, verification, encryption.
// Arguments: a private key (PEM) and how many of each.

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { size = 256 };

static double used(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void check(int good) {
    if (good != 1) {
        fprintf(stderr, "rsa: a call of OpenSSL failed\n");
        exit(1);
    }
}

static EVP_PKEY_CTX *context(EVP_PKEY *key, int (*init)(EVP_PKEY_CTX *), int is_signature) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    check(init(context));
    if (is_signature) {
        check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING));
        check(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()));
    } else {
        check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING));
        check(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()));
    }
    return context;
}

int main(int count, char **arguments) {
    FILE *file = count == 3 ? fopen(arguments[1], "r") : NULL;
    EVP_PKEY *key = file == NULL ? NULL : PEM_read_PrivateKey(file, NULL, NULL, NULL);
    check(key != NULL);
    int runs = atoi(arguments[2]);
    EVP_PKEY_CTX *sign = context(key, EVP_PKEY_sign_init, 1), *verify = context(key, EVP_PKEY_verify_init, 1);
    EVP_PKEY_CTX *encrypt = context(key, EVP_PKEY_encrypt_init, 0), *decrypt = context(key, EVP_PKEY_decrypt_init, 0);
    unsigned char digest[32] = {1}, secret[32] = {2}, signature[size], wrapped[size], out[size];
    double times[4] = {0};
    for (int run = 0; run < runs; run++) {
        size_t signature_size = size, wrapped_size = size, out_size = size;
        double start = used();
        check(EVP_PKEY_sign(sign, signature, &signature_size, digest, sizeof digest));
        double signed_at = used();
        check(EVP_PKEY_encrypt(encrypt, wrapped, &wrapped_size, secret, sizeof secret));
        double encrypted_at = used();
        check(EVP_PKEY_decrypt(decrypt, out, &out_size, wrapped, wrapped_size));
        double decrypted_at = used();
        check(EVP_PKEY_verify(verify, signature, signature_size, digest, sizeof digest));
        times[0] += signed_at - start;
        times[1] += decrypted_at - encrypted_at;
        times[2] += used() - decrypted_at;
        times[3] += encrypted_at - signed_at;
    }
    for (int i = 0; i < 4; i++) {
        printf("%.2f ", times[i] / runs);
    }
    printf("\n");
}
