"""JSON lines in, JSON lines out: in order, as they come, faults answered in their place."""

import json
import os
from threading import Thread
from typing import Any

import pytest

from triage.artefact import Artefact
from triage.lines import triage_lines
from triage.triager import Triager


def row(name: str, body: str = "Could you please mend the kerb?") -> dict[str, Any]:
    """Return one message as a line holds it."""
    return {"id": name, "subject": "Kerb", "body": body, "received": "2026-03-03T10:00:00+00:00"}


def feed(descriptor: int, content: bytes) -> None:
    """Write to a pipe from another thread and close it."""

    def write() -> None:
        with os.fdopen(descriptor, "wb") as end:
            end.write(content)

    Thread(target=write).start()


def answers(artefact: Artefact, content: bytes, *, workers: int = 1) -> list[tuple[dict[str, Any], bool]]:
    """Return what is answered to some bytes, and which lines were faulty."""
    reading, writing = os.pipe()
    feed(writing, content)
    try:
        said = list(triage_lines(Triager(artefact), reading, workers=workers))
    finally:
        os.close(reading)
    return [(json.loads(text), is_faulty) for text, is_faulty in said]


def test_answers_keep_the_order_of_the_lines(artefact: Artefact) -> None:
    """The answers of three hundred lines come in their order, each with its id."""
    content = "\n".join(json.dumps(row(str(number))) for number in range(300)).encode()
    said = answers(artefact, content)
    assert [answer["id"] for answer, _ in said] == [str(number) for number in range(300)]
    assert not any(is_faulty for _, is_faulty in said)
    assert {answer["status"]["value"] for answer, _ in said} == {"service_request"}


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_several_processes_keep_the_order_too(artefact: Artefact) -> None:
    """Work on every processor gives the same answers in the same order."""
    content = "\n".join(json.dumps(row(str(number))) for number in range(600)).encode()
    assert answers(artefact, content, workers=2) == answers(artefact, content, workers=1)


@pytest.mark.parametrize(
    ("line", "name", "fault"),
    [
        (b"{", None, "Expecting property name"),
        (b"[]", None, "the key 'id' is missing"),
        (b'{"id": "x"}', "x", "the key 'received' is missing"),
        (b'{"id": "x", "received": "soon"}', "x", "Invalid isoformat"),
        (b'{"id": "x", "received": "2026-03-03", "body": 7}', "x", "a text was expected"),
        (b"\xff\xfe", None, ""),
        (b"[" * 100_000, None, ""),
    ],
)
def test_a_faulty_line_is_answered_in_its_place(
    artefact: Artefact, line: bytes, name: str | None, fault: str
) -> None:
    """A line that cannot be read says why, and its neighbours are answered."""
    good = json.dumps(row("good")).encode()
    first, second, third = answers(artefact, b"\n".join([good, line, good]))
    assert (first[0]["id"], third[0]["id"]) == ("good", "good")
    assert second[1]
    assert second[0]["id"] == name
    assert fault in second[0]["error"]
    assert (first[1], third[1]) == (False, False)


def test_blank_lines_are_passed_over(artefact: Artefact) -> None:
    """Empty lines get no answer, and neither does an empty input."""
    good = json.dumps(row("good")).encode()
    assert len(answers(artefact, b"\n\n" + good + b"\n  \n")) == 1
    assert answers(artefact, b"") == []


def test_the_last_line_needs_no_line_end(artefact: Artefact) -> None:
    """A file that stops without a newline loses nothing."""
    good = json.dumps(row("good")).encode()
    assert len(answers(artefact, good)) == len(answers(artefact, good + b"\n")) == 1


def test_a_long_line_is_read_whole(artefact: Artefact) -> None:
    """A line longer than what is read at once is one message."""
    body = "Nobody has replied about the kerb. " * 5000
    ((answer, is_faulty),) = answers(artefact, json.dumps(row("long", body)).encode())
    assert (answer["id"], is_faulty) == ("long", False)


def test_a_line_is_answered_before_the_next_is_sent(artefact: Artefact) -> None:
    """A program that sends one line and waits for its answer gets it."""
    reading, writing = os.pipe()
    said = triage_lines(Triager(artefact), reading, workers=1)
    try:
        for name in ("one", "two"):
            os.write(writing, json.dumps(row(name)).encode() + b"\n")
            assert json.loads(next(said)[0])["id"] == name
        os.close(writing)
        assert list(said) == []
    finally:
        os.close(reading)
