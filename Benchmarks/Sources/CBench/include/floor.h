// The floor: the bare calls of OpenSSL that an operation cannot do without, at the same keys, sizes and algorithms.
//
// Everything that can be made beforehand is: keys, contexts with their padding and digest, fetched algorithms, buffers.
// An operation is one call per primitive on a context that is used again and again. One thread at a time.
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <stddef.h>

typedef struct bench_floor bench_floor;
typedef struct bench_token bench_token;

enum bench_encryption { BENCH_A128CBC_HS256, BENCH_A256GCM };

// Own private keys, which decrypt and sign; the other side's public keys, which verify and encrypt; secrets of 32
// bytes for `dir` and HS256. Each PEM ends with a NUL. NULL if a key cannot be read.
bench_floor *bench_floor_new(const char *decryption, const char *signing, const char *verification,
                             const char *encryption, const unsigned char *direct_key, const unsigned char *mac_key);
void bench_floor_free(bench_floor *floor);

// The decoded parts of a nested token. The bytes are copied.
bench_token *bench_token_new(void);
void bench_token_free(bench_token *token);
enum bench_part {
    BENCH_ENCRYPTED_KEY, BENCH_IV, BENCH_CIPHERTEXT, BENCH_TAG, BENCH_HEADER, BENCH_SIGNING_INPUT, BENCH_SIGNATURE,
    BENCH_PARTS
};
void bench_token_set(bench_token *token, enum bench_part part, const unsigned char *bytes, size_t count);

// Each returns 1 when every step succeeded: decrypted, tag and signature right.

// RSA-OAEP-256, the content, RS256.
int bench_floor_validate(bench_floor *floor, const bench_token *token, enum bench_encryption encryption);
// `dir` with A256GCM, HS256.
int bench_floor_validate_symmetric(bench_floor *floor, const bench_token *token);
// RS256 over `input`.
int bench_floor_sign(bench_floor *floor, const unsigned char *input, size_t count);
// RS256 over `input`, a new content key, RSA-OAEP-256, A128CBC-HS256 over `plaintext`.
int bench_floor_sign_and_encrypt(bench_floor *floor, const unsigned char *input, size_t count,
                                 const unsigned char *plaintext, size_t plaintext_count,
                                 const unsigned char *header, size_t header_count);
// AES-256-GCM with a new IV, over and over.
int bench_floor_seal(bench_floor *floor, const unsigned char *plaintext, size_t count);

#endif
