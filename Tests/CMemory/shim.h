// What the tests need to know of the memory of their process: how much is allocated, and where octets stand in it.
#ifndef ITSMERP_CMEMORY_SHIM_H
#define ITSMERP_CMEMORY_SHIM_H

#include <stdlib.h>
#include <string.h>

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

// The number of places in `memory` where `width` octets stand that are `masked` once each is combined with `mask`.
//
// What is looked for is never there in clear, not even in a register: the dynamic linker keeps vector registers on the
// stack when a function is called for the first time, and would leave a copy there that the scan then finds.
static inline size_t itsmerp_masked_places(
    const unsigned char *memory, size_t length, const unsigned char *masked, size_t width, unsigned char mask) {
    size_t count = 0;
    if (length < width) return 0;
    const unsigned char *end = memory + length - width + 1;
    for (const unsigned char *from = memory; from < end; from++) {
        from = (const unsigned char *)memchr(from, masked[0] ^ mask, (size_t)(end - from));
        if (from == NULL) break;
        size_t same = 1;
        while (same < width && (from[same] ^ mask) == masked[same]) same++;
        if (same == width) count++;
    }
    return count;
}

// Overwrites the buffer of a scan, and with the same search what this thread's vector registers hold of it.
static inline void itsmerp_forget(unsigned char *memory, size_t length) {
    memset(memory, 0, length);
    (void)memchr(memory, 1, length);
}

#endif
