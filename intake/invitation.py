"""The words that somebody typed beside an invitation (RFC 5545): its comment, and its description."""

import re
from dataclasses import dataclass

_FOLD = re.compile(r"\n[ \t]")
_LINE = re.compile(
    r"^(BEGIN|END|COMMENT|DESCRIPTION)(?:;(?:\"[^\"\n]*\"|[^\":\n])*)?:([^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_EVENTS = {"VEVENT", "VTODO", "VJOURNAL"}
_LONGEST = 200_000


@dataclass(frozen=True)
class Typed:
    """What was typed: `comment` by who answers, `description` by who invited or, in Outlook, answers."""

    comment: str = ""
    description: str = ""


def typed_words(calendar: str) -> Typed:
    """Return the typed words of a calendar's first event; what alarms say is no part of them."""
    inside: list[str] = []
    found = {"COMMENT": "", "DESCRIPTION": ""}
    for line in _LINE.finditer(_FOLD.sub("", calendar[:_LONGEST])):
        name, value = line[1].upper(), line[2].strip()
        if name == "BEGIN":
            inside.append(value.upper())
        elif name == "END":
            inside = inside[:-1]
        elif inside and inside[-1] in _EVENTS and not found[name]:
            found[name] = _ESCAPED.sub(_unescaped, value).strip()
    return Typed(comment=found["COMMENT"], description=found["DESCRIPTION"])


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]
