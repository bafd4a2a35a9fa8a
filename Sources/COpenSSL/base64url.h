// The loops of Base64url (RFC 4648, 5): four characters, or three octets, at a time; on x86 with SSSE3 sixteen and twelve.
#ifndef ITSMERP_BASE64URL_H
#define ITSMERP_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>

static const char itsmerp_base64url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The value of each character of Base64url, 255 for a foreign one.
static const unsigned char itsmerp_base64url_values[256] = {
#define ITSMERP_X16 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255
    ITSMERP_X16, ITSMERP_X16,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 62, 255, 255,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 255, 255, 255, 255, 255, 255,
    255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 255, 255, 255, 255, 63,
    255, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 255, 255, 255, 255, 255,
    ITSMERP_X16, ITSMERP_X16, ITSMERP_X16, ITSMERP_X16, ITSMERP_X16, ITSMERP_X16, ITSMERP_X16, ITSMERP_X16,
#undef ITSMERP_X16
};

static inline unsigned char itsmerp_base64url_value(unsigned char character) {
    return itsmerp_base64url_values[character];
}

static inline unsigned char itsmerp_base64url_character(unsigned char value) {
    return (unsigned char)itsmerp_base64url_alphabet[value & 63];
}

// Decodes `quads` times four characters to three octets each. Returns the union of the values of all characters, which is
// below 64 unless one is foreign: there is no branch that depends on the data.
static inline unsigned char itsmerp_base64url_decode_each(const unsigned char *text, size_t quads, unsigned char *octets) {
    const unsigned char *values = itsmerp_base64url_values;
    unsigned seen = 0;
    for (size_t quad = 0; quad < quads; quad++, text += 4, octets += 3) {
        unsigned a = values[text[0]], b = values[text[1]], c = values[text[2]], d = values[text[3]];
        seen |= a | b | c | d;
        unsigned bits = a << 18 | b << 12 | c << 6 | d;
        octets[0] = (unsigned char)(bits >> 16);
        octets[1] = (unsigned char)(bits >> 8);
        octets[2] = (unsigned char)bits;
    }
    return (unsigned char)seen;
}

// Encodes `triples` times three octets to four characters each.
static inline void itsmerp_base64url_encode_each(const unsigned char *octets, size_t triples, unsigned char *text) {
    const char *alphabet = itsmerp_base64url_alphabet;
    for (size_t triple = 0; triple < triples; triple++, octets += 3, text += 4) {
        unsigned bits = (unsigned)octets[0] << 16 | (unsigned)octets[1] << 8 | octets[2];
        text[0] = (unsigned char)alphabet[bits >> 18];
        text[1] = (unsigned char)alphabet[bits >> 12 & 63];
        text[2] = (unsigned char)alphabet[bits >> 6 & 63];
        text[3] = (unsigned char)alphabet[bits & 63];
    }
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <tmmintrin.h>

// Asks the processor, which takes long on a virtual machine: once is enough.
static inline bool itsmerp_has_wide_base64url(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSSE3) != 0;
}

// As itsmerp_base64url_decode_each, sixteen characters at a time, on which no place in memory depends; the last five quads
// at most are read by the table.
//
// The upper half of a character says what to add to get its value, except for `_`. Whether it is foreign say both
// halves: each has a set of marks, and those of a character of the alphabet have none in common.
__attribute__((target("ssse3"))) static inline unsigned char itsmerp_base64url_decode_wide(
    const unsigned char *text, size_t quads, unsigned char *octets) {
    const __m128i addends = _mm_setr_epi8(0, 0, 17, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i upper_marks = _mm_setr_epi8(
        0x20, 0x20, 0x01, 0x02, 0x04, 0x08, 0x04, 0x10, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20);
    const __m128i lower_marks = _mm_setr_epi8(
        0x25, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x23, 0x3B, 0x3B, 0x3A, 0x3B, 0x33);
    // Each quarter of the vector holds 24 bits, the last octet first.
    const __m128i places = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    const __m128i half = _mm_set1_epi8(0x0F), underscore = _mm_set1_epi8('_'), more = _mm_set1_epi8(33);
    __m128i marks = _mm_setzero_si128();
    // Twelve octets are made, sixteen written: two quads are left for the other loop to write over the rest.
    for (; quads >= 6; quads -= 4, text += 16, octets += 12) {
        __m128i characters = _mm_loadu_si128((const __m128i *)text);
        __m128i upper = _mm_and_si128(_mm_srli_epi32(characters, 4), half);
        __m128i lower = _mm_and_si128(characters, half);
        marks = _mm_or_si128(
            marks, _mm_and_si128(_mm_shuffle_epi8(upper_marks, upper), _mm_shuffle_epi8(lower_marks, lower)));
        __m128i addend = _mm_add_epi8(
            _mm_shuffle_epi8(addends, upper), _mm_and_si128(_mm_cmpeq_epi8(characters, underscore), more));
        __m128i values = _mm_add_epi8(characters, addend);
        __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi32(0x01400140));
        __m128i bits = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000));
        _mm_storeu_si128((__m128i *)octets, _mm_shuffle_epi8(bits, places));
    }
    bool is_foreign = _mm_movemask_epi8(_mm_cmpeq_epi8(marks, _mm_setzero_si128())) != 0xFFFF;
    return itsmerp_base64url_decode_each(text, quads, octets) | (is_foreign ? 255 : 0);
}

