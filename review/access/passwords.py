"""What makes a password good enough, and what is kept of it.

By the guidance of the National Cyber Security Centre and NIST SP 800-63B: length counts, nothing has to be
mixed, nothing expires, and what is easily guessed is refused.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
_LEFT_AT_LEAST = 8
_DIFFERENT_AT_LEAST = 5
_SHORTEST_WORD = 3

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")
# Each takes 64 MB (RFC 9106, 4); a crowd at the door must not take the memory that the service needs.
_AT_ONCE = threading.BoundedSemaphore(4)

_SPELT = str.maketrans("013457@$!", "oieastasi")
_RUNS = tuple(
    run * 3 for line in (
        "abcdefghijklmnopqrstuvwxyz", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm",
        "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    ) for run in (line, line[::-1])
)  # fmt: skip
_GUESSED = """
password passwort passwd pass phrase letmein welcome login signin access secret hello iloveyou
qwerty qwertz asdf zxcvbn abc123 123456 654321 111111 000000 admin administrator officer manager
complaint complaints council borough county district city town team inbox heard changeme change temp
temporary default test testing please master dragon monkey football liverpool arsenal chelsea
sunshine princess baby angel england london britain january february march april may june july
august september october november december monday tuesday wednesday thursday friday saturday sunday
spring summer autumn winter christmas easter
"""
_COMMON = frozenset(_GUESSED.split())
"""Words of which guesses are made; a list of our own."""


def fault_in(password: str, *, about: Iterable[str]) -> str:
    """Say what is wrong with a new password, nothing where it will do.

    `about` is what others know of the officer: their names, their address, the council's name.
    """
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return f"Choose a password of at least {SHORTEST} characters; three random words make a good one"
    if len(plain) > LONGEST:
        return f"Choose a password of at most {LONGEST} characters"
    if len(set(plain.casefold())) < _DIFFERENT_AT_LEAST or _is_run(plain.casefold()):
        return "Choose a password that is harder to guess: this one repeats itself or is in order"
    if len(_without_words(plain.casefold(), about)) < _LEFT_AT_LEAST:
        return (
            "Choose a password that is harder to guess: without names, the council’s own words and words "
            "that many people use, too little of this one is left; three random words make a good one"
        )
    return ""


def hash_password(password: str) -> str:
    """Return the argon2id hash that is kept of a password (RFC 9106)."""
    with _AT_ONCE:
        return _HASHER.hash(_plain(password))


def is_password(password: str, kept: str) -> bool:
    """Say whether a password is the one of which a hash is kept; takes as long where none is kept."""
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _NOBODY, _plain(password[: LONGEST * 4]))
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def needs_new_hash(kept: str) -> bool:
    """Say whether a hash was made with other parameters than are used now."""
    return _HASHER.check_needs_rehash(kept)


def _plain(password: str) -> str:
    """Return a password in the form that every keyboard gives it (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


def _is_run(password: str) -> bool:
    return any(password in run for run in _RUNS)


def _without_words(password: str, about: Iterable[str]) -> str:
    """Return what a guess would still have to find: no common word, no name, no space or stop."""
    known = {word for text in about for word in re.split(r"[^\w]+|_", text.casefold())}
    words = {each for each in known | _COMMON if len(each) >= _SHORTEST_WORD}
    left = password
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ").replace(word.translate(_SPELT), " ")
    spelt = left.translate(_SPELT)
    for word in sorted(words, key=len, reverse=True):
        spelt = spelt.replace(word, " ")
    return re.sub(r"[\W_]+", "", spelt)
