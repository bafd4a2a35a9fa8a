#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t bench_process_cpu(void) { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }
uint64_t bench_thread_cpu(void) { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
uint64_t bench_wall(void) { return read_clock(CLOCK_MONOTONIC); }

void bench_print_by_line(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

uint64_t bench_resident(void) {
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long total = 0, resident = 0;
    if (file == NULL) {
        return 0;
    }
    int found = fscanf(file, "%lu %lu", &total, &resident);
    fclose(file);
    return found == 2 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

uint64_t bench_peak_resident(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

static _Thread_local int is_counting;
static _Thread_local bench_allocations counts;

void bench_allocations_start(void) {
    counts = (bench_allocations){0, 0};
    is_counting = 1;
}

bench_allocations bench_allocations_stop(void) {
    is_counting = 0;
    return counts;
}

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
    *__libc_memalign(size_t, size_t);

void *malloc(size_t size) {
    counts.all += (uint64_t)is_counting;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    counts.all += (uint64_t)is_counting;
    return __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size) {
    counts.all += (uint64_t)is_counting;
    return __libc_realloc(pointer, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    counts.all += (uint64_t)is_counting;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    counts.all += (uint64_t)is_counting;
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? ENOMEM : 0;
}

static void *openssl_malloc(size_t size, const char *file, int line) {
    counts.openssl += (uint64_t)is_counting;
    return malloc(size);
}

static void *openssl_realloc(void *pointer, size_t size, const char *file, int line) {
    counts.openssl += (uint64_t)is_counting;
    return realloc(pointer, size);
}

static void openssl_free(void *pointer, const char *file, int line) { free(pointer); }

int bench_allocations_hook_openssl(void) {
    return CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free);
}