// As itsmerp_base64url_encode_each, twelve octets at a time, on which no place in memory depends; the last five triples at
// most are written by the table.
__attribute__((target("ssse3"))) static inline void itsmerp_base64url_encode_wide(
    const unsigned char *octets, size_t triples, unsigned char *text) {
    const __m128i places = _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    // What to add to a value: the class of capitals is 13, of small letters 0, of digits 1 to 10, of `-` 11, of `_` 12.
    const __m128i addends = _mm_setr_epi8(71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -17, 32, 65, 0, 0);
    // Sixteen octets are read, twelve taken: two triples are left for the other loop.
    for (; triples >= 6; triples -= 4, octets += 12, text += 16) {
        __m128i triple = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)octets), places);
        __m128i odd = _mm_mulhi_epu16(_mm_and_si128(triple, _mm_set1_epi32(0x0FC0FC00)), _mm_set1_epi32(0x04000040));
        __m128i even = _mm_mullo_epi16(_mm_and_si128(triple, _mm_set1_epi32(0x003F03F0)), _mm_set1_epi32(0x01000010));
        __m128i values = _mm_or_si128(odd, even);
        __m128i class = _mm_or_si128(
            _mm_subs_epu8(values, _mm_set1_epi8(51)),
            _mm_and_si128(_mm_cmpgt_epi8(_mm_set1_epi8(26), values), _mm_set1_epi8(13)));
        _mm_storeu_si128((__m128i *)text, _mm_add_epi8(values, _mm_shuffle_epi8(addends, class)));
    }
    itsmerp_base64url_encode_each(octets, triples, text);
}
#else
static inline bool itsmerp_has_wide_base64url(void) { return false; }

static inline unsigned char itsmerp_base64url_decode_wide(
    const unsigned char *text, size_t quads, unsigned char *octets) {
    return itsmerp_base64url_decode_each(text, quads, octets);
}

static inline void itsmerp_base64url_encode_wide(const unsigned char *octets, size_t triples, unsigned char *text) {
    itsmerp_base64url_encode_each(octets, triples, text);
}
#endif

// Encodes `size` octets to as many characters as they take without padding.
static inline void itsmerp_base64url_encode(const unsigned char *octets, size_t size, unsigned char *text, bool is_wide) {
    size_t triples = size / 3;
    if (is_wide) {
        itsmerp_base64url_encode_wide(octets, triples, text);
    } else {
        itsmerp_base64url_encode_each(octets, triples, text);
    }
    octets += triples * 3;
    text += triples * 4;
    if (size % 3 == 0) {
        return;
    }
    unsigned bits = (unsigned)octets[0] << 16 | (size % 3 == 2 ? (unsigned)octets[1] << 8 : 0);
    text[0] = (unsigned char)itsmerp_base64url_alphabet[bits >> 18];
    text[1] = (unsigned char)itsmerp_base64url_alphabet[bits >> 12 & 63];
    if (size % 3 == 2) {
        text[2] = (unsigned char)itsmerp_base64url_alphabet[bits >> 6 & 63];
    }
}

#endif
