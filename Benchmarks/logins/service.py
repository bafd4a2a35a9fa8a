"""A service in Python that logs people in: Starlette, Authlib for OAuth, joserfc for what Authlib does not do: signed and
encrypted request objects, and tokens that are encrypted and signed. It is started by uvicorn, with its settings in the
environment."""

import json
import os
import secrets
import time
from contextlib import asynccontextmanager
from html import escape

from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwe, jwk, jwt
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.routing import Route

ISSUER, CLIENT_ID, REDIRECT_URI = (os.environ[name] for name in ("ISSUER", "CLIENT_ID", "REDIRECT_URI"))
ENCRYPTION = ["RSA-OAEP-256", "A128CBC-HS256"]
with open(os.environ["KEY_FILE"]) as file:
    KEYS = {key["use"]: jwk.RSAKey.import_key(key) for key in json.load(file)["keys"]}


class Itsme:
    """itsme's metadata and keys, and the client."""

    async def open(self):
        self.client = AsyncOAuth2Client(
            CLIENT_ID, KEYS["sig"], token_endpoint_auth_method="private_key_jwt", redirect_uri=REDIRECT_URI,
            verify=os.environ["CA_FILE"])
        self.metadata = await self._json(ISSUER + "/.well-known/openid-configuration")
        self.keys = jwk.KeySet.import_key_set(await self._json(self.metadata["jwks_uri"]))
        self.encryption_key = next(key for key in self.keys if key.get("use") == "enc")
        self.client.register_client_auth_method(
            PrivateKeyJWT(self.metadata["token_endpoint"], headers={"kid": KEYS["sig"].kid}))

    async def _json(self, url: str) -> dict:
        response = await self.client.request("GET", url, withhold_token=True)
        response.raise_for_status()
        return response.json()

    def authorization_url(self, login: dict) -> str:
        now = int(time.time())
        query = {"client_id": CLIENT_ID, "response_type": "code", "scope": os.environ["SCOPE"]}
        signed = jwt.encode({"alg": "RS256", "kid": KEYS["sig"].kid}, query | {
            "iss": CLIENT_ID, "aud": ISSUER, "iat": now, "exp": now + 300, "jti": secrets.token_urlsafe(16),
            "redirect_uri": REDIRECT_URI, "state": login["state"], "nonce": login["nonce"],
            "code_challenge": create_s256_code_challenge(login["verifier"]), "code_challenge_method": "S256",
        }, KEYS["sig"])
        request = jwe.encrypt_compact(
            {"alg": "RSA-OAEP-256", "enc": "A128CBC-HS256", "kid": self.encryption_key.kid, "cty": "JWT"},
            signed, self.encryption_key, ENCRYPTION)
        url, _ = self.client.create_authorization_url(
            self.metadata["authorization_endpoint"], state=login["state"], scope=query["scope"], request=request)
        return url

    async def claims(self, code: str, login: dict) -> dict:
        """The claims of ID token and UserInfo."""
        tokens = await self.client.fetch_token(
            self.metadata["token_endpoint"], code=code, code_verifier=login["verifier"])
        id_token = self._verified(tokens["id_token"])
        jwt.JWTClaimsRegistry(
            leeway=60, iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": CLIENT_ID},
            exp={"essential": True}, iat={"essential": True}, sub={"essential": True},
            nonce={"essential": True, "value": login["nonce"]}).validate(id_token)
        response = await self.client.request(
            "GET", self.metadata["userinfo_endpoint"], withhold_token=True,
            headers={"Authorization": f"Bearer {tokens['access_token']}"})
        response.raise_for_status()
        user_info = self._verified(response.text)
        if user_info.get("sub") != id_token["sub"]:
            raise ValueError("sub")
        return id_token | user_info

    def _verified(self, token: str) -> dict:
        signed = jwe.decrypt_compact(token, KEYS["enc"], ENCRYPTION).plaintext
        return jwt.decode(signed, self.keys, algorithms=["RS256"]).claims


itsme = Itsme()


async def start(request: Request):
    login = {"state": secrets.token_urlsafe(32), "nonce": secrets.token_urlsafe(32),
             "verifier": secrets.token_urlsafe(48)}
    request.session["login"] = login
    return RedirectResponse(itsme.authorization_url(login), 302)


async def callback(request: Request):
    login = request.session.pop("login", None)
    if login is None or not secrets.compare_digest(request.query_params.get("state", ""), login["state"]):
        return PlainTextResponse("refused", 400)
    claims = await itsme.claims(request.query_params["code"], login)
    request.session["person"] = {"sub": claims["sub"], "name": claims["given_name"]}
    return RedirectResponse("/account", 303)


async def account(request: Request):
    if "person" not in request.session:
        return RedirectResponse("/start", 302)
    return HTMLResponse(f"<!DOCTYPE html><title>Account</title>Hello {escape(request.session['person']['name'])}")


@asynccontextmanager
async def lifespan(app):
    await itsme.open()
    yield


app = Starlette(
    routes=[Route("/start", start), Route("/callback", callback), Route("/account", account)],
    middleware=[Middleware(SessionMiddleware, secret_key=secrets.token_urlsafe(32))], lifespan=lifespan)
