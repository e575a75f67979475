"""The conversation of a case: what was written to us, the newest first, with the passages that mattered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.codes import Outcome
from models.reference import message_name
from review.show.complainant import people_of, person_in_words
from review.show.names import Names
from review.show.suggestion import Suggestion, suggestion_of
from review.show.text import Piece, find_passage, in_pieces, one_line, said, tidy, unwrapped
from review.show.why import Why, why_of

NEWEST_SHOWN, OTHERS_SHOWN = 16_000, 4_000
"""Characters of the newest message of a page and of each other one that stand in the page."""

_QUOTED_SHOWN, _ATTACHED_SHOWN = 6_000, 4_000
_SHARE_OF_OTHERS = 0.25
"""How much of quoted mail and of attachments stands in the page with a message that is not the newest."""

_GIST = 110
_KILO = 1024


@dataclass(frozen=True)
class Attached:
    """A file that came with a message.

    `read` says how its text was got, `fault` why there is none or not all of it.
    """

    number: int
    name: str
    kind: str
    size: str
    pieces: tuple[Piece, ...]
    read: str
    fault: str = ""
    is_cut: bool = False

    @property
    def has_text(self) -> bool:
        """Say whether anything could be read of it."""
        return bool(self.pieces)


@dataclass(frozen=True)
class ShownMessage:
    """One message of the conversation.

    `words` are the new part, in pieces; `quoted` what stands around it, mostly earlier mail. `left_out` is
    how many characters of the new part do not stand in the page.
    """

    number: int
    name: str
    who: str
    at: datetime
    subject: tuple[Piece, ...]
    gist: str
    words: tuple[Piece, ...]
    quoted: str
    left_out: int
    quoted_left_out: int
    people: tuple[tuple[str, str], ...]
    attachments: tuple[Attached, ...]
    copies: tuple[str, ...]
    why: Why
    suggestion: Suggestion | None
    how: str
    is_machine: bool
    is_document: bool
    has_raw: bool


@dataclass(frozen=True)
class _Room:
    """How many characters of a message stand in the page: of its words, quoted mail, each attachment."""

    words: int
    quoted: int
    attached: int

    @classmethod
    def for_place(cls, place: int) -> "_Room":
        """Return the room of the newest message of a page, and that of another."""
        if place == 0:
            return cls(NEWEST_SHOWN, _QUOTED_SHOWN, _ATTACHED_SHOWN)
        return cls(
            OTHERS_SHOWN, int(_QUOTED_SHOWN * _SHARE_OF_OTHERS), int(_ATTACHED_SHOWN * _SHARE_OF_OTHERS)
        )


_WHOLE = _Room(words=10**9, quoted=10**9, attached=10**9)


def messages_of(
    rows: Sequence[Mapping[str, Any]],
    *,
    attachments: Iterable[Mapping[str, Any]],
    decisions: Iterable[Mapping[str, Any]],
    copies: Iterable[Mapping[str, Any]],
    names: Names,
    is_whole: bool = False,
) -> tuple[ShownMessage, ...]:
    """Put the messages of a page into words, in the order of the rows: the newest first.

    `is_whole` cuts nothing.
    """
    files = _by_message(attachments)
    decided = {row["message_id"]: row for row in decisions}
    again = _by_message({**row, "message_id": row["duplicate_of_id"]} for row in copies)
    return tuple(
        _message(
            row, files.get(row["id"], []), decided.get(row["id"]), again.get(row["id"], []), names,
            room=_WHOLE if is_whole else _Room.for_place(place),
        )
        for place, row in enumerate(rows)
    )  # fmt: skip


def size_in_words(size: int) -> str:
    """Say a size: "3 KB"."""
    if size < _KILO:
        return f"{size} bytes"
    return f"{size / _KILO:.0f} KB" if size < _KILO * _KILO else f"{size / _KILO / _KILO:.1f} MB"


def _by_message(rows: Iterable[Mapping[str, Any]]) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["message_id"], []).append(row)
    return found


def _message(
    row: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
    decided: Mapping[str, Any] | None,
    copies: Sequence[Mapping[str, Any]],
    names: Names,
    *,
    room: "_Room",
) -> ShownMessage:
    words, subject = row["reply_text"][: room.words], row["subject"]
    quoted, quoted_left_out = _quoted(row, longest=room.quoted)
    attached = {f"file {each['id']}": each["text"][: room.attached] for each in files}
    why = Why()
    if decided is not None:
        texts = {"subject": subject, "body": words, **attached}
        why = why_of(
            decided["document"], texts, names=_names_of_texts(files), name_of=names.any_code,
            anchor=f"why-{row['id']}",
        )  # fmt: skip
    return ShownMessage(
        number=row["id"],
        name=message_name(row["id"]),
        who=person_in_words(row["sender_name"], row["sender_address"]),
        at=row["received_at"],
        subject=in_pieces(subject[:998], why.marks_in("subject")),
        gist=one_line(words or subject, longest=_GIST),
        words=in_pieces(unwrapped(words), why.marks_in("body")),
        quoted=quoted,
        left_out=max(0, row["reply_length"] - len(words)),
        quoted_left_out=quoted_left_out,
        people=people_of(row["people"] or {}),
        attachments=tuple(_attached(each, attached[f"file {each['id']}"], why) for each in files),
        copies=tuple(one_line(f"{copy['account']}, {copy['folder']}") for copy in copies),
        why=why,
        suggestion=suggestion_of(decided, names) if decided is not None else None,
        how=one_line(row["reason"]),
        is_machine=row["outcome"] is Outcome.MACHINE,
        is_document=bool(row["filename"]),
        has_raw=row["sha256"] is not None,
    )


def _names_of_texts(files: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Say of each text of a message where a passage of it stands; the words themselves need no name."""
    of_files = {f"file {each['id']}": f"in {one_line(each['filename'], longest=60)}" for each in files}
    return {"subject": "in the subject", "body": "", **of_files}


def _quoted(row: Mapping[str, Any], *, longest: int) -> tuple[str, int]:
    """Return what a message holds beside its new part, and how much of that is left out.

    Mostly that is the earlier mail below it; where the new part cannot be found again, it is the whole text.
    Where the new part itself is cut, nobody can say here what is beside it: the message shown whole says.
    """
    text, new = row["text"], row["reply_text"]
    if row["reply_length"] > len(new):
        return "", 0
    if not text.strip() or text.strip() == new.strip():
        return "", 0
    place = find_passage(text, new.strip()) if new.strip() else None
    around = f"{text[: place[0]].rstrip()}\n\n{text[place[1] :].lstrip()}" if place else text
    rest = tidy(around)
    unseen = max(0, row["text_length"] - len(text)) + max(0, len(rest) - longest)
    return said(rest[:longest]), unseen


def _attached(row: Mapping[str, Any], text: str, why: Why) -> Attached:
    read = ""
    if row["confidence"] is not None:
        read = f"recognised in a picture, {row['confidence']:.0%} sure"
    return Attached(
        number=row["id"],
        name=one_line(row["filename"], longest=120) or "a file without a name",
        kind=one_line(row["content_type"], longest=60),
        size=size_in_words(row["size"]),
        pieces=in_pieces(text, why.marks_in(f"file {row['id']}")) if text.strip() else (),
        read=read,
        fault=one_line(row["fault"], longest=300),
        is_cut=row["text_length"] > len(text),
    )
