"""joserfc or jwcrypto as a peer: `peer.py LIBRARY MATERIAL`.

For each line `operation count` on the standard input it prints the CPU time per operation in nanoseconds, or `-` for
what the library does not do.
"""

import json
import sys
import time

library, material = sys.argv[1], json.load(open(sys.argv[2]))
KEY_MANAGEMENT = ["RSA-OAEP-256", "RSA-OAEP"]
CONTENT = ["A128CBC-HS256", "A256GCM"]


def joserfc_operations():
    from joserfc import jwe, jws
    from joserfc.jwk import RSAKey

    own_signing, own_decryption = RSAKey.import_key(material["sign"]), RSAKey.import_key(material["decrypt"])
    verification, encryption = RSAKey.import_key(material["verify"]), RSAKey.import_key(material["encrypt"])
    algorithms = KEY_MANAGEMENT + CONTENT

    def sign():
        return jws.serialize_compact({"alg": "RS256"}, material["payload"].encode(), own_signing, ["RS256"])

    def verify(token):
        return json.loads(jws.deserialize_compact(token, verification, ["RS256"]).payload)

    def open_nested(token):
        return verify(jwe.decrypt_compact(token, own_decryption, algorithms).plaintext)

    def seal_nested():
        header = {"alg": "RSA-OAEP-256", "enc": "A128CBC-HS256", "cty": "JWT"}
        return jwe.encrypt_compact(header, sign().encode(), encryption, algorithms)

    return sign, verify, open_nested, seal_nested


def jwcrypto_operations():
    from jwcrypto import jwe, jwk, jws

    own_signing, own_decryption, verification, encryption = (
        jwk.JWK(**material[use]) for use in ("sign", "decrypt", "verify", "encrypt"))
    algorithms = KEY_MANAGEMENT + CONTENT

    def sign():
        token = jws.JWS(material["payload"])
        token.add_signature(own_signing, None, json.dumps({"alg": "RS256"}))
        return token.serialize(compact=True)

    def verify(token):
        received = jws.JWS()
        received.allowed_algs = ["RS256"]
        received.deserialize(token, verification)
        return json.loads(received.payload)

    def open_nested(token):
        received = jwe.JWE(algs=algorithms)
        received.deserialize(token, own_decryption)
        return verify(received.payload.decode())

    def seal_nested():
        header = json.dumps({"alg": "RSA-OAEP-256", "enc": "A128CBC-HS256", "cty": "JWT"})
        token = jwe.JWE(sign(), header)
        token.add_recipient(encryption)
        return token.serialize(compact=True)

    return sign, verify, open_nested, seal_nested


sign, verify, open_nested, seal_nested = {"joserfc": joserfc_operations, "jwcrypto": jwcrypto_operations}[library]()
operations = {
    "sign": sign,
    "verify": lambda: verify(material["signed"]),
    "open": lambda: open_nested(material["nested"]),
    "open-gcm": lambda: open_nested(material["nested-gcm"]),
    "open-oaep": lambda: open_nested(material["nested-oaep"]),
    "seal": seal_nested,
}
for line in sys.stdin:
    name, count = line.split()
    operation = operations.get(name)
    if operation is None:
        print("-", flush=True)
        continue
    start = time.process_time_ns()
    for _ in range(int(count)):
        assert operation()
    print((time.process_time_ns() - start) // int(count), flush=True)
