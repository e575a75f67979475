"""The words that somebody typed beside what a program writes into receipts, invitations and reports.

Programs write these in a few hundred words in all, in many languages. Whatever else stands there was typed by
somebody: where in doubt, the mail is a person's.
"""

import re

from intake.machine_words import fold, words_of

_LABELLED = re.compile(r"^[ \t*>•-]{0,10}([^\s:][^\n:]{0,30}):[^\n]{0,300}$", re.MULTILINE)
_GOING = re.compile(r"\bgoing\s{0,3}(?:\([^()\n]{0,80}\))?\s{0,3}\?", re.IGNORECASE)
_LINK = re.compile(r"<?https?://[^\s<>]{1,2000}>?|\S{1,64}@\S{1,255}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENOUGH = 2
_A_QUESTION = 2

_WRITTEN = words_of("program_words")
_LABELS = words_of("program_labels")


def is_typed(text: str, *, known: str = "") -> bool:
    """Say whether a text holds more words of somebody's own than programs write.

    `known` are words that are repeated from elsewhere: the subject, the sender's name.
    """
    left = _GOING.sub(" ", _LABELLED.sub(_without_known_label, _LINK.sub(" ", text)))
    not_typed = _WRITTEN | set(_WORD.findall(fold(known)))
    typed = sum(word not in not_typed for word in _WORD.findall(fold(left)))
    return typed + _A_QUESTION * ("?" in left) >= _ENOUGH


def _without_known_label(line: re.Match[str]) -> str:
    is_known = all(word in _LABELS for word in _WORD.findall(fold(line[1])))
    return " " if is_known else line[0]
