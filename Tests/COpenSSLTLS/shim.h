// What the tests' TLS server needs of OpenSSL 3: functions for what is a macro in C.
#ifndef ITSMERP_COPENSSLTLS_SHIM_H
#define ITSMERP_COPENSSLTLS_SHIM_H

#include <openssl/ssl.h>

static inline int itsmerp_ssl_ctx_set_versions(SSL_CTX *context, int minimum, int maximum) {
    return SSL_CTX_set_min_proto_version(context, minimum) && SSL_CTX_set_max_proto_version(context, maximum);
}

#endif
