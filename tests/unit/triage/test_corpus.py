"""Labelled messages: every fault is named with its file and line."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import NOW, make_labelled

from models.codes import Category, Exclusion, Flag, Ombudsman, Status
from models.errors import CorpusInvalid, InputInvalid
from triage.check_corpus import check
from triage.corpus import fingerprint, labelled, read_file, read_folder, triage_input

ROW: dict[str, Any] = {
    "id": "t01-001", "brief": "t01", "received": "2026-02-11T09:40:00+00:00", "from": "Moira <m@example.org>",
    "subject": "Still dripping", "body": "It still drips.", "dissatisfaction": True, "status": "complaint",
    "category": "housing_repairs", "ombudsman": "housing", "exclusions": ["insurance_claim"],
    "flags": ["vulnerable"],
}  # fmt: skip


def written(folder: Path, *rows: object, name: str = "t01.jsonl") -> Path:
    """Write rows, or lines as they are, to a file of labelled messages."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_a_line_is_read_with_all_its_labels(tmp_path: Path) -> None:
    """Message and labels come out as they went in; blank lines are passed over."""
    (one,) = read_file(written(tmp_path, "", ROW, ""))
    assert one.message.id == "t01-001"
    assert one.message.received_at == datetime(2026, 2, 11, 9, 40, tzinfo=UTC)
    assert (one.brief, one.is_dissatisfied, one.status) == ("t01", True, Status.COMPLAINT)
    assert (one.category, one.ombudsman) == (Category.HOUSING_REPAIRS, Ombudsman.HOUSING)
    assert one.exclusions == {Exclusion.INSURANCE_CLAIM}
    assert one.flags == {Flag.VULNERABLE}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"status": "grumble"}, "'grumble' is not a valid Status"),
        ({"category": "bins"}, "'bins' is not a valid Category"),
        ({"ombudsman": "police"}, "'police' is not a valid Ombudsman"),
        ({"exclusions": ["too_long"]}, "'too_long' is not a valid Exclusion"),
        ({"flags": ["vulnerable", "sad"]}, "'sad' is not a valid Flag"),
        ({"dissatisfaction": "maybe"}, "dissatisfaction is 'maybe', not true or false"),
        ({"received": "yesterday"}, "Invalid isoformat string: 'yesterday'"),
        ({"body": 12}, "a text was expected, not int"),
        ({"subject": ["a"]}, "a text was expected, not list"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, change: dict[str, Any], fault: str) -> None:
    """File, line and what is wrong are in the error."""
    file = written(tmp_path, ROW, ROW | change)
    with pytest.raises(CorpusInvalid) as raised:
        read_file(file)
    assert str(raised.value) == f"{file}: line 2: {fault}"


