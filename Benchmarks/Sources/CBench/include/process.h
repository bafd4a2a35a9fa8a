// What the process itself costs.
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdint.h>

// CPU time of the process (all threads) and of the calling thread, and the time of the wall, in nanoseconds.
uint64_t bench_process_cpu(void);
uint64_t bench_thread_cpu(void);
uint64_t bench_wall(void);

// Lets what is printed go out line by line, also into a pipe.
void bench_print_by_line(void);

// Resident memory now, and the most there ever was, in bytes.
uint64_t bench_resident(void);
uint64_t bench_peak_resident(void);

// Counts calls of malloc, calloc, realloc (of nothing) and aligned allocation by the calling thread, in all libraries
// of the process: the functions are interposed. OpenSSL's share is counted by hooks in its own memory functions, which
// have to be set before OpenSSL is used for the first time.
typedef struct { uint64_t all, openssl; } bench_allocations;
int bench_allocations_hook_openssl(void);
void bench_allocations_start(void);
bench_allocations bench_allocations_stop(void);

#endif
