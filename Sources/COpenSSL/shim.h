// What Swift needs of OpenSSL 3: headers, and functions for what is a macro in C.
#ifndef ITSMERP_COPENSSL_SHIM_H
#define ITSMERP_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Macros and variadic or pointer-to-pointer idioms that Swift cannot import.

static inline int itsmerp_BN_mod(BIGNUM *remainder, const BIGNUM *number, const BIGNUM *divisor, BN_CTX *ctx) {
    return BN_mod(remainder, number, divisor, ctx);
}

static inline long itsmerp_BIO_get_mem_data(BIO *bio, char **data) {
    return BIO_get_mem_data(bio, data);
}

static inline void itsmerp_OPENSSL_clear_free(void *pointer, size_t size) {
    OPENSSL_clear_free(pointer, size);
}

static const int itsmerp_EVP_PKEY_PUBLIC_KEY = EVP_PKEY_PUBLIC_KEY;
static const int itsmerp_EVP_PKEY_KEYPAIR = EVP_PKEY_KEYPAIR;

// The names of the numbers of an RSA key, for parameters that keep the pointer to their name.
static inline const char *itsmerp_RSA_number_name(int number) {
    static const char *const names[] = {
        OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
        OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
        OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
        OSSL_PKEY_PARAM_RSA_COEFFICIENT1, OSSL_PKEY_PARAM_RSA_FACTOR3,
    };
    return number >= 0 && number < (int)(sizeof names / sizeof names[0]) ? names[number] : "";
}

// EVP_MAC_init with the digest of an HMAC given by name.
static inline int itsmerp_HMAC_init(EVP_MAC_CTX *ctx, const unsigned char *key, size_t key_size, const char *digest) {
    OSSL_PARAM params[2];
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)digest, 0);
    params[1] = OSSL_PARAM_construct_end();
    return EVP_MAC_init(ctx, key, key_size, params);
}

// Whether the last error says that the input has no further PEM block.
static inline int itsmerp_PEM_at_end(void) {
    unsigned long error = ERR_peek_last_error();
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

#endif
