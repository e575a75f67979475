"""Artefacts: what training leaves behind, saved with skops and loaded only where everything fits.

An artefact is a folder: `classifier.skops` (the learnt parts, no pickle), `vocabulary.json`,
`artefact.json` (labels, data fingerprint, library versions, thresholds, calibration, metrics), the model
card and its plots. The file `live` beside the folders names the one in use.
"""

import contextlib
import copy
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import skops.io

from models.errors import ArtefactRefused, StoreUnavailable
from triage.calibration import Curve, Temperature
from triage.classifier import CATEGORIES, CODES, STATUSES, Heads, Vectoriser
from triage.cues import COUNTED, PATTERNS, PHRASES, SENDERS
from triage.decide import Thresholds
from triage.features import NAMES
from triage.reading import READING

LIBRARIES = ("scikit-learn", "spacy", "skops", "numpy")
_FORMAT = 2
_KEPT = 10


@dataclass(frozen=True)
class Calibrations:
    """How the margins of each head become probabilities."""

    dissatisfaction: Curve
    status: Temperature
    category: Temperature
    is_housing: Curve
    codes: tuple[Curve, ...]


@dataclass(frozen=True)
class Artefact:
    """A trained classifier with all that is needed to use and to judge it."""

    name: str
    made_at: datetime
    vectoriser: Vectoriser
    heads: Heads
    calibrations: Calibrations
    thresholds: Thresholds
    corpus_fingerprint: str
    corpus_size: int
    metrics: dict[str, Any] = field(default_factory=dict)


def features_fingerprint() -> str:
    """Return a hash of the features and labels; an artefact learnt under others cannot be used."""
    parts = [
        str(READING),
        *NAMES,
        *(f"{cue}={'|'.join(phrases)}" for cue, phrases in PHRASES.items()),
        *(f"{cue}={pattern.pattern}" for cue, pattern in (PATTERNS | COUNTED | SENDERS).items()),
        *STATUSES, *CATEGORIES, *CODES,
    ]  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def save(artefact: Artefact, folder: Path) -> Path:
    """Write an artefact below `folder`, whole or not at all, and return its own folder.

    Raises StoreUnavailable where it cannot be written.
    """
    target = folder / artefact.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as unfinished:
            _write(artefact, Path(unfinished))
            if target.exists():
                shutil.rmtree(target)
            Path(unfinished).rename(target)
            Path(unfinished).mkdir()  # The context manager removes what it made.
    except OSError as error:
        raise StoreUnavailable(f"the artefact cannot be written to {folder}: {error}") from error
    return target


def load(folder: Path) -> Artefact:
    """Load an artefact.

    Raises ArtefactRefused where it is damaged or was made by other versions, features or labels.
    """
    try:
        about = json.loads((folder / "artefact.json").read_text(encoding="utf-8"))
        _check(about, folder)
        learnt = skops.io.load(folder / "classifier.skops", trusted=[])
        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        columns = range(len(learnt["words"].idf_))
        learnt["words"].vocabulary_ = dict(zip(vocabulary, columns, strict=True))
        return _assembled(about, learnt)
    except ArtefactRefused:
        raise
    except Exception as error:
        raise ArtefactRefused(
            f"the artefact {folder} is damaged ({type(error).__name__}: {error}); "
            "`heard train` makes a new one"
        ) from error


def promote(folder: Path, name: str) -> None:
    """Make the artefact of that name the live one, at once for whatever loads next.

    Raises ArtefactRefused where there is no such artefact or it cannot be loaded.
    """
    if not (folder / name / "artefact.json").is_file():
        raise ArtefactRefused(f"there is no artefact {name} in {folder}; `heard artefacts` lists them")
    load(folder / name)
    previous = live_name(folder)
    _replace(folder / "live", name)
    if previous and previous != name:
        _replace(folder / "previous", previous)


def rollback(folder: Path) -> str:
    """Make the artefact that was live before the live one again and return its name.

    Raises ArtefactRefused where there was none.
    """
    previous = _named_in(folder / "previous")
    if not previous:
        raise ArtefactRefused(f"no artefact was live before this one in {folder}")
    promote(folder, previous)
    return previous


def live_name(folder: Path) -> str | None:
    """Return the name of the live artefact, None where there is none."""
    return _named_in(folder / "live")


