"""What goes into an acknowledgement, and the words of the sender's that it repeats."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.codes import Ombudsman

_LONGEST_NAME = 60
_LONGEST_QUOTE = 300
_MOST_QUOTES = 3
_NOT_A_NAME = re.compile(r"[<>@{}\[\]|\\]|https?:|www\.", re.IGNORECASE)
_WHITE = re.compile(r"\s+")


@dataclass(frozen=True)
class AcknowledgementContext:
    """Everything that an acknowledgement or receipt says about the case; frozen when it is queued.

    `respond_by` is None in letters that start no response clock. `reply_mark` is the reference with the mark
    by which a reply is known to have seen the letter. `not_ours` are sentences of ours on what seems to be
    for somebody else (`letters/not_ours.py`).
    """

    reference: str
    name: str
    received_on: date
    read_by: date
    ombudsman: Ombudsman
    own_words: tuple[str, ...] = ()
    respond_by: date | None = None
    is_dissatisfied: bool = False
    for_somebody_else: bool = False
    reply_mark: str = ""
    not_ours: tuple[str, ...] = ()


def salutation_name(name: str) -> str:
    """Return a name that is fit to be greeted by, empty where it does not look like one."""
    tidy = _WHITE.sub(" ", name).strip(" ,.;:\"'")
    if not tidy or len(tidy) > _LONGEST_NAME or _NOT_A_NAME.search(tidy):
        return ""
    family, comma, given = tidy.partition(", ")
    return f"{given} {family}" if comma and given else tidy


def own_words(passages: Iterable[str]) -> tuple[str, ...]:
    """Return up to three passages of the sender's, each on one line and cut at a word."""
    tidy = (_WHITE.sub(" ", passage).strip() for passage in passages)
    return tuple(_cut(passage) for passage in tidy if passage)[:_MOST_QUOTES]


def _cut(passage: str) -> str:
    if len(passage) <= _LONGEST_QUOTE:
        return passage
    return passage[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
