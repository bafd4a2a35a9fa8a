#include "floor.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

enum { modulus_size = 256, largest = 1 << 16 };

struct bench_floor {
    EVP_PKEY *keys[4];
    EVP_PKEY_CTX *decrypt, *sign, *verify, *encrypt;
    EVP_MD *sha256;
    EVP_CIPHER *cbc, *gcm;
    EVP_CIPHER_CTX *cbc_decrypt, *cbc_encrypt, *gcm_decrypt, *gcm_encrypt;
    EVP_MAC *hmac;
    EVP_MAC_CTX *mac;
    unsigned char direct_key[32], mac_key[32], out[largest];
};

struct bench_token {
    unsigned char *bytes[BENCH_PARTS];
    size_t count[BENCH_PARTS];
};

static EVP_PKEY *read_key(const char *pem, int is_private) {
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = is_private ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL)
                               : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return key;
}

static int use_oaep(EVP_PKEY_CTX *ctx, const EVP_MD *md) {
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1;
}

static int use_pkcs1(EVP_PKEY_CTX *ctx, const EVP_MD *md) {
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 && EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
}

bench_floor *bench_floor_new(const char *decryption, const char *signing, const char *verification,
                             const char *encryption, const unsigned char *direct_key, const unsigned char *mac_key) {
    bench_floor *floor = calloc(1, sizeof *floor);
    const char *pems[] = {decryption, signing, verification, encryption};
    EVP_PKEY_CTX **contexts[] = {&floor->decrypt, &floor->sign, &floor->verify, &floor->encrypt};
    for (int i = 0; i < 4; i++) {
        floor->keys[i] = read_key(pems[i], i < 2);
        if (floor->keys[i] == NULL) {
            bench_floor_free(floor);
            return NULL;
        }
        *contexts[i] = EVP_PKEY_CTX_new_from_pkey(NULL, floor->keys[i], NULL);
    }
    floor->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    floor->cbc = EVP_CIPHER_fetch(NULL, "AES-128-CBC", NULL);
    floor->gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    floor->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    floor->mac = EVP_MAC_CTX_new(floor->hmac);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0), OSSL_PARAM_construct_end()};
    memcpy(floor->direct_key, direct_key, sizeof floor->direct_key);
    memcpy(floor->mac_key, mac_key, sizeof floor->mac_key);
    EVP_CIPHER_CTX **ciphers[] = {&floor->cbc_decrypt, &floor->cbc_encrypt, &floor->gcm_decrypt, &floor->gcm_encrypt};
    int good = EVP_MAC_CTX_set_params(floor->mac, params) == 1;
    for (int i = 0; i < 4; i++) {
        *ciphers[i] = EVP_CIPHER_CTX_new();
        good &= EVP_CipherInit_ex2(*ciphers[i], i < 2 ? floor->cbc : floor->gcm, NULL, NULL, i % 2, NULL) == 1;
    }
    good &= EVP_PKEY_decrypt_init(floor->decrypt) == 1 && use_oaep(floor->decrypt, floor->sha256);
    good &= EVP_PKEY_encrypt_init(floor->encrypt) == 1 && use_oaep(floor->encrypt, floor->sha256);
    good &= EVP_PKEY_sign_init(floor->sign) == 1 && use_pkcs1(floor->sign, floor->sha256);
    good &= EVP_PKEY_verify_init(floor->verify) == 1 && use_pkcs1(floor->verify, floor->sha256);
    if (!good) {
        bench_floor_free(floor);
        return NULL;
    }
    return floor;
}

void bench_floor_free(bench_floor *floor) {
    EVP_PKEY_CTX *contexts[] = {floor->decrypt, floor->sign, floor->verify, floor->encrypt};
    EVP_CIPHER_CTX *ciphers[] = {floor->cbc_decrypt, floor->cbc_encrypt, floor->gcm_decrypt, floor->gcm_encrypt};
    for (int i = 0; i < 4; i++) {
        EVP_PKEY_CTX_free(contexts[i]);
        EVP_PKEY_free(floor->keys[i]);
        EVP_CIPHER_CTX_free(ciphers[i]);
    }
    EVP_MAC_CTX_free(floor->mac);
    EVP_MAC_free(floor->hmac);
    EVP_MD_free(floor->sha256);
    EVP_CIPHER_free(floor->cbc);
    EVP_CIPHER_free(floor->gcm);
    free(floor);
}

bench_token *bench_token_new(void) { return calloc(1, sizeof(bench_token)); }

void bench_token_free(bench_token *token) {
    for (int i = 0; i < BENCH_PARTS; i++) {
        free(token->bytes[i]);
    }
    free(token);
}

void bench_token_set(bench_token *token, enum bench_part part, const unsigned char *bytes, size_t count) {
    free(token->bytes[part]);
    token->bytes[part] = malloc(count + 1);
    memcpy(token->bytes[part], bytes, count);
    token->count[part] = count;
}

#define PART(token, part) (token)->bytes[part], (token)->count[part]

// RFC 7518 §5.2.2.1.
static int authenticate(bench_floor *floor, const unsigned char *key, const unsigned char *header, size_t header_count,
                        const unsigned char *iv, const unsigned char *ciphertext, size_t count, unsigned char code[32]) {
    unsigned char length[8];
    for (int i = 0; i < 8; i++) {
        length[i] = (unsigned char)((unsigned long long)header_count * 8 >> (56 - 8 * i));
    }
    size_t written;
    return EVP_MAC_init(floor->mac, key, 16, NULL) == 1 && EVP_MAC_update(floor->mac, header, header_count) == 1
        && EVP_MAC_update(floor->mac, iv, 16) == 1 && EVP_MAC_update(floor->mac, ciphertext, count) == 1
        && EVP_MAC_update(floor->mac, length, 8) == 1 && EVP_MAC_final(floor->mac, code, &written, 32) == 1;
}