def names(folder: Path) -> list[str]:
    """Return the names of all artefacts, the oldest first."""
    made: list[tuple[str, str]] = []
    for path in folder.glob("*/artefact.json"):
        with contextlib.suppress(ArtefactRefused, KeyError):  # A damaged one is no candidate for anything.
            if not path.parent.name.startswith("."):
                made.append((about(path.parent)["made_at"], path.parent.name))
    return [name for _, name in sorted(made)]


def about(folder: Path) -> dict[str, Any]:
    """Return what an artefact says of itself, without loading it; raises ArtefactRefused."""
    try:
        said: dict[str, Any] = json.loads((folder / "artefact.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtefactRefused(f"the artefact {folder} is damaged: {error}") from error
    return said


def forget_old(folder: Path) -> None:
    """Remove all but the newest ten artefacts; the live one and the one before it always stay."""
    in_use = {live_name(folder), _named_in(folder / "previous")}
    for name in names(folder)[:-_KEPT]:
        if name not in in_use:
            shutil.rmtree(folder / name)


def _write(artefact: Artefact, folder: Path) -> None:
    # skops audits every entry of a dictionary; the vocabulary is a plain list of words beside it.
    words = copy.copy(artefact.vectoriser.words_)
    vocabulary = sorted(words.vocabulary_, key=words.vocabulary_.__getitem__)
    words.vocabulary_ = {}
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    learnt = {
        "words": words,
        "letters": artefact.vectoriser.letters_,
        "dissatisfaction": artefact.heads.dissatisfaction_,
        "status": artefact.heads.status_,
        "category": artefact.heads.category_,
        "is_housing": artefact.heads.is_housing_,
        "codes": artefact.heads.codes_,
    }
    skops.io.dump(learnt, folder / "classifier.skops")
    written = {
        "format": _FORMAT,
        "name": artefact.name,
        "made_at": artefact.made_at.isoformat(),
        "corpus": {"fingerprint": artefact.corpus_fingerprint, "messages": artefact.corpus_size},
        "features": features_fingerprint(),
        "libraries": _libraries(),
        "labels": {
            "status": list(STATUSES), "category": list(CATEGORIES), "codes": list(CODES),
        },
        "share_of_numbers": artefact.vectoriser.share_of_numbers,
        "calibrations": asdict(artefact.calibrations),
        "thresholds": asdict(artefact.thresholds),
        "metrics": artefact.metrics,
    }  # fmt: skip
    (folder / "artefact.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def _check(about: dict[str, Any], folder: Path) -> None:
    """Refuse what was learnt under other circumstances."""
    remedy = "`heard train` makes a new one"
    if about.get("format") != _FORMAT or about["features"] != features_fingerprint():
        raise ArtefactRefused(f"the artefact {folder} was made for other features or labels; {remedy}")
    for library, made_with in about["libraries"].items():
        here = version(library)
        if made_with.split(".")[:2] != here.split(".")[:2]:
            raise ArtefactRefused(
                f"the artefact {folder} was made with {library} {made_with}, here is {here}; {remedy}"
            )


def _assembled(about: dict[str, Any], learnt: dict[str, Any]) -> Artefact:
    vectoriser = Vectoriser(share_of_numbers=about["share_of_numbers"])
    vectoriser.words_, vectoriser.letters_ = learnt["words"], learnt["letters"]
    heads = Heads()
    heads.dissatisfaction_, heads.status_ = learnt["dissatisfaction"], learnt["status"]
    heads.category_, heads.is_housing_ = learnt["category"], learnt["is_housing"]
    heads.codes_ = learnt["codes"]
    said = about["calibrations"]
    return Artefact(
        name=about["name"],
        made_at=datetime.fromisoformat(about["made_at"]),
        vectoriser=vectoriser,
        heads=heads,
        calibrations=Calibrations(
            dissatisfaction=Curve(**said["dissatisfaction"]),
            status=Temperature(**said["status"]),
            category=Temperature(**said["category"]),
            is_housing=Curve(**said["is_housing"]),
            codes=tuple(Curve(**each) for each in said["codes"]),
        ),
        thresholds=Thresholds(**about["thresholds"]),
        corpus_fingerprint=about["corpus"]["fingerprint"],
        corpus_size=about["corpus"]["messages"],
        metrics=about["metrics"],
    )


def _libraries() -> dict[str, str]:
    return {library: version(library) for library in LIBRARIES}


def _named_in(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def _replace(file: Path, content: str) -> None:
    unfinished = file.with_name(f".{file.name}-{os.getpid()}")
    unfinished.write_text(content + "\n", encoding="utf-8")
    unfinished.replace(file)
