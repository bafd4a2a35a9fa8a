// What the tests need to know of the memory of their process: how much is allocated, and where bytes stand in it.
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

// The number of places in `memory` where `width` bytes stand that are `masked` once each is combined with `mask`.
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

// How many bytes of ones that were put into the vector registers are there after `body`; -1 where there are none wider than
// 16 bytes, or this does not know them.
static inline long itsmerp_left_in_vector_registers(void (*body)(void)) {
    long left = -1;
#if defined(__x86_64__)
    unsigned char ones[64], after[32][64];
    memset(ones, 0xFF, sizeof ones);
    memset(after, 0, sizeof after);
#define ITSMERP_XMM \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", \
        "xmm14", "xmm15"
    if (__builtin_cpu_supports("avx512f")) {
        __asm__ volatile(
            ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
            "vmovdqu64 (%0), %%zmm\\n\n.endr" : : "r"(ones) : "memory", ITSMERP_XMM);
        body();
        __asm__ volatile(
            ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
            "vmovdqu64 %%zmm\\n, 64*\\n(%0)\n.endr\nvzeroupper" : : "r"(after) : "memory", ITSMERP_XMM);
    } else if (__builtin_cpu_supports("avx")) {
        __asm__ volatile(
            ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\nvmovdqu (%0), %%ymm\\n\n.endr" : : "r"(ones) : "memory", ITSMERP_XMM);
        body();
        __asm__ volatile(
            ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\nvmovdqu %%ymm\\n, 64*\\n(%0)\n.endr\nvzeroupper"
            : : "r"(after) : "memory", ITSMERP_XMM);
    } else {
        return -1;
    }
    left = 0;
    for (size_t place = 0; place < sizeof after; place++) left += (&after[0][0])[place] == 0xFF;
#undef ITSMERP_XMM
#endif
    return left;
}

// Overwrites the buffer of a scan, and with the same search what this thread's vector registers hold of it.
static inline void itsmerp_forget(unsigned char *memory, size_t length) {
    memset(memory, 0, length);
    (void)memchr(memory, 1, length);
}

#endif
