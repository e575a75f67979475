"""Whose identity an ID token names: pure, from its claims, once the token itself has proved good."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_ENTRA = frozenset(
    {"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"}
)
_LONGEST = 300


@dataclass(frozen=True)
class Identity:
    """An identity at a provider: `subject` is who they are for ever, `email` how an officer is first found.

    `email` is in lower case, and empty where the provider does not vouch for one.
    """

    subject: str
    email: str


def identity_of(claims: Mapping[str, Any]) -> Identity | None:
    """Return the identity that a token names, None where it names none (OpenID Connect Core, 2 and 5.7)."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not isinstance(issuer, str) or not isinstance(subject, str) or not issuer or not subject:
        return None
    both = f"{issuer} {subject}"
    return Identity(both, _email_of(claims, issuer)) if len(both) <= _LONGEST else None


def _email_of(claims: Mapping[str, Any], issuer: str) -> str:
    """Return the address that the provider vouches for.

    That is `email` where it is verified. Entra ID verifies none and lets the organisation alone set
    `preferred_username`, the name with which somebody signs in there; elsewhere people may choose it.
    """
    email = claims.get("email")
    verified = claims.get("email_verified")
    if isinstance(email, str) and (verified is True or verified == "true"):
        return email.strip().casefold()
    name = claims.get("preferred_username")
    if isinstance(name, str) and urlsplit(issuer).hostname in _ENTRA and "@" in name:
        return name.strip().casefold()
    return ""
