"""What somebody asks for in the words that our letters offer: a reply of one line is enough.

Only short replies are acted on without an officer; in a longer one the words may be about something else.
"""

import re

_SHORT = 60
"""Words: in a longer reply an officer reads what is meant."""

_MOST_CHARACTERS = 1_000
"""No sixty words of a person's are longer; it bounds what the patterns look at."""

_TREAT_AS_COMPLAINT = re.compile(
    r"\b(?:treat|take|log|record|deal with)\s+(?:it|this|that|my (?:message|email|request|report))\s+"
    r"as\s+(?:a|an official|a formal)\s+complaint\b",
    re.IGNORECASE,
)
_IT = r"(?:it|this|that|(?:my|the|this|our)\s+(?:complaint|case|matter))"
_STAGE_2 = (
    r"(?:(?:the\s+|your\s+)?(?:next|second|2nd)\s+stage|stage\s+(?:2|two|ii)(?!\.?\d))"
    r"(?!\s+of\s+(?!(?:the|my|your|this)\s+complain))"
)
_TAKE_TO_STAGE_2 = re.compile(
    rf"\b(?:(?:take|move|raise|refer|escalate|bring|send|put|progress)\s+{_IT}\s+(?:on\s+|up\s+|through\s+)?"
    rf"(?:to|for)\s+(?:a\s+)?{_STAGE_2}"
    rf"|escalate\s+{_IT}(?!\s+(?:to|with|through)\b)"
    rf"|(?:want|wish|would\s+like|request|ask\s+for|asking\s+for|need)\s+(?:to\s+(?:go|move|proceed)\s+to\s+)?"
    rf"(?:a\s+)?{_STAGE_2}"
    rf"|go\s+to\s+{_STAGE_2}|{_STAGE_2}\s*,?\s+please)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no need|\w+n[’']?t|dont|rather than|instead of)\b[^.!?\n]*$", re.IGNORECASE
)
_NOT_YET_BEFORE = re.compile(
    r"\b(?:if|unless|until|whether|before|how|when|what|where|why|(?:i|we)\s+(?:may|might|could))\b[^.!?\n]*$",
    re.IGNORECASE,
)
_NOT_YET_AFTER = re.compile(r"[^.!?\n]*\b(?:if|unless|until)\b", re.IGNORECASE)


def chooses_to_complain(reply_text: str) -> bool:
    """Say whether a short reply takes up the choice that our letters offer (LGSCO 1.7, 5.3)."""
    found = None if _is_long(reply_text) else _TREAT_AS_COMPLAINT.search(reply_text)
    if found is None:
        return False
    return not _NEGATED.search(reply_text[: found.start()])


def asks_for_stage_2(reply_text: str) -> bool:
    """Say whether a short reply asks for stage 2 in the words of our answer, or in words as plain.

    No reason is needed (LGSCO 6.13, HO 6.12). What is only announced, asked about or tied to a condition is
    read by an officer.
    """
    found = None if _is_long(reply_text) else _TAKE_TO_STAGE_2.search(reply_text)
    if found is None:
        return False
    before, after = reply_text[: found.start()], reply_text[found.end() :]
    is_negated = _NEGATED.search(before) or _NOT_YET_BEFORE.search(before)
    return not is_negated and not _NOT_YET_AFTER.match(after)


def _is_long(text: str) -> bool:
    return len(text) > _MOST_CHARACTERS or len(text.split()) > _SHORT
