"""The second factor of local accounts: codes of an authenticator app (TOTP, RFC 6238)."""

import hmac
import io
from datetime import datetime

import pyotp
import segno

_STEP_S = 30
_DIGITS = 6
_LATE_OR_EARLY = (0, -1, 1)


def new_secret() -> str:
    """Return a new key, as authenticator apps take it (base 32)."""
    return pyotp.random_base32()


def in_groups(secret: str) -> str:
    """Return a key as it is typed by hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def address_of(secret: str, *, officer: str, organisation: str) -> str:
    """Return what an authenticator app reads from the square."""
    return pyotp.TOTP(secret, digits=_DIGITS, interval=_STEP_S).provisioning_uri(
        name=officer, issuer_name=f"Heard {organisation}".replace(":", " ")
    )


def square(address: str) -> bytes:
    """Return the square to be photographed, as an SVG without any style of its own."""
    made = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        made, kind="svg", scale=5, border=4, dark="#0b0c0c", light="#ffffff", svgclass=None, lineclass=None,
        xmldecl=False,
    )  # fmt: skip
    return made.getvalue()


def step_of(code: str, secret: str, *, after: int | None, now: datetime) -> int | None:
    """Return the time step that a code belongs to, None where it is wrong or was used already.

    A clock may be one step off (RFC 6238, 5.2), and no step is taken twice (5.2, "one-time only").
    """
    typed = "".join(code.split())
    if not secret or not typed.isascii() or not typed.isdigit() or len(typed) != _DIGITS:
        return None
    made = pyotp.TOTP(secret, digits=_DIGITS, interval=_STEP_S)
    current = int(now.timestamp()) // _STEP_S
    steps = (current + off for off in _LATE_OR_EARLY)
    right = [step for step in steps if hmac.compare_digest(made.at(step * _STEP_S), typed)]
    return next((step for step in right if after is None or step > after), None)
