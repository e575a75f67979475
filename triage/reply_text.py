"""The new part on top, apart from what is quoted below it, and the classifier's copy of a message.

Only a reply is cut: its subject begins with Re: or the caller knows that it answers something. A first
contact is never cut, and where little is left the whole text counts (docs/mail.md, fact 35).
"""

import re

from triage.quotations import introductions, is_quoted, start_of_history

# Gateways put such words as [EXTERNAL] before the prefix.
_TAGS = r"^\s*(?:\[[^\[\]\n]{1,40}\]\s*|external\s*:\s*){0,3}"
_IS_REPLY = re.compile(
    _TAGS + r"(?:re|aw|sv|antw|rif|res|odp|vs|atb|ats|ynt)\s*(?:[\[(]\d+[\])])?\s*:", re.IGNORECASE
)
_IS_FORWARD = re.compile(_TAGS + r"(?:fwd?|wg|tr|rv|doorst|enc|pd|vb|ymlaen)\s*:", re.IGNORECASE)

_FORWARD_MARK = re.compile(
    r"^[ \t]*(begin forwarded message|-+\s*forwarded message)", re.MULTILINE | re.IGNORECASE
)

_SIGNATURE = re.compile(
    r"^(?:-- ?|sent from (?:my|outlook|yahoo|mail for|samsung|the)\b.{0,60}|get outlook for .{0,30}|"
    r"sent via .{0,40}|virus-free\. .{0,60}|\[cid:.{0,60}\])$",
    re.MULTILINE | re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"^.{0,20}\b(?:this (?:e-?mail|message|communication)\b.{0,120}\b(?:confidential|intended|privileged)|"
    r"(?:disclaimer|confidentiality notice|uk parliament disclaimer)\s*:?|"
    r"please consider the environment before|the information (?:contained )?in this e-?mail)",
    re.MULTILINE | re.IGNORECASE | re.DOTALL,
)

_MARKED = r"in[- ]?line|in (?:red|blue|green|purple|bold|italics|capitals|caps|brackets|colour)"
_ANSWERS_BELOW = re.compile(
    r"\b(?:my|our) (?:comments?|answers?|replies|reply|responses?|notes?)\b[^.!?]{0,60}"
    rf"\b(?:below|beneath|{_MARKED})\b|"
    rf"\b(?:comments|answers|replies|responses)(?: \w+){{0,2}} (?:{_MARKED})\b|"
    r"\b(?:I|we)(?:['’]ve| have)?(?: \w+)? "
    r"(?:answered|replied|responded|commented|written|put|added|marked)\b[^.!?]{0,40}"
    rf"\b(?:below|beneath|underneath|{_MARKED})\b",
    re.IGNORECASE,
)

_LITTLE_LEFT = 3
_LITTLE_LEFT_OF_FORWARD = 20


def is_reply(subject: str) -> bool:
    """Say whether a subject is that of an answer, in the prefixes of many languages."""
    return bool(_IS_REPLY.match(subject)) and not is_forward(subject)


def is_forward(subject: str) -> bool:
    """Say whether a subject is that of forwarded mail."""
    return bool(_IS_FORWARD.match(subject))


def new_part(text: str, *, is_answer: bool) -> str:
    """Return what a reply says on top or between the quoted lines; all of it for a first contact.

    Who announces answers further down, in red or in capitals, is read whole: nothing marks them in a text.
    """
    if not is_answer:
        return text
    kept = text[: start_of_history(text)]
    if len(kept) < len(text) and _ANSWERS_BELOW.search(kept):
        return text
    lines = kept.split("\n")
    passed_over = {number for each in introductions(lines) for number in range(each.first, each.last + 1)}
    new = "\n".join(
        line for number, line in enumerate(lines) if number not in passed_over and not is_quoted(line)
    )
    new = re.sub(r"\n{3,}", "\n\n", new).strip()
    return new or text


def classifier_copy(subject: str, body: str) -> str:
    """Return the part of a body that the classifier reads: no history, signature or disclaimer.

    Where a forward's cover note says little, the forwarded text is what counts.
    """
    text = body
    if is_reply(subject) or (_looks_answered(body) and not _forwards(subject, body)):
        text = new_part(body, is_answer=True)
        if _nothing_but_signature(text):
            text = body
    return _without_tail(text)


def _looks_answered(body: str) -> bool:
    """Say whether a body without Re: in its subject still has its own words above quoted mail."""
    start = start_of_history(body)
    return start < len(body) and len(body[:start].split()) > _LITTLE_LEFT


def _forwards(subject: str, body: str) -> bool:
    start = start_of_history(body)
    is_one = is_forward(subject) or bool(_FORWARD_MARK.search(body))
    return is_one and len(body[:start].split()) < _LITTLE_LEFT_OF_FORWARD * 4


def _nothing_but_signature(text: str) -> bool:
    return len(_without_tail(text).split()) == 0


def _without_tail(text: str) -> str:
    cut = text
    for pattern in (_SIGNATURE, _DISCLAIMER):
        for match in pattern.finditer(cut):
            if len(cut[: match.start()].split()) > _LITTLE_LEFT:
                cut = cut[: match.start()]
                break
    return cut.strip() or text.strip()
