"""Artefacts: what training leaves behind, saved with skops and loaded only where everything fits.

An artefact is a folder: `words.skops` with `vocabulary.json`, `classifier.skops` (the heads), `artefact.json`
(labels, data fingerprint, library versions and, both with and without the sentence encoder, thresholds,
calibration and metrics), the model card and its plots. Nothing of it is a pickle. The file `live` beside the
folders names the one in use.
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
from triage.calibration import Calibrations, Curve, Temperature
from triage.classifier import (
    CATEGORIES,
    CODES,
    PROJECT_LABELS,
    STATUSES,
    Heads,
    LabelSet,
    Vectoriser,
)
from triage.cues import COUNTED, PATTERNS, PHRASES, SENDERS
from triage.decide import Thresholds
from triage.encoder.read import Encoder
from triage.features import NAMES
from triage.reading import READING
from triage.weigh import Mix, Weights

LIBRARIES = ("scikit-learn", "spacy", "skops", "numpy")
_FORMAT = 3
_FILE_OF_WORDS = "words.skops"
_FILE_OF_HEADS = "classifier.skops"
_KEPT = 10


@dataclass(frozen=True)
class Artefact:
    """A trained classifier with all that is needed to use and to judge it.

    With a sentence encoder its heads' opinion and the encoder's are weighed into one; a folder holds what
    either way needs. `labels` are what it tells apart, the council's own after the project's.
    `heads_alone` makes probabilities of what the category head says by itself, of a part of a message.
    `rulings` is how many officers' rulings it learnt from, the last of them made at `rulings_until`.
    """

    name: str
    made_at: datetime
    vectoriser: Vectoriser
    heads: Heads
    calibrations: Calibrations
    thresholds: Thresholds
    corpus_fingerprint: str
    corpus_size: int
    metrics: dict[str, Any] = field(default_factory=dict)
    encoder: Encoder | None = None
    weights: Weights | None = None
    heads_alone: Temperature = field(default_factory=lambda: Temperature(1.0))
    labels: LabelSet = PROJECT_LABELS
    rulings: int = 0
    rulings_until: datetime | None = None
    reference: dict[str, Any] = field(default_factory=dict)


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


def save(artefact: Artefact, folder: Path, *, whole: Artefact | None = None) -> Path:
    """Write an artefact below `folder`, all of it or nothing, and return its own folder.

    `artefact` does without the sentence encoder; `whole` is the same with it.
    Raises StoreUnavailable where it cannot be written.
    """
    target = folder / artefact.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as unfinished:
            _write(artefact, whole, Path(unfinished))
            if target.exists():
                shutil.rmtree(target)
            Path(unfinished).rename(target)
            Path(unfinished).mkdir()  # The context manager removes what it made.
    except OSError as error:
        raise StoreUnavailable(f"the artefact cannot be written to {folder}: {error}") from error
    return target


def load(folder: Path, *, encoder: Encoder | None = None) -> Artefact:
    """Load an artefact, with its heads for the sentence encoder where one is handed over.

    Raises ArtefactRefused where it is damaged or was made by other versions, features, labels or another
    encoder.
    """
    try:
        about = json.loads((folder / "artefact.json").read_text(encoding="utf-8"))
        _check(about, folder, encoder)
        learnt = skops.io.load(folder / _FILE_OF_WORDS, trusted=[])
        learnt |= skops.io.load(folder / _FILE_OF_HEADS, trusted=[])
        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        columns = range(len(learnt["words"].idf_))
        learnt["words"].vocabulary_ = dict(zip(vocabulary, columns, strict=True))
        return _assembled(about, learnt, encoder)
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


def set_shadow(folder: Path, name: str | None) -> None:
    """Let an artefact run beside the live one from now on, or none.

    Raises ArtefactRefused where there is no such artefact.
    """
    if name is not None:
        about(folder / name)
    _replace(folder / "shadow", name or "")


def shadow_name(folder: Path) -> str | None:
    """Return the name of the artefact that runs beside the live one, None where none does."""
    return _named_in(folder / "shadow")


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


def note(folder: Path, name: str, said: dict[str, Any]) -> None:
    """Add to what an artefact says of itself; raises ArtefactRefused where it is damaged."""
    changed = about(folder) | {name: said}
    _replace(folder / "artefact.json", json.dumps(changed, indent=1))


def forget_old(folder: Path) -> None:
    """Remove all but the newest ten artefacts; the live one and the one before it always stay."""
    in_use = {live_name(folder), _named_in(folder / "previous"), shadow_name(folder)}
    for name in names(folder)[:-_KEPT]:
        if name not in in_use:
            shutil.rmtree(folder / name)


def _write(fast: Artefact, whole: Artefact | None, folder: Path) -> None:
    # skops audits every entry of a dictionary; the vocabulary is a plain list of words beside it.
    words = copy.copy(fast.vectoriser.words_)
    vocabulary = sorted(words.vocabulary_, key=words.vocabulary_.__getitem__)
    words.vocabulary_ = {}
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    skops.io.dump({"words": words, "letters": fast.vectoriser.letters_}, folder / _FILE_OF_WORDS)
    skops.io.dump(_learnt(fast.heads), folder / _FILE_OF_HEADS)
    (folder / "artefact.json").write_text(
        json.dumps(_described(fast, whole), indent=1) + "\n", encoding="utf-8"
    )


def _learnt(heads: Heads) -> dict[str, Any]:
    return {
        "dissatisfaction": heads.dissatisfaction_,
        "status": heads.status_,
        "category": heads.category_,
        "is_housing": heads.is_housing_,
        "codes": heads.codes_,
    }


def _described(fast: Artefact, whole: Artefact | None) -> dict[str, Any]:
    until = fast.rulings_until
    kinds = {"fast": fast} | ({"whole": whole} if whole else {})
    return {
        "format": _FORMAT,
        "name": fast.name,
        "made_at": fast.made_at.isoformat(),
        "corpus": {"fingerprint": fast.corpus_fingerprint, "messages": fast.corpus_size},
        "rulings": {"count": fast.rulings, "until": until.isoformat() if until else None},
        "features": features_fingerprint(),
        "encoder": whole.encoder.fingerprint if whole and whole.encoder else None,
        "libraries": _libraries(),
        "labels": {
            "status": list(STATUSES), "category": list(fast.labels.categories),
            "codes": list(fast.labels.codes),
        },
        "share_of_numbers": fast.vectoriser.share_of_numbers,
        "reference": fast.reference,
        "kinds": {
            kind: {
                "calibrations": asdict(each.calibrations),
                "thresholds": asdict(each.thresholds),
                "metrics": each.metrics,
                "weights": asdict(each.weights) if each.weights else None,
            }
            for kind, each in kinds.items()
        },
    }  # fmt: skip


def best_kind(about: dict[str, Any]) -> dict[str, Any]:
    """Return figures, thresholds and calibration of an artefact, those with the encoder if it has any."""
    kinds: dict[str, dict[str, Any]] = about["kinds"]
    return kinds.get("whole") or kinds["fast"]


def _check(about: dict[str, Any], folder: Path, encoder: Encoder | None) -> None:
    """Refuse what was learnt under other circumstances."""
    remedy = "`heard train` makes a new one"
    if about.get("format") != _FORMAT or about["features"] != features_fingerprint():
        raise ArtefactRefused(f"the artefact {folder} was made for other features or labels; {remedy}")
    if encoder is not None and about["encoder"] != encoder.fingerprint:
        raise ArtefactRefused(f"the artefact {folder} was made with another sentence encoder; {remedy}")
    for library, made_with in about["libraries"].items():
        here = version(library)
        if made_with.split(".")[:2] != here.split(".")[:2]:
            raise ArtefactRefused(
                f"the artefact {folder} was made with {library} {made_with}, here is {here}; {remedy}"
            )


def _assembled(about: dict[str, Any], learnt: dict[str, Any], encoder: Encoder | None) -> Artefact:
    vectoriser = Vectoriser(share_of_numbers=about["share_of_numbers"])
    vectoriser.words_, vectoriser.letters_ = learnt["words"], learnt["letters"]
    heads = Heads(labels=_labels(about["labels"]))
    heads.dissatisfaction_, heads.status_ = learnt["dissatisfaction"], learnt["status"]
    heads.category_, heads.is_housing_ = learnt["category"], learnt["is_housing"]
    heads.codes_ = learnt["codes"]
    kind = about["kinds"]["fast" if encoder is None else "whole"]
    said, until = kind["calibrations"], about["rulings"]["until"]
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
        thresholds=Thresholds(**kind["thresholds"]),
        corpus_fingerprint=about["corpus"]["fingerprint"],
        corpus_size=about["corpus"]["messages"],
        metrics=kind["metrics"],
        encoder=encoder,
        weights=_weights(kind["weights"]) if encoder else None,
        heads_alone=Temperature(**about["kinds"]["fast"]["calibrations"]["category"]),
        labels=heads.labels,
        rulings=about["rulings"]["count"],
        rulings_until=datetime.fromisoformat(until) if until else None,
        reference=about["reference"],
    )


def _labels(said: dict[str, Any]) -> LabelSet:
    """Return the labels as members where the project knows them, so that flags are told from exclusions."""
    known = {str(code): code for code in CODES}
    return LabelSet(tuple(said["category"]), tuple(known.get(code, code) for code in said["codes"]))


def _weights(said: dict[str, Any]) -> Weights:
    mixes = {name: Mix(**said[name]) for name in ("dissatisfaction", "status", "category", "is_housing")}
    codes = tuple(Mix(**each) for each in said["codes"])
    return Weights(**mixes, codes=codes, taken_for=said["taken_for"])


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
