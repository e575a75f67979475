"""The new part on top, apart from what is quoted below it, and the classifier's copy of a message.

Only a reply is cut: its subject begins with Re: or the caller knows that it answers something. A first
contact is never cut, and where little is left the whole text counts (docs/mail.md, fact 35).
"""

import re
from itertools import islice

_IS_REPLY = re.compile(r"^\s*(re|aw|sv|antw|rif|res|odp|vs)\s*(\[\d+\])?\s*:", re.IGNORECASE)
_IS_FORWARD = re.compile(r"^\s*(fwd?|wg|tr|rv|doorst|enc|pd)\s*:", re.IGNORECASE)

_ON_SOMEBODY_WROTE = re.compile(
    r"^[ \t]*(?:"
    r"On\b(?=.{0,300}\d).{4,300}?\bwrote\s*:"
    r"|Le\b.{4,300}?\ba écrit\s*:"
    r"|Am\b.{4,300}?\bschrieb\b.{0,100}?:"
    r"|El\b.{4,300}?\bescribió\s*:"
    r"|Il\b.{4,300}?\bha scritto\s*:"
    r"|Op\b.{4,300}?\bschreef\b.{0,100}?:"
    r"|W dniu\b.{4,300}?\bpisze\s*:"
    r"|Dnia\b.{4,300}?\bnapisał\(?a?\)?\s*:"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.{0,120}?<[^<>\n]+@[^<>\n]+>\s*:?"
    r")[ \t]*$",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_ORIGINAL_MESSAGE = re.compile(
    r"^[ \t>]*-{2,}\s*(original message|original appointment|forwarded message|reply message|"
    r"ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|"
    r"wiadomość oryginalna|oorspronkelijk bericht)\s*-*[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_HEADER_BLOCK = re.compile(
    r"^[ \t*]*(?:From|Von|De|Da|Van|Od)[ \t*]*:[^\n]+\n"
    r"(?:[ \t*]*(?:Sent|Date|To|Cc|Subject|Reply-To|Importance|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|"
    r"Enviado|Para|Asunto|Inviato|A|Oggetto|Verzonden|Aan|Onderwerp|Wysłano|Do|Temat)[ \t*]*:[^\n]*\n?){2,}",
    re.MULTILINE | re.IGNORECASE,
)
_RULE_ABOVE_BLOCK = re.compile(r"[ \t]*_{8,}[ \t]*\n\s*\Z")
_QUOTED_LINE = re.compile(r"^[ \t]*>")
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

_LITTLE_LEFT = 3
_RULE_REACH = 200
_MOST_INTRODUCTIONS = 10
_LITTLE_LEFT_OF_FORWARD = 20


def is_reply(subject: str) -> bool:
    """Say whether a subject is that of an answer, in the prefixes of many languages."""
    return bool(_IS_REPLY.match(subject)) and not is_forward(subject)


def is_forward(subject: str) -> bool:
    """Say whether a subject is that of forwarded mail."""
    return bool(_IS_FORWARD.match(subject))


def new_part(text: str, *, is_answer: bool) -> str:
    """Return what a reply says on top or between the quoted lines; all of it for a first contact."""
    if not is_answer:
        return text
    kept = text[: _start_of_history(text)]
    lines = [line for line in kept.split("\n") if not _QUOTED_LINE.match(line)]
    new = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return new if len(new.split()) >= 1 else text


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


def _start_of_history(text: str) -> int:
    """Return where the earlier correspondence starts, the text's length where there is none."""
    starts = [
        match.start() for pattern in (_ORIGINAL_MESSAGE, _HEADER_BLOCK) for match in pattern.finditer(text)
    ]
    starts.extend(
        match.start()
        for match in islice(_ON_SOMEBODY_WROTE.finditer(text), _MOST_INTRODUCTIONS)
        if not _answered_inside(text, match)
    )
    if not starts:
        return len(text)
    start = min(starts)
    before = max(0, start - _RULE_REACH)
    ruler = _RULE_ABOVE_BLOCK.search(text[before:start])
    return before + ruler.start() if ruler else start


def _answered_inside(text: str, introduction: re.Match[str]) -> bool:
    """Say whether lines of the sender's stand between the quoted lines below an introduction."""
    below = text[introduction.end() :].strip("\n").split("\n")
    quoted = [number for number, line in enumerate(below) if _QUOTED_LINE.match(line)]
    return bool(quoted) and any(line.strip() and not _QUOTED_LINE.match(line) for line in below[quoted[0] :])


def _looks_answered(body: str) -> bool:
    """Say whether a body without Re: in its subject still has its own words above quoted mail."""
    start = _start_of_history(body)
    return start < len(body) and len(body[:start].split()) > _LITTLE_LEFT


def _forwards(subject: str, body: str) -> bool:
    start = _start_of_history(body)
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
