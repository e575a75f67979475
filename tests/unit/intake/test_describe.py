"""`heard parse`: one JSON object a message, in the shape that other programs rely on."""

import io
import json
from pathlib import Path

import pytest

from intake.describe import describe_bytes, describe_path
from models.errors import InputInvalid

RAW = b"From: Ann <ann@example.org>\nTo: c@h.example\nSubject: Re: Bins\nMessage-ID: <a@x>\n\nHello\n> old\n"
KEYS = {
    "source", "subject", "from", "reply_to", "to", "cc", "date", "received_at", "message_id", "in_reply_to",
    "references", "text", "reply_text", "attachments", "is_auto_reply", "is_bounce", "bounced_addresses",
    "is_list", "complainant", "defects",
}  # fmt: skip


def sources(path: Path, standard_input: bytes = b"") -> list[str]:
    """Return the sources of what is described of a path."""
    return [each["source"] for each in describe_path(path, io.BytesIO(standard_input))]


def test_a_description_has_every_promised_key() -> None:
    """What is described is JSON, with the keys of the design."""
    said = json.loads(json.dumps(describe_bytes(RAW, source="here")))
    assert set(said) >= KEYS
    assert (said["source"], said["subject"], said["message_id"]) == ("here", "Re: Bins", "<a@x>")
    assert said["from"] == {"name": "Ann", "address": "ann@example.org"}
    assert (said["text"], said["reply_text"]) == ("Hello\n> old", "Hello")
    assert said["complainant"] == {"name": "Ann", "address": "ann@example.org", "found_in": "from"}


def test_a_message_that_cannot_be_read_says_why() -> None:
    """An unreadable message is one object with its error, and stops nothing."""
    said = describe_bytes(b"X: " + b"a" * 200_000 + b"\n\n", source="long")
    assert set(said) == {"source", "error", "reason"}
    assert (said["source"], said["reason"]) == ("long", "headers")


def test_a_folder_is_walked_in_order(tmp_path: Path) -> None:
    """Files of mail and a Maildir's messages are described in the order of their paths, others not."""
    for name in ("b.eml", "a.eml", "notes.txt", "cur/1:2,S", "sub/c.EML"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(RAW)
    found = [Path(each).relative_to(tmp_path).as_posix() for each in sources(tmp_path)]
    assert found == ["a.eml", "b.eml", "cur/1:2,S", "sub/c.EML"]


def test_an_mbox_is_described_message_by_message(tmp_path: Path) -> None:
    """Each message of an mbox has its number."""
    box = tmp_path / "box.mbox"
    box.write_bytes(b"".join(b"From ann Tue Mar  3 10:00:00 2026\n" + RAW + b"\n" for _ in range(2)))
    assert sources(box) == [f"{box}#1", f"{box}#2"]


def test_a_dash_is_one_message_on_standard_input() -> None:
    """A pipe is described as it comes."""
    assert sources(Path("-"), RAW) == ["-"]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """A mistyped path is an error of ours."""
    with pytest.raises(InputInvalid, match=r"none\.eml does not exist"):
        sources(tmp_path / "none.eml")
