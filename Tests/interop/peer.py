"""The other side of the interoperability test: joserfc and jwcrypto.

peer.py make LIBRARY FILE           writes what the library makes
peer.py open LIBRARY FILE RESULTS   opens what itsme-rp made and appends to RESULTS
peer.py report RESULTS COUNT        prints the table; fails if a line does or if there are not COUNT of them
"""

import collections
import json
import secrets
import sys
import warnings

from joserfc import jwe as rfc_jwe
from joserfc import jwk as rfc_jwk
from joserfc import jws as rfc_jws
from jwcrypto import jwe as crypto_jwe
from jwcrypto import jwk as crypto_jwk
from jwcrypto import jws as crypto_jws
from jwcrypto.common import base64url_encode

warnings.simplefilter("ignore")

KEY_MANAGEMENT = ["RSA-OAEP", "RSA-OAEP-256"]
CONTENT_ENCRYPTION = {"A128CBC-HS256": 32, "A256CBC-HS512": 64, "A128GCM": 16, "A256GCM": 32}
PAYLOAD = '{"sub":"someone","name":"Zoë"}'
PASSPHRASE = "correct horse battery staple"


class Joserfc:
    @staticmethod
    def key(value):
        return rfc_jwk.import_key(value)

    @staticmethod
    def key_from_pem(pem, passphrase):
        return rfc_jwk.RSAKey.import_key(pem, password=passphrase)

    @staticmethod
    def thumbprint(key):
        return key.thumbprint()

    @staticmethod
    def generate_rsa(kid, use):
        return rfc_jwk.RSAKey.generate_key(2048, {"kid": kid, "use": use}, private=True)

    @staticmethod
    def jwk(key, private):
        return key.as_dict(private=private)

    @staticmethod
    def pem(key, private, passphrase=None):
        return key.as_pem(private=private, password=passphrase).decode()

    @staticmethod
    def sign(header, payload, key):
        return rfc_jws.serialize_compact(header, payload, key, algorithms=[header["alg"]])

    @staticmethod
    def verify(token, key, alg):
        return rfc_jws.deserialize_compact(token, key, algorithms=[alg]).payload

    @staticmethod
    def encrypt(header, plaintext, key):
        return rfc_jwe.encrypt_compact(header, plaintext, key, algorithms=[header["alg"], header["enc"]])

    @staticmethod
    def decrypt(token, key, alg, enc):
        return rfc_jwe.decrypt_compact(token, key, algorithms=[alg, enc]).plaintext


class Jwcrypto:
    @staticmethod
    def key(value):
        return crypto_jwk.JWK(**value)

    @staticmethod
    def key_from_pem(pem, passphrase):
        return crypto_jwk.JWK.from_pem(pem.encode(), password=passphrase.encode() if passphrase else None)

    @staticmethod
    def thumbprint(key):
        return key.thumbprint()

    @staticmethod
    def generate_rsa(kid, use):
        return crypto_jwk.JWK.generate(kty="RSA", size=2048, kid=kid, use=use)

    @staticmethod
    def jwk(key, private):
        return key.export(private_key=private, as_dict=True)

    @staticmethod
    def pem(key, private, passphrase=None):
        return key.export_to_pem(
            private_key=private, password=passphrase.encode() if passphrase else None).decode()

    @staticmethod
    def sign(header, payload, key):
        token = crypto_jws.JWS(payload)
        token.add_signature(key, None, json.dumps(header))
        return token.serialize(compact=True)

    @staticmethod
    def verify(token, key, alg):
        jws = crypto_jws.JWS()
        jws.allowed_algs = [alg]
        jws.deserialize(token, key)
        return jws.payload

    @staticmethod
    def encrypt(header, plaintext, key):
        return crypto_jwe.JWE(plaintext, protected=json.dumps(header), recipient=key).serialize(compact=True)

    @staticmethod
    def decrypt(token, key, alg, enc):
        jwe = crypto_jwe.JWE(algs=[alg, enc])
        jwe.deserialize(token, key)
        return jwe.payload


LIBRARIES = {"joserfc": Joserfc, "jwcrypto": Jwcrypto}


def octets(size):
    return {"kty": "oct", "k": base64url_encode(secrets.token_bytes(size))}


