// What Swift needs of OpenSSL 3: headers, and functions for what is a macro in C.
#ifndef ITSMERP_COPENSSL_SHIM_H
#define ITSMERP_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Overwrites 32 KiB of the stack below the caller. It calls nothing: a first call would leave there what it overwrites.
static __attribute__((noinline)) void itsmerp_overwrite_stack(void) {
    volatile uint64_t memory[4096];
    for (size_t place = 0; place < sizeof memory / sizeof memory[0]; place++) {
        memory[place] = 0;
    }
}

// Zeroes the vector registers in their full width: the last block of a key that was decrypted may still be in one.
// Never inlined: by the calling convention, no caller keeps a value in registers 16 to 31 over a call, so they need not be
// clobbers, which a compiler without AVX-512 does not know.
static __attribute__((noinline)) void itsmerp_clear_vector_registers(void) {
#if defined(__x86_64__)
#define ITSMERP_XMM \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", \
        "xmm14", "xmm15"
    if (__builtin_cpu_supports("avx512f")) {
        __asm__ volatile(
            ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
            "vpxord %zmm\\n, %zmm\\n, %zmm\\n\n"
            ".endr");
    }
    if (__builtin_cpu_supports("avx")) {
        __asm__ volatile("vzeroall" : : : ITSMERP_XMM);
    } else {
        __asm__ volatile(
            ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
            "pxor %%xmm\\n, %%xmm\\n\n"
            ".endr"
            : : : ITSMERP_XMM);
    }
#undef ITSMERP_XMM
#elif defined(__aarch64__)
    __asm__ volatile(
        "movi v0.16b, #0; movi v1.16b, #0; movi v2.16b, #0; movi v3.16b, #0;"
        "movi v4.16b, #0; movi v5.16b, #0; movi v6.16b, #0; movi v7.16b, #0;"
        "movi v8.16b, #0; movi v9.16b, #0; movi v10.16b, #0; movi v11.16b, #0;"
        "movi v12.16b, #0; movi v13.16b, #0; movi v14.16b, #0; movi v15.16b, #0;"
        "movi v16.16b, #0; movi v17.16b, #0; movi v18.16b, #0; movi v19.16b, #0;"
        "movi v20.16b, #0; movi v21.16b, #0; movi v22.16b, #0; movi v23.16b, #0;"
        "movi v24.16b, #0; movi v25.16b, #0; movi v26.16b, #0; movi v27.16b, #0;"
        "movi v28.16b, #0; movi v29.16b, #0; movi v30.16b, #0; movi v31.16b, #0;"
        : : : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15",
            "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30",
            "v31");
#endif
}

// Overwrites what the caller's calls have left in registers and on the stack. A copy of a key goes through vector
// registers, and the dynamic linker keeps all of them on the stack when a function is called for the first time.
static __attribute__((noinline)) void itsmerp_cleanse_stack(void) {
    unsigned char memory[2048] = {0};
    // Copies of several sizes use as many registers as a copy of a key.
    for (volatile size_t size = 16; size <= sizeof memory / 2; size *= 2) {
        memmove(memory + size, memory, size);
    }
    itsmerp_clear_vector_registers();
    itsmerp_overwrite_stack();
}

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

static const unsigned long itsmerp_XN_FLAG_RFC2253 = XN_FLAG_RFC2253;

// Whether a queued error says that no loaded provider offers an algorithm; empties the queue.
static inline int itsmerp_ERR_take_unsupported(void) {
    int found = 0;
    unsigned long error;
    while ((error = ERR_get_error()) != 0) {
        int reason = ERR_GET_REASON(error);
        found |= reason == ERR_R_UNSUPPORTED
            || (ERR_GET_LIB(error) == ERR_LIB_EVP
                && (reason == EVP_R_UNSUPPORTED_ALGORITHM || reason == EVP_R_UNKNOWN_PBE_ALGORITHM
                    || reason == EVP_R_UNSUPPORTED_CIPHER || reason == EVP_R_UNKNOWN_CIPHER));
    }
    return found;
}

