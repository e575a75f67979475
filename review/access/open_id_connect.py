"""Signing in by OpenID Connect: authorization code with PKCE, state and nonce; Authlib is known here alone.

Nothing of the provider's is kept: what its token says is read once, and the token forgotten.
"""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, session
from flask.sansio.app import App
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from models.errors import SignInRefused
from review.access.identity import Identity, identity_of
from review.desk import OpenIdConnect

_NAME = "provider"
_TIMEOUT_S = 10
_SCOPE = "openid email profile"
_LEEWAY_S = 120

# What the library and the client under it raise where a provider refuses, is away, or talks nonsense.
_FAULTS = (
    AuthlibBaseError,
    JoseError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RuntimeError,
)


def set_up(app: App, provider: OpenIdConnect | None) -> None:
    """Make the provider known to an application, where there is one."""
    if provider is None:
        return
    OAuth(app).register(
        _NAME, client_id=provider.client_id, client_secret=provider.client_secret,
        server_metadata_url=provider.metadata_url,
        client_kwargs={
            "scope": _SCOPE, "code_challenge_method": "S256", "default_timeout": _TIMEOUT_S,
        },
    )  # fmt: skip


def check_provider(provider: OpenIdConnect) -> str:
    """Say who the provider is; raises SignInRefused where it is away, or is everybody's and not ours."""
    with _ours(), OAuth2Session(default_timeout=_TIMEOUT_S) as asking:
        answer = asking.request("GET", provider.metadata_url, withhold_token=True)
        answer.raise_for_status()
        issuer = str(answer.json()["issuer"])
    if "{" in issuer:
        raise SignInRefused(f"{provider.name} vouches for every organisation under this metadata_url")
    return f"{provider.name} answers as {issuer}"


def begin(app: Flask, *, back_to: str) -> Response:
    """Return what sends the browser to the provider. Raises SignInRefused where the provider is away."""
    _forget_earlier(session)
    with _ours():
        found: Response = _client(app).authorize_redirect(back_to)
    return found


def was_asked(state: str) -> bool:
    """Say whether this browser asked the provider what an answer of this state is to."""
    return bool(state) and f"_state_{_NAME}_{state}" in session


def finish(app: Flask) -> Identity:
    """Return whom the provider vouches for, once it has sent the browser back.

    Raises SignInRefused where it refuses, or where its answer is not to what this browser asked.
    """
    with _ours():
        client = _client(app)
        metadata = client.load_server_metadata()
        must = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": client.client_id},
        }
        claims = client.authorize_access_token(claims_options=must, leeway=_LEEWAY_S).get("userinfo")
    identity = identity_of(claims) if claims else None
    if identity is None:
        raise SignInRefused("the provider named nobody")
    return identity


def _client(app: Flask) -> Any:
    return app.extensions["authlib.integrations.flask_client"].create_client(_NAME)


def _forget_earlier(held: MutableMapping[str, Any]) -> None:
    """Forget what the browser asked the provider before: a cookie has room for little."""
    for key in [each for each in held if each.startswith(f"_state_{_NAME}_")]:
        del held[key]


@contextmanager
def _ours() -> Iterator[None]:
    """Turn what a library raises into our own error, which quotes a code and nothing else."""
    try:
        yield
    except _FAULTS as error:
        code = str(getattr(error, "error", ""))
        said = code if code.replace("_", "").isalnum() and len(code) < 60 else type(error).__name__  # noqa: PLR2004
        raise SignInRefused(f"signing in by the provider failed: {said}") from error