def exchanges(library):
    signing = library.generate_rsa("signing", "sig")
    encryption = library.generate_rsa("encryption", "enc")
    private = library.jwk(encryption, True)
    thumbprint = library.thumbprint(signing)
    payload = PAYLOAD.encode()

    inner = library.sign({"alg": "RS256", "kid": "signing", "typ": "JWT"}, payload, signing)
    yield {"kind": "jws", "name": "RS256", "alg": "RS256", "token": inner, "payload": PAYLOAD,
           "key": library.jwk(signing, False)}
    secret = octets(32)
    token = library.sign({"alg": "HS256"}, payload, library.key(secret))
    yield {"kind": "jws", "name": "HS256", "alg": "HS256", "token": token, "payload": PAYLOAD, "key": secret}

    for alg in KEY_MANAGEMENT:
        for enc in CONTENT_ENCRYPTION:
            header = {"alg": alg, "enc": enc, "kid": "encryption"}
            yield {"kind": "jwe", "name": f"{alg} {enc}", "alg": alg, "enc": enc, "payload": PAYLOAD, "key": private,
                   "token": library.encrypt(header, payload, encryption)}
            yield {"kind": "nested", "name": f"RS256 in {alg} {enc}", "alg": alg, "enc": enc, "payload": PAYLOAD,
                   "key": private, "verification_key": library.jwk(signing, False),
                   "token": library.encrypt({**header, "cty": "JWT"}, inner.encode(), encryption)}
    for enc, size in CONTENT_ENCRYPTION.items():
        secret = octets(size)
        yield {"kind": "jwe", "name": f"dir {enc}", "alg": "dir", "enc": enc, "payload": PAYLOAD, "key": secret,
               "token": library.encrypt({"alg": "dir", "enc": enc}, payload, library.key(secret))}

    yield {"kind": "jwk", "name": "private JWK", "thumbprint": thumbprint, "key": library.jwk(signing, True)}
    yield {"kind": "jwk", "name": "public JWK", "thumbprint": thumbprint, "key": library.jwk(signing, False)}
    yield {"kind": "pem", "name": "private PEM", "thumbprint": thumbprint, "pem": library.pem(signing, True)}
    yield {"kind": "pem", "name": "encrypted private PEM", "thumbprint": thumbprint, "passphrase": PASSPHRASE,
           "pem": library.pem(signing, True, PASSPHRASE)}
    yield {"kind": "pem", "name": "public PEM", "thumbprint": thumbprint, "pem": library.pem(signing, False)}


def check(library, item):
    kind = item["kind"]
    if kind == "jwk":
        assert library.thumbprint(library.key(item["key"])) == item["thumbprint"], "another thumbprint"
        return
    if kind == "pem":
        key = library.key_from_pem(item["pem"], item.get("passphrase"))
        assert library.thumbprint(key) == item["thumbprint"], "another thumbprint"
        return
    key = library.key(item["key"])
    if kind == "jws":
        payload = library.verify(item["token"], key, item["alg"])
    else:
        payload = library.decrypt(item["token"], key, item["alg"], item["enc"])
    if kind == "nested":
        payload = library.verify(payload.decode(), library.key(item["verification_key"]), "RS256")
    assert payload == item["payload"].encode(), "another payload"


def report(path, expected):
    rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")]
    columns = list(dict.fromkeys((maker, opener) for maker, opener, _, _ in rows))
    table = collections.defaultdict(dict)
    for maker, opener, name, verdict in rows:
        table[name][(maker, opener)] = verdict
    titles = [f"{maker} -> {opener}" for maker, opener in columns]
    width = max(len(name) for name in table)
    print(" " * width, *titles, sep="  ")
    for name, cells in table.items():
        verdicts = [cells.get(column, "MISSING").split(":")[0] for column in columns]
        print(name.ljust(width), *(v.ljust(len(t)) for v, t in zip(verdicts, titles)), sep="  ")
    failed = [row for row in rows if row[3] != "ok"]
    for row in failed:
        print("failed:", *row, sep="  ")
    print(f"{len(rows) - len(failed)} passed, {len(failed)} failed")
    if len(rows) != expected:
        print(f"expected {expected} exchanges")
    return 1 if failed or len(rows) != expected else 0


def main(arguments):
    command = arguments[0]
    if command == "report":
        return report(arguments[1], int(arguments[2]))
    name, path = arguments[1:3]
    library = LIBRARIES[name]
    if command == "make":
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"maker": name, "exchanges": list(exchanges(library))}, file)
        return 0
    manifest = json.load(open(path, encoding="utf-8"))
    with open(arguments[3], "a", encoding="utf-8") as results:
        for item in manifest["exchanges"]:
            verdict = "ok"
            try:
                check(library, item)
            except Exception as error:  # Any failure of a peer is a line of the table.
                verdict = f"FAILED: {type(error).__name__} {error}".replace("\n", " ").replace("\t", " ")
            results.write(f"{manifest['maker']}\t{name}\t{item['name']}\t{verdict}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