// The rounds that a function which derives a key from a passphrase takes: iterations, or blocks that scrypt mixes. 0 if it is
// none that OpenSSL knows, negative if a number is negative or larger than a long.
static inline long itsmerp_KDF_rounds(const X509_ALGOR *function) {
    long rounds = 0;
    if (OBJ_obj2nid(function->algorithm) == NID_id_pbkdf2) {
        PBKDF2PARAM *inner = (PBKDF2PARAM *)ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), function->parameter);
        if (inner != NULL) {
            rounds = ASN1_INTEGER_get(inner->iter);
        }
        PBKDF2PARAM_free(inner);
    } else if (OBJ_obj2nid(function->algorithm) == NID_id_scrypt) {
        SCRYPT_PARAMS *inner =
            (SCRYPT_PARAMS *)ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), function->parameter);
        if (inner != NULL) {
            long cost = ASN1_INTEGER_get(inner->costParameter);
            long size = ASN1_INTEGER_get(inner->blockSize);
            long parallel = ASN1_INTEGER_get(inner->parallelizationParameter);
            if (cost < 0 || size < 0 || parallel < 0 || __builtin_mul_overflow(cost, size, &rounds)
                || __builtin_mul_overflow(rounds, parallel, &rounds)) {
                rounds = -1;
            }
        }
        SCRYPT_PARAMS_free(inner);
    }
    return rounds;
}

// The rounds that deriving a key from a passphrase takes: see itsmerp_KDF_rounds. PBES2 and PBMAC1 (RFC 8018, A.4 and A.5)
// have parameters of one shape: the function that derives the key, and what the key is for.
static inline long itsmerp_PBE_rounds(const X509_ALGOR *scheme) {
    long rounds = 0;
    if (scheme == NULL) {
        return 0;
    }
    int kind = OBJ_obj2nid(scheme->algorithm);
    if (kind == NID_pbes2 || kind == NID_pbmac1) {
        PBE2PARAM *parameter = (PBE2PARAM *)ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), scheme->parameter);
        if (parameter != NULL) {
            rounds = itsmerp_KDF_rounds(parameter->keyfunc);
        }
        PBE2PARAM_free(parameter);
    } else {
        // PBES1, and the schemes of PKCS#12.
        PBEPARAM *parameter = (PBEPARAM *)ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), scheme->parameter);
        if (parameter != NULL) {
            rounds = ASN1_INTEGER_get(parameter->iter);
        }
        PBEPARAM_free(parameter);
    }
    return rounds < 0 ? -1 : rounds;
}

static inline long itsmerp_PKCS8_rounds(const X509_SIG *envelope) {
    const X509_ALGOR *scheme = NULL;
    if (envelope != NULL) {
        X509_SIG_get0(envelope, &scheme, NULL);
    }
    return itsmerp_PBE_rounds(scheme);
}

// The algorithm of a PKCS#12 file's MAC: a digest, or PBMAC1; NULL if the file has no MAC.
static inline const X509_ALGOR *itsmerp_PKCS12_mac(const PKCS12 *file) {
    const X509_ALGOR *algorithm = NULL;
    PKCS12_get0_mac(NULL, &algorithm, NULL, NULL, file);
    return algorithm;
}

// Whether the MAC is that of RFC 9579.
static inline int itsmerp_PKCS12_has_PBMAC1(const PKCS12 *file) {
    const X509_ALGOR *algorithm = itsmerp_PKCS12_mac(file);
    return algorithm != NULL && OBJ_obj2nid(algorithm->algorithm) == NID_pbmac1;
}

// The iterations that checking the MAC of a PKCS#12 file takes; 0 if the file has no MAC. With PBMAC1 those beside the MAC
// mean nothing (RFC 9579, 5), and its own count.
static inline long itsmerp_PKCS12_iterations(const PKCS12 *file) {
    const ASN1_INTEGER *iterations = NULL;
    if (!PKCS12_mac_present(file)) {
        return 0;
    }
    if (itsmerp_PKCS12_has_PBMAC1(file)) {
        long rounds = itsmerp_PBE_rounds(itsmerp_PKCS12_mac(file));
        return rounds == 0 ? 1 : rounds;
    }
    PKCS12_get0_mac(NULL, NULL, NULL, &iterations, file);
    return iterations == NULL ? 1 : ASN1_INTEGER_get(iterations);
}

// RSA keys in DER, read without OpenSSL 3's decoders: these copy what they decode and free the copy without overwriting it
// (der2key_decode in providers/implementations/encode_decode/decode_der2key.c). What OpenSSL deprecates is the RSA type,
// for which it has no other reader of this kind.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static inline EVP_PKEY *itsmerp_d2i_RSAPrivateKey(const unsigned char **input, long size) {
    RSA *rsa = d2i_RSAPrivateKey(NULL, input, size);
    EVP_PKEY *key = rsa == NULL ? NULL : EVP_PKEY_new();
    if (key == NULL || EVP_PKEY_assign_RSA(key, rsa) != 1) {
        EVP_PKEY_free(key);
        RSA_free(rsa);
        return NULL;
    }
    return key;
}

