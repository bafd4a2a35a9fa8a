// How much memory the process has allocated, for the tests that look for leaks.
#ifndef ITSMERP_CMEMORY_SHIM_H
#define ITSMERP_CMEMORY_SHIM_H

#include <stdlib.h>

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
#include <malloc.h>

// Bytes that were allocated and not freed, over all arenas; -1 where the C library does not tell.
static inline long itsmerp_allocated_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return (long)(info.uordblks + info.hblkhd);
}
#else
static inline long itsmerp_allocated_bytes(void) { return -1; }
#endif

#endif