static int open_gcm(bench_floor *floor, const bench_token *token, const unsigned char *key) {
    int written, rest;
    return EVP_DecryptInit_ex2(floor->gcm_decrypt, NULL, key, token->bytes[BENCH_IV], NULL) == 1
        && EVP_DecryptUpdate(floor->gcm_decrypt, NULL, &written, PART(token, BENCH_HEADER)) == 1
        && EVP_CIPHER_CTX_ctrl(floor->gcm_decrypt, EVP_CTRL_AEAD_SET_TAG, 16, token->bytes[BENCH_TAG]) == 1
        && EVP_DecryptUpdate(floor->gcm_decrypt, floor->out, &written, PART(token, BENCH_CIPHERTEXT)) == 1
        && EVP_DecryptFinal_ex(floor->gcm_decrypt, floor->out + written, &rest) == 1;
}

static int open_cbc(bench_floor *floor, const bench_token *token, const unsigned char *key) {
    unsigned char code[32];
    int written, rest;
    return authenticate(floor, key, PART(token, BENCH_HEADER), token->bytes[BENCH_IV], PART(token, BENCH_CIPHERTEXT), code)
        && CRYPTO_memcmp(code, token->bytes[BENCH_TAG], 16) == 0
        && EVP_DecryptInit_ex2(floor->cbc_decrypt, NULL, key + 16, token->bytes[BENCH_IV], NULL) == 1
        && EVP_DecryptUpdate(floor->cbc_decrypt, floor->out, &written, PART(token, BENCH_CIPHERTEXT)) == 1
        && EVP_DecryptFinal_ex(floor->cbc_decrypt, floor->out + written, &rest) == 1;
}

int bench_floor_validate(bench_floor *floor, const bench_token *token, enum bench_encryption encryption) {
    unsigned char key[modulus_size], digest[32];
    size_t size = sizeof key;
    if (EVP_PKEY_decrypt(floor->decrypt, key, &size, PART(token, BENCH_ENCRYPTED_KEY)) != 1 || size != 32
        || !(encryption == BENCH_A256GCM ? open_gcm(floor, token, key) : open_cbc(floor, token, key))) {
        return 0;
    }
    return EVP_Digest(PART(token, BENCH_SIGNING_INPUT), digest, NULL, floor->sha256, NULL) == 1
        && EVP_PKEY_verify(floor->verify, PART(token, BENCH_SIGNATURE), digest, sizeof digest) == 1;
}

int bench_floor_validate_symmetric(bench_floor *floor, const bench_token *token) {
    unsigned char code[32];
    size_t written;
    return open_gcm(floor, token, floor->direct_key) && EVP_MAC_init(floor->mac, floor->mac_key, 32, NULL) == 1
        && EVP_MAC_update(floor->mac, PART(token, BENCH_SIGNING_INPUT)) == 1
        && EVP_MAC_final(floor->mac, code, &written, sizeof code) == 1
        && CRYPTO_memcmp(code, token->bytes[BENCH_SIGNATURE], sizeof code) == 0;
}

int bench_floor_sign(bench_floor *floor, const unsigned char *input, size_t count) {
    unsigned char digest[32], signature[modulus_size];
    size_t size = sizeof signature;
    return EVP_Digest(input, count, digest, NULL, floor->sha256, NULL) == 1
        && EVP_PKEY_sign(floor->sign, signature, &size, digest, sizeof digest) == 1;
}

int bench_floor_sign_and_encrypt(bench_floor *floor, const unsigned char *input, size_t count,
                                 const unsigned char *plaintext, size_t plaintext_count,
                                 const unsigned char *header, size_t header_count) {
    unsigned char key[32], iv[16], wrapped[modulus_size], code[32];
    size_t size = sizeof wrapped;
    int written, rest;
    return bench_floor_sign(floor, input, count) && RAND_priv_bytes(key, sizeof key) == 1
        && EVP_PKEY_encrypt(floor->encrypt, wrapped, &size, key, sizeof key) == 1
        && RAND_bytes(iv, sizeof iv) == 1
        && EVP_EncryptInit_ex2(floor->cbc_encrypt, NULL, key + 16, iv, NULL) == 1
        && EVP_EncryptUpdate(floor->cbc_encrypt, floor->out, &written, plaintext, (int)plaintext_count) == 1
        && EVP_EncryptFinal_ex(floor->cbc_encrypt, floor->out + written, &rest) == 1
        && authenticate(floor, key, header, header_count, iv, floor->out, (size_t)(written + rest), code);
}

int bench_floor_seal(bench_floor *floor, const unsigned char *plaintext, size_t count) {
    unsigned char iv[12], tag[16];
    int written, rest;
    return RAND_bytes(iv, sizeof iv) == 1
        && EVP_EncryptInit_ex2(floor->gcm_encrypt, NULL, floor->direct_key, iv, NULL) == 1
        && EVP_EncryptUpdate(floor->gcm_encrypt, floor->out, &written, plaintext, (int)count) == 1
        && EVP_EncryptFinal_ex(floor->gcm_encrypt, floor->out + written, &rest) == 1
        && EVP_CIPHER_CTX_ctrl(floor->gcm_encrypt, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1;
}
