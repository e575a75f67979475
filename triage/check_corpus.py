"""Looks after the corpus: codes, ids, pairs, writers kept apart, and how many messages show each label."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from models.errors import CorpusInvalid
from triage.corpus import CORPUS, EVALUATION, TRAINING, LabelledMessage, read_file

_FEWEST_WORDS_SAME = 8


def check(training: Path = TRAINING, evaluation: Path = EVALUATION) -> tuple[list[str], list[str]]:
    """Return the faults of the corpus and lines that count its labels."""
    faults: list[str] = []
    sets = {folder.name: _read(folder, faults) for folder in (training, evaluation)}
    for name, messages in sets.items():
        faults += _faults_of_ids(name, messages)
    faults += _faults_between(*sets.values())
    faults += _faults_of_pairs((training, evaluation))
    faults += _faults_of_briefs({each.brief for messages in sets.values() for each in messages})
    counts = [line for name, messages in sets.items() for line in _counted(name, messages)]
    return faults, counts


def _read(folder: Path, faults: list[str]) -> list[LabelledMessage]:
    found = []
    for file in sorted(folder.glob("*.jsonl")):
        try:
            messages = read_file(file)
        except CorpusInvalid as error:
            faults.append(str(error))
            continue
        faults += [
            f"{file.name}: {each.message.id} names the brief {each.brief}"
            for each in messages
            if each.brief != file.stem
        ]
        found += messages
    return found


def _faults_of_ids(name: str, messages: list[LabelledMessage]) -> list[str]:
    counted = Counter(each.message.id for each in messages)
    return [f"{name}: the id {found} is used {count} times" for found, count in counted.items() if count > 1]


def _faults_between(training: list[LabelledMessage], evaluation: list[LabelledMessage]) -> list[str]:
    """Name writers and texts that are on both sides, which would make every figure a lie."""
    both = {each.brief for each in training} & {each.brief for each in evaluation}
    faults = [f"the writer {brief} is in training and in evaluation" for brief in sorted(both)]
    texts = {_text_of(each): each.message.id for each in training}
    for each in evaluation:
        text = _text_of(each)
        if len(text.split()) >= _FEWEST_WORDS_SAME and text in texts:
            faults.append(f"{each.message.id} has the text of {texts[text]}, which is trained on")
    return faults


def _faults_of_pairs(folders: tuple[Path, ...]) -> list[str]:
    rows: dict[str, dict[str, Any]] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.jsonl")):
            for line in file.read_text(encoding="utf-8").splitlines():
                if line.strip():
                    row = json.loads(line)
                    rows[row["id"]] = row
    return [
        f"{name} is paired with {row['pair']}, which does not exist"
        for name, row in rows.items()
        if row.get("pair") and row["pair"] not in rows
    ]


def _faults_of_briefs(briefs: set[str]) -> list[str]:
    file = CORPUS / "briefs.jsonl"
    known = {
        json.loads(line)["brief"] for line in file.read_text(encoding="utf-8").splitlines() if line.strip()
    }
    return [f"the writer {brief} is not described in {file.name}" for brief in sorted(briefs - known)]


def _counted(name: str, messages: list[LabelledMessage]) -> list[str]:
    formal = [each for each in messages if each.status.value in {"complaint", "escalation"}]
    silent = sum("complain" not in _text_of(each) for each in formal)
    kinds: dict[str, Counter[str]] = {
        "status": Counter(each.status.value for each in messages),
        "category": Counter(each.category.value for each in messages),
        "exclusions": Counter(code.value for each in messages for code in each.exclusions),
        "flags": Counter(code.value for each in messages for code in each.flags),
    }
    share = silent / max(1, len(formal))
    return [
        (
            f"{name}: {len(messages):,} messages by {len({each.brief for each in messages})} writers; "
            f'{share:.0%} of complaints and escalations without "complain"'
        ),
        *(
            f"  {kind}: " + ", ".join(f"{code} {count}" for code, count in counter.most_common())
            for kind, counter in kinds.items()
        ),
    ]


def _text_of(each: LabelledMessage) -> str:
    return " ".join(f"{each.message.subject} {each.message.body}".lower().split())
