"""A relying party of itsme in Python, on joserfc and requests. It shares nothing with the Swift library: it was written from
Sources/ItsmeRP/ItsmeRP.docc/SandboxFromAnyLanguage.md.
"""

import json
import secrets
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from joserfc import jwe, jwk, jws, jwt
from joserfc.errors import JoseError

LEEWAY = 60
# joserfc does not allow RSA-OAEP-256 without being asked.
ENCRYPTION = ["RSA-OAEP-256", "A128CBC-HS256"]


class Refused(Exception):
    """An answer that a relying party must not accept."""


class RelyingParty:
    def __init__(self, issuer: str, client_id: str, redirect_uri: str, private_keys: dict):
        keys = {key["use"]: jwk.RSAKey.import_key(key) for key in private_keys["keys"]}
        self.signing_key, self.decryption_key = keys["sig"], keys["enc"]
        self.issuer, self.client_id, self.redirect_uri = issuer, client_id, redirect_uri
        self.http = requests.Session()
        self.metadata = self._json(issuer + "/.well-known/openid-configuration")
        if self.metadata["issuer"] != issuer:
            raise Refused("another issuer")
        self.itsme_keys = jwk.KeySet.import_key_set(self._json(self.metadata["jwks_uri"]))

    def _json(self, url: str) -> dict:
        response = self.http.get(url, allow_redirects=False, timeout=10)
        if response.status_code != 200:
            raise Refused(f"{url} answers {response.status_code}")
        return response.json()

    def authorization_url(self, service: str, claims: dict | None = None) -> tuple[str, dict]:
        """The URL for the browser, and what has to be remembered until the callback."""
        login = {"state": secrets.token_urlsafe(32), "nonce": secrets.token_urlsafe(32),
                 "verifier": secrets.token_urlsafe(48)}
        now = int(time.time())
        query = {"client_id": self.client_id, "response_type": "code", "scope": f"openid service:{service}"}
        request = query | {
            "iss": self.client_id, "aud": self.metadata["issuer"], "iat": now, "exp": now + 300,
            "jti": secrets.token_urlsafe(16), "redirect_uri": self.redirect_uri,
            "state": login["state"], "nonce": login["nonce"], "code_challenge_method": "S256",
            "code_challenge": urlsafe_b64encode(sha256(login["verifier"].encode()).digest()).rstrip(b"=").decode(),
        } | ({"claims": claims} if claims else {})
        encryption_key = next(key for key in self.itsme_keys if key.get("use") == "enc")
        request_object = jwe.encrypt_compact(
            {"alg": "RSA-OAEP-256", "enc": "A128CBC-HS256", "kid": encryption_key.kid, "cty": "JWT"},
            self._signed(request), encryption_key, ENCRYPTION)
        return f"{self.metadata['authorization_endpoint']}?{urlencode(query | {'request': request_object})}", login

    def _signed(self, claims: dict) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.signing_key.kid}, claims, self.signing_key)

    def code(self, callback: str, login: dict) -> str:
        """The code in the URL of a callback."""
        values = parse_qs(urlsplit(callback).query, keep_blank_values=True, strict_parsing=True)
        if any(len(value) != 1 for value in values.values()):
            raise Refused("a repeated parameter")
        values = {name: value[0] for name, value in values.items()}
        if not secrets.compare_digest(values.get("state", ""), login["state"]):
            raise Refused("state")
        if self.metadata.get("authorization_response_iss_parameter_supported") and values.get("iss") != self.issuer:
            raise Refused("iss")
        if "error" in values or "code" not in values:
            raise Refused(values.get("error", "no code"))
        return values["code"]

    def tokens(self, code: str, login: dict) -> tuple[str, dict]:
        """The access token and the claims of the ID token."""
        now = int(time.time())
        response = self.http.post(self.metadata["token_endpoint"], allow_redirects=False, timeout=10, data={
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri,
            "code_verifier": login["verifier"], "client_id": self.client_id,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self._signed({
                "iss": self.client_id, "sub": self.client_id, "aud": self.metadata["token_endpoint"],
                "jti": secrets.token_urlsafe(16), "iat": now, "exp": now + 300}),
        })
        if response.status_code != 200:
            raise Refused(f"the token endpoint answers {response.status_code}: {response.text}")
        answer = response.json()
        if answer["token_type"].lower() != "bearer":
            raise Refused("token_type")
        claims = self._verified(answer["id_token"])
        now = time.time()
        if claims.get("iss") != self.issuer or claims.get("aud") not in (self.client_id, [self.client_id]):
            raise Refused("iss or aud")
        if not claims["exp"] > now - LEEWAY or not claims["iat"] < now + LEEWAY:
            raise Refused("exp or iat")
        if claims.get("nonce") != login["nonce"] or not claims.get("sub"):
            raise Refused("nonce or sub")
        return answer["access_token"], claims

    def user_info(self, access_token: str, subject: str) -> dict:
        response = self.http.get(
            self.metadata["userinfo_endpoint"], allow_redirects=False, timeout=10,
            headers={"Authorization": f"Bearer {access_token}"})
        if response.status_code != 200:
            raise Refused(f"the UserInfo endpoint answers {response.status_code}")
        claims = self._verified(response.text)
        if claims.get("sub") != subject:
            raise Refused("sub")
        return claims

    def _verified(self, token: str) -> dict:
        """The claims of a token that is encrypted for this relying party, and signed by itsme inside."""
        try:
            signed = jwe.decrypt_compact(token, self.decryption_key, ENCRYPTION).plaintext
            verified = jws.deserialize_compact(signed, self._key_of_itsme, algorithms=["RS256"])
            claims = json.loads(verified.payload)
        except (JoseError, ValueError, KeyError) as error:
            raise Refused(f"the token: {error!r}") from error
        return claims

    def _key_of_itsme(self, token) -> jwk.RSAKey:
        """Only the key with the kid of the token counts, and only one that signs."""
        key = self.itsme_keys.get_by_kid(token.headers()["kid"])
        if key.get("use") != "sig":
            raise ValueError("kid of a key that does not sign")
        return key
