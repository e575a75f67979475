"""Labelled messages: the project's own corpus, files to evaluate on, and officers' rulings."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from models.codes import Category, Exclusion, Flag, Ombudsman, Status
from models.errors import CorpusInvalid, InputInvalid

CORPUS = Path(__file__).parent / "corpus"
TRAINING = CORPUS / "training"
DEVELOPMENT = CORPUS / "development"
EVALUATION = CORPUS / "evaluation"
ADVERSARIAL = CORPUS / "adversarial"

_Code = TypeVar("_Code", bound=StrEnum)

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_TRUTHS = {True: True, False: False, "yes": True, "no": False, "true": True, "false": False}


@dataclass(frozen=True)
class TriageInput:
    """One message to triage: what `heard triage` reads from a line."""

    id: str
    subject: str
    body: str
    received_at: datetime
    sender: str = ""


@dataclass(frozen=True)
class LabelledMessage:
    """A message with the labels of the triage guide; `brief` is who wrote it, empty where unknown.

    `also` are the categories of further separate matters, beside the main one; `pair` is the id of a message
    of nearly the same words with another label. `category` is a code of `Category` or a council's own.
    `weight` says how much the message counts in training. An officer's ruling leaves open what
    `knows_dissatisfaction`, `knows_exclusions` and `knows_flags` deny.
    """

    message: TriageInput
    brief: str
    is_dissatisfied: bool
    status: Status
    category: str
    ombudsman: Ombudsman | None
    exclusions: frozenset[str]
    flags: frozenset[Flag]
    also: tuple[str, ...] = ()
    pair: str = ""
    weight: float = 1.0
    knows_dissatisfaction: bool = True
    knows_exclusions: bool = True
    knows_flags: bool = True
    ruled_at: datetime | None = None


@dataclass(frozen=True)
class Labels:
    """What one judge said of one message."""

    is_dissatisfied: bool
    status: Status
    category: Category
    ombudsman: Ombudsman | None
    exclusions: frozenset[Exclusion]
    flags: frozenset[Flag]


def read_labels(file: Path) -> dict[str, Labels]:
    """Read what one judge said of messages, by their ids; raises CorpusInvalid that names a faulty line."""
    found = {}
    for number, row in _rows(file):
        try:
            found[str(row["id"])] = _labels(row)
        except (KeyError, ValueError, TypeError) as error:
            raise CorpusInvalid(f"{file}: line {number}: {error}") from error
    return found


def read_training() -> list[LabelledMessage]:
    """Read the corpus that the classifier is trained on: the training and the development messages.

    The sentence encoder is fine-tuned on the training messages alone; what it says of the development
    messages shows what it is worth on writers that it never saw.

    Raises CorpusInvalid where the package was installed without it or a line is faulty.
    """
    return [*read_folder(TRAINING), *read_folder(DEVELOPMENT)]


def read_folder(folder: Path) -> list[LabelledMessage]:
    """Read every file of a folder, in the order of their names.

    Raises CorpusInvalid where the folder holds none.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise CorpusInvalid(f"{folder} holds no labelled messages (*.jsonl)")
    return [message for file in files for message in read_file(file)]


def read_file(file: Path) -> list[LabelledMessage]:
    """Read a file of labelled messages, one JSON object a line.

    Raises CorpusInvalid that names every faulty line, and what is wrong with it.
    """
    found, faults = [], []
    for number, row in _rows(file):
        try:
            found.append(labelled(row))
        except (KeyError, ValueError, TypeError) as error:
            what = f"the key {error} is missing" if isinstance(error, KeyError) else str(error)
            faults.append(f"line {number}: {what}")
    if faults:
        raise CorpusInvalid(f"{file}: " + "; ".join(faults[:20]))
    return found


def labelled(row: dict[str, Any]) -> LabelledMessage:
    """Turn one JSON object into a labelled message; raises KeyError, ValueError or TypeError."""
    said = _labels(row)
    return LabelledMessage(
        message=triage_input(row),
        brief=str(row.get("brief", "")),
        is_dissatisfied=said.is_dissatisfied,
        status=said.status,
        category=said.category,
        ombudsman=said.ombudsman,
        exclusions=said.exclusions,
        flags=said.flags,
        also=tuple(Category(code) for code in row.get("also", [])),
        pair=str(row.get("pair") or ""),
    )


def _labels(row: dict[str, Any]) -> Labels:
    truth = row["dissatisfaction"]
    if truth not in _TRUTHS:
        raise ValueError(f"dissatisfaction is {truth!r}, not true or false")
    ombudsman = row.get("ombudsman")
    return Labels(
        is_dissatisfied=_TRUTHS[truth],
        status=Status(row["status"]),
        category=Category(row["category"]),
        ombudsman=Ombudsman(ombudsman) if ombudsman else None,
        exclusions=_codes(Exclusion, row.get("exclusions", [])),
        flags=_codes(Flag, row.get("flags", [])),
    )


def triage_input(row: dict[str, Any]) -> TriageInput:
    """Read what triage needs from a JSON object; raises KeyError, ValueError or TypeError."""
    sender = row.get("from") or ""
    if isinstance(sender, dict):
        sender = f"{sender.get('name', '')} <{sender.get('address', '')}>"
    return TriageInput(
        id=str(row["id"]),
        subject=_text(row.get("subject")),
        body=_text(row.get("body")),
        received_at=_instant(row["received"]),
        sender=str(sender),
    )


def fingerprint(messages: Iterable[LabelledMessage]) -> str:
    """Return a SHA-256 over texts and labels, so that an artefact says what it learnt from."""
    digest = hashlib.sha256()
    for each in messages:
        fields = (
            each.message.subject, each.message.body, each.message.received_at.isoformat(), each.brief,
            str(each.is_dissatisfied), each.status, each.category, each.ombudsman or "",
            ",".join(sorted(each.exclusions)), ",".join(sorted(each.flags)),
        )  # fmt: skip
        digest.update("\0".join(fields).encode("utf-8", "replace") + b"\n")
    return digest.hexdigest()


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _row(file, number, line)
    except (OSError, UnicodeDecodeError) as error:
        raise InputInvalid(f"{file} cannot be read: {error}") from error


def _row(file: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise CorpusInvalid(f"{file}: line {number}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise CorpusInvalid(f"{file}: line {number}: not a JSON object")
    return row


def _codes(kind: type[_Code], values: Iterable[Any]) -> frozenset[_Code]:
    # A code may come alone or, as `heard triage` prints it, inside an object.
    return frozenset(kind(each["code"] if isinstance(each, dict) else each) for each in values)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"a text was expected, not {type(value).__name__}")
    return _LONE_SURROGATES.sub("", value)


def _instant(value: Any) -> datetime:
    """Read an ISO 8601 date or instant; a year that no message can have is a ValueError."""
    instant = datetime.fromisoformat(str(value))
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise ValueError(f"received is {value}; a year from {_FIRST_YEAR} to {_LAST_YEAR} is wanted")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
