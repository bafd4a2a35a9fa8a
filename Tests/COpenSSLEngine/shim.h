// OpenSSL's engines, through which the tests reach keys in a PKCS#11 token. Deprecated in OpenSSL 3, and what
// distributions before Debian 13 have for PKCS#11.
#ifndef ITSMERP_COPENSSLENGINE_SHIM_H
#define ITSMERP_COPENSSLENGINE_SHIM_H

#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/opensslconf.h>
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

// Loads the engine `pkcs11` with a PKCS#11 module; NULL if there is none. The caller keeps it for good.
static inline void *itsmerp_engine_open(const char *module) {
#ifdef OPENSSL_NO_ENGINE
    return NULL;
#else
    ENGINE_load_builtin_engines();
    ENGINE *engine = ENGINE_by_id("pkcs11");
    if (engine == NULL) {
        ERR_clear_error();
        return NULL;
    }
    // Otherwise libcurl, which registers all engines when it starts, makes this one the default for the keys of everybody.
    ENGINE_set_flags(engine, ENGINE_get_flags(engine) | ENGINE_FLAGS_NO_REGISTER_ALL);
    if (!ENGINE_ctrl_cmd_string(engine, "MODULE_PATH", module, 0) || !ENGINE_init(engine)) {
        ERR_clear_error();
        ENGINE_free(engine);
        return NULL;
    }
    return engine;
#endif
}

// Finds a private key by its PKCS#11 URI; NULL if the token or the key is not there.
static inline EVP_PKEY *itsmerp_engine_private_key(void *engine, const char *uri) {
#ifdef OPENSSL_NO_ENGINE
    return NULL;
#else
    EVP_PKEY *key = ENGINE_load_private_key((ENGINE *)engine, uri, NULL, NULL);
    ERR_clear_error();
    return key;
#endif
}

// Signs with PKCS#1 v1.5 and SHA-256.
static inline int itsmerp_engine_sign(EVP_PKEY *key, const unsigned char *input, size_t input_size,
                                      unsigned char *signature, size_t *size) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int done = context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1
        && EVP_DigestSign(context, signature, size, input, input_size) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return done;
}

// Decrypts with OAEP, with SHA-256 or SHA-1.
static inline int itsmerp_engine_decrypt(EVP_PKEY *key, int sha256, const unsigned char *input, size_t input_size,
                                         unsigned char *output, size_t *size) {
    const EVP_MD *digest = sha256 ? EVP_sha256() : EVP_sha1();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int done = context != NULL && EVP_PKEY_decrypt_init(context) == 1
        && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_oaep_md(context, digest) == 1
        && EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1
        && EVP_PKEY_decrypt(context, output, size, input, input_size) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return done;
}

#endif
