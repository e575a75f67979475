"""What casework says, for somebody who sees a page and no terminal: no options, no commands, no codes.

The texts of `casework/` name the option and the command that help; here stand the field and the page instead.
"""

import re
from collections.abc import Mapping
from datetime import date

from review.show.names import letter_name
from review.show.words import day, sentence

PAGES = {
    "case answer": "Answer the complaint",
    "case answered": "Answered elsewhere",
    "case arrange": "What is agreed",
    "case assign": "Assign",
    "case clarify": "Ask a question",
    "case close": "Close",
    "case close-request": "Close the service request",
    "case consent": "Consent",
    "case convert": "Treat as a complaint",
    "case escalate": "Begin stage 2",
    "case exclude": "Do not accept",
    "case extend": "More time",
    "case merge": "Merge",
    "case new": "New case",
    "case point": "Points",
    "case action": "Promised actions",
    "case reopen": "Open again",
    "case split": "Split",
    "letters": "Letters",
    "letters done": "Letters",
    "letters list": "Letters",
    "letters withdraw": "Letters",
    "letters release": "Letters",
    "rule": "Correct",
    "queue": "",
    "officers list": "",
    "officers add": "",
    "retry": "",
}
"""What a command is called on the pages, empty where there is nothing to name."""

_OPTIONS = {
    "answered": "Answered elsewhere",
    "complainant": "Who complains",
    "correction": "They never complained",
    "even-if-away": "Although they are away",
    "given": "Consent",
    "message": "the message",
    "points": "the points",
    "status": "what it is",
    "withdrawn": "They took it back",
    "way": "the way",
    "value": "Address or number",
}
_REFERENCE = r"C-\d{4}-\d{4}-\d{2}"
_ARGUMENT = (
    r"(?: (?:REF\b|M-\.\.\.|M-\d{1,9}|\.\.\.|\d{1,9}|C-\d{4}-\d{4}-\d{2}"
    r"|--[a-z-]{1,20}(?: (?:\.\.\.|NAME))?|(?<=--to )service-request))"
)
_COMMAND = re.compile(
    rf"(?P<before>[:;,(]? ?)`?\bheard (?P<name>[a-z]+(?: [a-z-]+)?)\b{_ARGUMENT}{{0,6}}`?(?P<shut>\)?)"
)
_IN_BRACKETS = re.compile(r" ?\(--(?P<option>[a-z-]{1,20})(?P<rest>[^()]{0,200})\)")
_OPTION = re.compile(r"--(?P<option>[a-z-]{1,20})(?: NAME)?")
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
_VERSIONS = re.compile(r" \(you saw version \d{1,9}, it is at \d{1,9}\)")
_PHRASES = (
    (re.compile(r"^--[a-z-]{1,20} (?=\d{4}-\d{2}-\d{2} cannot be right)"), ""),
    (re.compile(rf"\bheard rule {_REFERENCE} --joins {_REFERENCE}"), "“It is a reply”"),
    (re.compile(rf"`?\bheard rule (?:REF|{_REFERENCE}) --complainant\b`?"), "“Who complains”"),
    (
        re.compile(rf"`?\bheard case convert (?:REF|{_REFERENCE}) --to service-request\b`?"),
        "“Treat as a service request”",
    ),
    (re.compile(r"\brule without --status\b"), "leave “What is it?” as it was under “Correct”"),
    (re.compile(r"--status ([a-z]{1,20})\b"), r"“\1”"),
    (re.compile(r"; name (?:another|one) \(--officer\)"), ""),
    (re.compile(r"\(--discretion: ([^()]{0,200})\)"), r"(\1)"),
)
_FIRST_OPTION = re.compile(r"--([a-z-]{1,20})")


def in_page_words(text: str, labels: Mapping[str, str] | None = None) -> str:
    """Return what casework says as a sentence of the page; `labels` name a form's fields by their options."""
    known = _OPTIONS | dict(labels or {})
    said = _VERSIONS.sub("", text)
    for pattern, instead in _PHRASES:
        said = pattern.sub(instead, said)
    said = _COMMAND.sub(_page, said)
    said = _IN_BRACKETS.sub(lambda found: _without_option(found, known), said)
    said = _OPTION.sub(lambda found: f"“{_label(found['option'], known)}”", said)
    said = _ISO.sub(_day, said)
    said = _CODE.sub(lambda found: letter_name(found[0]), said)
    return sentence(re.sub(r"\s+([,;:.])", r"\1", " ".join(said.split())))


def field_named(text: str, fields: Mapping[str, str]) -> str:
    """Return the field that an error is about: the first whose option it names, else the first of the form.

    `fields` are the names of the fields by their options.
    """
    for found in _FIRST_OPTION.finditer(text):
        if found[1] in fields:
            return fields[found[1]]
    return next(iter(fields.values()), "")


def _page(found: re.Match[str]) -> str:
    words, before = found["name"], found["before"]
    name = PAGES.get(words, PAGES.get(words.partition(" ")[0]))
    if not name:
        return ")" if found["shut"] and not before.startswith("(") else ""
    opened = "(" if before.startswith("(") else before
    return f"{opened}“{name}”{found['shut']}"


def _without_option(found: re.Match[str], known: Mapping[str, str]) -> str:
    """Return what brackets say beside the option that they begin with: a provision, or a condition."""
    rest = found["rest"].strip()
    if rest.startswith((";", ":")):
        return f" ({rest[1:].strip()})"
    if rest.startswith("if "):
        return f" (“{_label(found['option'], known)}” {rest})"
    return ""


def _label(option: str, known: Mapping[str, str]) -> str:
    return known.get(option) or option.replace("-", " ")


def _day(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]
