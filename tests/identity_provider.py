"""An OpenID Connect provider of the tests' own: discovery, keys, authorization code with PKCE, ID tokens."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "heard", "client-s3cret"
_KEY, _OTHER_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))


class IdentityProvider:
    """Vouches for `person`; `spoil` changes the claims of the next tokens, and `says` the whole answer.

    `codes` maps each code that was given out to what was asked, and is emptied by use; `asked` lists what
    came to the token endpoint.
    """

    def __init__(self) -> None:
        self.key, self.other_key = _KEY, _OTHER_KEY
        self.signs_with: Any = self.key
        self.algorithm, self.number = "RS256", "1"
        self.person: dict[str, object] = {
            "sub": "jo-1",
            "email": "jo@harrowmere.example",
            "email_verified": True,
        }
        self.spoil: dict[str, object] = {}
        self.says: dict[str, object] | None = None
        self.is_down = False
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self.metadata_url = f"{self.issuer}/.well-known/openid-configuration"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def metadata(self) -> dict[str, object]:
        """Return what a client discovers."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def keys(self) -> dict[str, object]:
        """Return the public key, under its number."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": self.number, "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the browser goes on to, as if the person had signed in here (RFC 6749, 4.1.2)."""
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Return the tokens for a code, once, to whoever knows the verifier (RFC 7636, 4.6)."""
        self.asked.append(given)
        asked = self.codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant", "error_description": "jo@harrowmere.example cannot"}
        if self.says is not None:
            return 200, self.says
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.person | self.spoil
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode(claims, self.signs_with, self.algorithm, headers={"kid": self.number})
        return 200, {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        """Answer discovery, keys, and a browser that wants to sign in."""
        path = urlsplit(self.path)
        if self.provider.is_down:
            self._answer(503, {})
        elif path.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(dict(parse_qsl(path.query))))
            self.end_headers()
        else:
            self._answer(200, self.provider.keys() if path.path == "/keys" else self.provider.metadata())

    def do_POST(self) -> None:
        """Answer a code."""
        form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._answer(*self.provider.token(dict(parse_qsl(form))))

    def log_message(self, *_: object) -> None:
        """Write nothing to the terminal."""

    def _answer(self, status: int, what: dict[str, object]) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