@pytest.mark.parametrize("key", ["id", "received", "dissatisfaction", "status", "category"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    """A line without a key that it needs says which."""
    file = written(tmp_path, {name: value for name, value in ROW.items() if name != key})
    with pytest.raises(CorpusInvalid, match=f"line 1: the key '{key}' is missing"):
        read_file(file)


def test_every_faulty_line_is_named_at_once(tmp_path: Path) -> None:
    """Nobody mends one line after the other."""
    file = written(tmp_path, ROW | {"status": "a"}, ROW, ROW | {"status": "b"})
    with pytest.raises(CorpusInvalid, match=r"line 1: 'a'.*; line 3: 'b'"):
        read_file(file)


@pytest.mark.parametrize(("line", "fault"), [("{", "not JSON"), ("[1]", "not a JSON object")])
def test_what_is_no_json_object_is_named(tmp_path: Path, line: str, fault: str) -> None:
    """A broken line is found by its number."""
    with pytest.raises(CorpusInvalid, match=f"line 2: {fault}"):
        read_file(written(tmp_path, ROW, line))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file, or one that is no text, is an error of ours."""
    with pytest.raises(InputInvalid, match=r"none\.jsonl cannot be read"):
        read_file(tmp_path / "none.jsonl")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InputInvalid, match=r"bytes\.jsonl cannot be read"):
        read_file(tmp_path / "bytes.jsonl")


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    """The same corpus is always read in the same order; an empty folder is a fault."""
    written(tmp_path, ROW | {"id": "b"}, name="b.jsonl")
    written(tmp_path, ROW | {"id": "a"}, name="a.jsonl")
    assert [each.message.id for each in read_folder(tmp_path)] == ["a", "b"]
    with pytest.raises(CorpusInvalid, match="holds no labelled messages"):
        read_folder(tmp_path / "empty")


@pytest.mark.parametrize(
    ("value", "truth"),
    [(True, True), ("yes", True), ("true", True), (False, False), ("no", False), ("false", False)],
)
def test_truth_may_be_written_in_words(value: object, *, truth: bool) -> None:
    """Spreadsheets write yes and no."""
    assert labelled(ROW | {"dissatisfaction": value}).is_dissatisfied is truth


def test_what_is_not_known_may_be_left_out() -> None:
    """Exclusions, flags, Ombudsman and brief are optional; codes may come as `heard triage` prints them."""
    row = {key: ROW[key] for key in ("id", "received", "dissatisfaction", "status", "category")}
    one = labelled(row)
    assert (one.exclusions, one.flags, one.ombudsman, one.brief) == (frozenset(), frozenset(), None, "")
    assert labelled(row | {"flags": [{"code": "abusive", "rule": None}]}).flags == {Flag.ABUSIVE}


@pytest.mark.parametrize(
    ("sender", "read"),
    [
        ("Moira", "Moira"),
        (None, ""),
        ({"name": "M", "address": "m@x.example"}, "M <m@x.example>"),
        ({}, ""),
    ],
)
def test_a_sender_comes_in_several_shapes(sender: object, read: str) -> None:
    """A name, a whole address, an object or nothing at all."""
    assert triage_input(ROW | {"from": sender}).sender == read


def test_an_instant_without_a_zone_is_utc() -> None:
    """A date alone is enough."""
    assert triage_input(ROW | {"received": "2026-02-11"}).received_at == datetime(2026, 2, 11, tzinfo=UTC)


def test_the_fingerprint_sees_every_text_and_label() -> None:
    """An artefact says exactly what it learnt from."""
    one = make_labelled()
    same, changed = fingerprint([one]), [
        replace(one, brief="t02"),
        replace(one, is_dissatisfied=False),
        replace(one, status=Status.ENQUIRY),
        replace(one, category=Category.OTHER),
        replace(one, ombudsman=Ombudsman.HOUSING),
        replace(one, exclusions=frozenset({Exclusion.APPEAL_ROUTE})),
        replace(one, flags=frozenset({Flag.ABUSIVE})),
        replace(one, message=replace(one.message, subject="Other")),
        replace(one, message=replace(one.message, body="Other")),
        replace(one, message=replace(one.message, received_at=NOW + timedelta(days=1))),
    ]  # fmt: skip
    assert fingerprint([make_labelled()]) == same
    assert same not in {fingerprint([each]) for each in changed}
    assert len({fingerprint([each]) for each in changed}) == len(changed)


def faults_of(folder: Path) -> str:
    """Return the faults that the check finds in a corpus, as one text."""
    return "\n".join(check(folder)[0])


def test_the_check_names_what_would_make_figures_a_lie(tmp_path: Path) -> None:
    """A writer or a text on both sides, an id used twice and a lost twin are named."""
    body = "The bin on our street was missed again this week, all of it."
    written(tmp_path / "training", ROW | {"body": body}, ROW | {"pair": "t09-001"})
    written(tmp_path / "evaluation", ROW | {"id": "x01-001", "body": body.upper()})
    said = faults_of(tmp_path)
    for wanted in ("the id t01-001 is used 2 times", "the writer t01 is in training and in evaluation",
                   "x01-001 measures and is nearly the text of t01-001",
                   "t09-001, which does not exist"):  # fmt: skip
        assert wanted in said


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"dissatisfaction": False}, "a complaint without dissatisfaction"),
        ({"status": "compliment"}, "a compliment with an exclusion"),
        ({"also": ["housing_repairs"]}, "named as a further one"),
        ({"received": "2026-07-11T09:40:00+00:00"}, "not London's offset"),
        ({"body": "On Monday 12 March 2026 it burst."}, "12 Mar 2026 is no Monday"),
        (
            {"body": "It happened two months ago.", "exclusions": ["over_12_months"]},
            "its oldest time is 2 months back",
        ),
    ],
)
def test_the_check_names_a_message_at_odds_with_itself(
    tmp_path: Path, change: dict[str, Any], fault: str
) -> None:
    """Labels that contradict each other, dates that never were, and ages that labels deny."""
    written(tmp_path / "training", ROW | change)
    assert fault in faults_of(tmp_path)


def test_nearly_the_same_text_is_allowed_to_declared_pairs_only(tmp_path: Path) -> None:
    """Two messages of the same words are a fault unless each names the other and the labels differ."""
    body = "Could somebody please look at the gate of the playground on Ferris Lane for us?"
    one, other = ROW | {"body": body}, ROW | {"id": "t01-002", "body": f"{body} Thanks", "flags": []}
    written(tmp_path / "training", one, other)
    assert "t01-001 and t01-002 are nearly the same text" in faults_of(tmp_path)
    written(tmp_path / "training", one | {"pair": "t01-002"}, other | {"pair": "t01-001"})
    assert "nearly the same" not in faults_of(tmp_path)
    written(
        tmp_path / "training", one | {"pair": "t01-002"}, other | {"pair": "t01-001", "flags": ["vulnerable"]}
    )
    assert "t01-001 and its pair t01-002 have the same labels" in faults_of(tmp_path)


def test_the_check_asks_for_enough_of_everything(tmp_path: Path) -> None:
    """A corpus of one message lacks nearly all."""
    written(tmp_path / "training", ROW)
    said = faults_of(tmp_path)
    assert "training: 1 messages; 3200 are wanted" in said
    assert "training: 0 with safeguarding; 60 are wanted" in said


def test_the_check_says_how_well_two_judges_agree(tmp_path: Path) -> None:
    """Agreement comes with Cohen's kappa; a message that one person labelled is a fault."""
    two = (ROW | {"brief": "x01", "id": "x01-001"}, ROW | {"brief": "x01", "id": "x01-002"})
    written(tmp_path / "evaluation", *two, name="x01.jsonl")
    written(tmp_path / "labels", two[0], two[1] | {"status": "enquiry"}, name="first.jsonl")
    written(tmp_path / "labels", two[0], two[1], name="second.jsonl")
    faults, counts = check(tmp_path)
    assert any(line.startswith("  status: 50.0%, Cohen's kappa") for line in counts)
    written(tmp_path / "labels", two[0], name="second.jsonl")
    assert "x01-002 was not labelled by two people" in faults_of(tmp_path)
    assert "x01-002 was not labelled by two people" not in faults


def test_the_check_counts_labels_and_silent_complaints(tmp_path: Path) -> None:
    """The counts say how many complaints do without the word."""
    written(tmp_path / "training", ROW, ROW | {"id": "t01-002", "body": "I complain."})
    _, counts = check(tmp_path)
    assert counts[0].startswith(
        "training: 2 messages by 1 writers, 0 minimal pairs, 0 of several matters; 50%"
    )
