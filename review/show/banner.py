"""What a banner says was done: what casework says, with letters and people named as on the pages."""

import re

from models.codes import LetterKind
from review.show.in_page_words import in_page_words
from review.show.names import Names, letter_name

_NAMES = {each.value.replace("_", " "): letter_name(each.value) for each in LetterKind}
_LIST = re.compile(
    r"(?P<lead>\b(?:letter queued(?: for them[^:;]{0,100})?|not sent"
    r"|letter \d{1,9} (?:released|withdrawn|went on [^:;]{1,40})): )(?P<kinds>[a-z0-9 ,]{1,300})",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"\bthe (?P<kind>{'|'.join(_NAMES)})"
    r"(?= (?:is held|goes now|says what|of case|did not arrive|was withdrawn))",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(r"\bis (?P<to>[^;]{1,200})'s now(?: in place of (?P<before>[^;]{1,200}))?")


def banner_words(done: str, names: Names, *, reference: str = "") -> str:
    """Return what casework says was done as a sentence of the pages; it names the case once."""
    said = in_page_words(_ASSIGNED.sub(lambda found: _assigned(found, names), done))
    said = _LIST.sub(_listed, said)
    said = _ALONE.sub(lambda found: f"{found[0][:4]}{_NAMES[found['kind'].lower()]}", said)
    return said if not reference or reference in said else f"{reference}: {said}"


def _assigned(found: re.Match[str], names: Names) -> str:
    if found["to"] == "nobody":
        return found[0]
    instead = f" in place of {names.officer(found['before'])}" if found["before"] else ""
    return f"is {names.officer(found['to'])}'s now{instead}"


def _listed(found: re.Match[str]) -> str:
    kinds = found["kinds"].split(", ")
    return found["lead"] + ", ".join(_NAMES.get(each, each) for each in kinds)
