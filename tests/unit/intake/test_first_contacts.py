"""Three hundred first messages, each as four programs would send it: none loses a word on the way."""

import base64
import html
import json
import quopri
import textwrap

import pytest

from intake.parse import parse
from triage.corpus import TRAINING
from triage.reply_text import is_reply

MESSAGES = 300
HEAD = "From: Ann Lee <ann@example.org>\nTo: c@harrowmere.example\nSubject: {}\nMIME-Version: 1.0\n"


def first_contacts() -> list[tuple[str, str]]:
    """Return subjects and bodies from all over the training corpus, none of them a reply."""
    rows = [
        json.loads(line)
        for file in sorted(TRAINING.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    first = [(row["subject"], row["body"]) for row in rows if not is_reply(row["subject"])]
    return first[:: max(1, len(first) // MESSAGES)][:MESSAGES]


def as_plain(body: str) -> str:
    """Write a body as most programs do."""
    return f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n"


def as_flowed(body: str) -> str:
    """Write a body as Thunderbird does, in soft lines (RFC 3676)."""
    lines = []
    for line in body.split("\n"):
        soft = textwrap.wrap(line, 66, break_long_words=False, break_on_hyphens=False) or [""]
        stuffed = [f" {each}" if each.startswith((">", " ", "From ")) else each for each in soft]
        lines.append(" \n".join(stuffed))
    return "Content-Type: text/plain; charset=utf-8; format=flowed\n\n" + "\n".join(lines) + "\n"


def as_page(body: str) -> str:
    """Write a body as a page only."""
    page = "".join(f"<p>{html.escape(each)}</p>".replace("\n", "<br>\n") for each in body.split("\n\n"))
    return "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + (
        base64.encodebytes(f"<html><body>{page}</body></html>".encode()).decode()
    )


def as_both(body: str) -> str:
    """Write a body as Gmail does, plain and as a page."""
    plain = quopri.encodestring(body.encode()).decode()
    return (
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain; charset=utf-8\n'
        f"Content-Transfer-Encoding: quoted-printable\n\n{plain}\n--b\n{as_page(body)}\n--b--\n"
    )


def test_there_are_enough_of_them() -> None:
    """The corpus was not lost on the way."""
    assert len(first_contacts()) == MESSAGES


@pytest.mark.parametrize("write", [as_plain, as_flowed, as_page, as_both])
def test_no_first_contact_loses_a_word(write: object) -> None:
    """Whatever it quotes, lists or signs, all of it is read, and all of it counts as new."""
    assert callable(write)
    lost = []
    for subject, body in first_contacts():
        parsed = parse((HEAD.format(subject.replace("\n", " ")) + write(body)).encode())
        if not parsed.text.split() == parsed.reply_text.split() == body.split():
            lost.append(subject)
    assert lost == []