// A number of a key that was read so, in the order of itsmerp_RSA_number_name; NULL if it has none, or was made otherwise.
// EVP_PKEY_get_bn_param leaves a copy of what it gets on the stack.
static inline const BIGNUM *itsmerp_RSA_number(const EVP_PKEY *key, int number) {
    const RSA *rsa = EVP_PKEY_get0_provider(key) == NULL ? EVP_PKEY_get0_RSA(key) : NULL;
    if (rsa == NULL) {
        return NULL;
    }
    switch (number) {
    case 0: return RSA_get0_n(rsa);
    case 1: return RSA_get0_e(rsa);
    case 2: return RSA_get0_d(rsa);
    case 3: return RSA_get0_p(rsa);
    case 4: return RSA_get0_q(rsa);
    case 5: return RSA_get0_dmp1(rsa);
    case 6: return RSA_get0_dmq1(rsa);
    case 7: return RSA_get0_iqmp(rsa);
    default: return NULL;
    }
}
#pragma GCC diagnostic pop

// Whether a PKCS#8 structure says that its key is an RSA key, RSASSA-PSS keys not included.
static inline int itsmerp_PKCS8_is_RSA(const PKCS8_PRIV_KEY_INFO *info) {
    const ASN1_OBJECT *algorithm = NULL;
    return PKCS8_pkey_get0(&algorithm, NULL, NULL, NULL, info) == 1 && OBJ_obj2nid(algorithm) == NID_rsaEncryption;
}

// The RSA key of a PKCS#8 structure; NULL if it has none.
static inline EVP_PKEY *itsmerp_PKCS8_key(const PKCS8_PRIV_KEY_INFO *info) {
    const unsigned char *input = NULL;
    int size = 0;
    if (!itsmerp_PKCS8_is_RSA(info) || PKCS8_pkey_get0(NULL, &input, &size, NULL, info) != 1) {
        return NULL;
    }
    const unsigned char *end = input + size;
    EVP_PKEY *key = itsmerp_d2i_RSAPrivateKey(&input, size);
    if (key != NULL && input != end) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

// PKCS#12: stacks, and what a content info holds.
static inline int itsmerp_PKCS7_count(const STACK_OF(PKCS7) *contents) {
    return sk_PKCS7_num(contents);
}

static inline PKCS7 *itsmerp_PKCS7_at(const STACK_OF(PKCS7) *contents, int index) {
    return sk_PKCS7_value(contents, index);
}

static inline void itsmerp_PKCS7_free_all(STACK_OF(PKCS7) *contents) {
    sk_PKCS7_pop_free(contents, PKCS7_free);
}

static inline int itsmerp_PKCS7_is_data(PKCS7 *content) {
    return PKCS7_type_is_data(content);
}

static inline int itsmerp_PKCS7_is_encrypted(PKCS7 *content) {
    return PKCS7_type_is_encrypted(content);
}

static inline long itsmerp_PKCS7_rounds(const PKCS7 *content) {
    const PKCS7_ENCRYPT *encrypted = content->d.encrypted;
    return encrypted == NULL || encrypted->enc_data == NULL ? 0 : itsmerp_PBE_rounds(encrypted->enc_data->algorithm);
}

static inline int itsmerp_PKCS12_bag_count(const STACK_OF(PKCS12_SAFEBAG) *bags) {
    return sk_PKCS12_SAFEBAG_num(bags);
}

static inline PKCS12_SAFEBAG *itsmerp_PKCS12_bag_at(const STACK_OF(PKCS12_SAFEBAG) *bags, int index) {
    return sk_PKCS12_SAFEBAG_value(bags, index);
}

static inline void itsmerp_PKCS12_bags_free(STACK_OF(PKCS12_SAFEBAG) *bags) {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}

// The localKeyID of a bag, which ties a key to its certificate; NULL if it has none.
static inline const ASN1_OCTET_STRING *itsmerp_PKCS12_local_key_id(const PKCS12_SAFEBAG *bag) {
    const ASN1_TYPE *value = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);
    return value != NULL && value->type == V_ASN1_OCTET_STRING ? value->value.octet_string : NULL;
}

#endif
