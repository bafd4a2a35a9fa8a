// libcjose as a peer: `peer MATERIAL`; see peer.py for what it reads and prints. This release has no RSA-OAEP-256.
#include <cjose/cjose.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static json_t *material;
static cjose_jwk_t *own_signing, *own_decryption, *verification;

static const char *text(const char *name) { return json_string_value(json_object_get(material, name)); }

static cjose_jwk_t *key(const char *use) {
    char *json = json_dumps(json_object_get(material, use), JSON_COMPACT);
    cjose_jwk_t *key = cjose_jwk_import(json, strlen(json), NULL);
    free(json);
    return key;
}

static int sign_payload(void) {
    cjose_header_t *header = cjose_header_new(NULL);
    cjose_header_set(header, CJOSE_HDR_ALG, CJOSE_HDR_ALG_RS256, NULL);
    const char *payload = text("payload"), *compact = NULL;
    cjose_jws_t *jws = cjose_jws_sign(own_signing, header, (const uint8_t *)payload, strlen(payload), NULL);
    int good = jws != NULL && cjose_jws_export(jws, &compact, NULL);
    cjose_jws_release(jws);
    cjose_header_release(header);
    return good;
}

static int verify(const char *token, size_t size) {
    uint8_t *payload = NULL;
    size_t payload_size = 0;
    cjose_jws_t *jws = cjose_jws_import(token, size, NULL);
    int good = jws != NULL && cjose_jws_verify(jws, verification, NULL)
        && cjose_jws_get_plaintext(jws, &payload, &payload_size, NULL);
    json_t *claims = good ? json_loadb((char *)payload, payload_size, 0, NULL) : NULL;
    good = claims != NULL;
    json_decref(claims);
    cjose_jws_release(jws);
    return good;
}

static int open_nested(const char *token) {
    size_t size = 0;
    cjose_jwe_t *jwe = cjose_jwe_import(token, strlen(token), NULL);
    uint8_t *plaintext = jwe == NULL ? NULL : cjose_jwe_decrypt(jwe, own_decryption, &size, NULL);
    int good = plaintext != NULL && verify((char *)plaintext, size);
    free(plaintext);
    cjose_jwe_release(jwe);
    return good;
}

int main(int count, char **arguments) {
    char name[32];
    int turns;
    material = count > 1 ? json_load_file(arguments[1], 0, NULL) : NULL;
    own_signing = key("sign");
    own_decryption = key("decrypt");
    verification = key("verify");
    while (scanf("%31s %d", name, &turns) == 2) {
        if (strcmp(name, "sign") != 0 && strcmp(name, "verify") != 0 && strcmp(name, "open-oaep") != 0) {
            puts("-");
            fflush(stdout);
            continue;
        }
        clock_t start = clock();
        for (int i = 0; i < turns; i++) {
            int good = strcmp(name, "sign") == 0 ? sign_payload()
                : strcmp(name, "verify") == 0    ? verify(text("signed"), strlen(text("signed")))
                                                 : open_nested(text("nested-oaep"));
            if (!good) {
                return 1;
            }
        }
        printf("%.0f\n", (double)(clock() - start) / CLOCKS_PER_SEC * 1e9 / turns);
        fflush(stdout);
    }
    return 0;
}
