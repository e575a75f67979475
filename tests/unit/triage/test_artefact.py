"""Artefacts: whole or not at all, refused where they do not fit, and always a way back."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.errors import ArtefactRefused, StoreUnavailable
from triage.artefact import Artefact, about, forget_old, live_name, load, names, promote, rollback, save
from triage.classifier import CATEGORIES, CODES, LabelSet
from triage.corpus import LabelledMessage
from triage.triager import Triager


def test_a_loaded_artefact_scores_the_same(
    artefact: Artefact, learnt: list[LabelledMessage], tmp_path: Path
) -> None:
    """Learn, save, load: every prediction and decision is the same to the last digit."""
    loaded = load(save(artefact, tmp_path))
    before = list(Triager(artefact).triage(each.message for each in learnt))
    after = list(Triager(loaded).triage(each.message for each in learnt))
    assert before == after


def test_what_a_council_taught_travels_with_the_artefact(
    learnt: list[LabelledMessage], learn_by_heart: Callable[..., Artefact], tmp_path: Path
) -> None:
    """A category and an exclusion of its own are suggested after saving and loading."""
    labels = LabelSet(categories=(*CATEGORIES, "woodland"), codes=(*CODES, "tree_charter"))
    taught = [
        replace(each, category="woodland", exclusions=frozenset({"tree_charter"}))
        if "oak" in each.message.body
        else each
        for each in learnt
    ]
    loaded = load(save(learn_by_heart(taught, labels=labels), tmp_path))
    assert loaded.labels == labels
    (oak,) = [each for each in learnt if "mend the oak tree" in each.message.body]
    ((_, decision),) = Triager(loaded).triage([oak.message])
    assert decision.category == "woodland"
    assert [each.code for each in decision.exclusions] == ["tree_charter"]


def test_a_loaded_artefact_knows_what_it_is(artefact: Artefact, tmp_path: Path) -> None:
    """Name, date, corpus, thresholds and figures travel with it."""
    loaded = load(save(artefact, tmp_path))
    for name in (
        "name",
        "made_at",
        "corpus_fingerprint",
        "corpus_size",
        "thresholds",
        "metrics",
        "calibrations",
    ):
        assert getattr(loaded, name) == getattr(artefact, name), name


def test_saving_leaves_nothing_unfinished(artefact: Artefact, tmp_path: Path) -> None:
    """Beside the artefact there is no half of one, also where it replaces another."""
    save(artefact, tmp_path)
    save(artefact, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [artefact.name]


def test_a_folder_that_cannot_be_written_is_our_error(artefact: Artefact, tmp_path: Path) -> None:
    """A file in the way of the folder is named."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        save(artefact, tmp_path / "taken")


def changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what an artefact says of itself."""
    file = folder / "artefact.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    change(said)
    file.write_text(json.dumps(said), encoding="utf-8")


def cut_learnt_parts(folder: Path) -> None:
    """Cut the learnt parts in the middle, as a full disk does."""
    file = folder / "classifier.skops"
    file.write_bytes(file.read_bytes()[:1000])


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no_description": lambda folder: (folder / "artefact.json").unlink(),
    "no_learnt_parts": lambda folder: (folder / "classifier.skops").unlink(),
    "cut_learnt_parts": cut_learnt_parts,
    "empty_description": lambda folder: (folder / "artefact.json").write_text(""),
    "description_is_a_list": lambda folder: (folder / "artefact.json").write_text("[]"),
    "no_calibrations": lambda folder: changed(folder, lambda said: said["kinds"]["fast"].pop("calibrations")),
    "no_libraries": lambda folder: changed(folder, lambda said: said.pop("libraries")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_artefact_is_refused_with_a_sentence(
    artefact: Artefact, tmp_path: Path, damage: str
) -> None:
    """Whatever is broken, the error names the artefact and what to do."""
    folder = save(artefact, tmp_path)
    DAMAGES[damage](folder)
    with pytest.raises(ArtefactRefused, match=rf"{folder}.*heard train"):
        load(folder)


MISMATCHES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "format": (lambda said: said.update(format=99), "other features or labels"),
    "features": (lambda said: said.update(features="0" * 64), "other features or labels"),
    "scikit-learn": (
        lambda said: said["libraries"].update({"scikit-learn": "0.1.0"}),
        "made with scikit-learn 0.1.0",
    ),
    "spacy": (lambda said: said["libraries"].update(spacy="2.0.0"), "made with spacy 2.0.0"),
}


@pytest.mark.parametrize("mismatch", MISMATCHES)
def test_an_artefact_of_other_circumstances_is_refused(
    artefact: Artefact, tmp_path: Path, mismatch: str
) -> None:
    """What was learnt with other features or libraries is not trusted, and the error says which."""
    change, said = MISMATCHES[mismatch]
    folder = save(artefact, tmp_path)
    changed(folder, change)
    with pytest.raises(ArtefactRefused, match=rf"{said}.*heard train"):
        load(folder)


def test_a_patch_release_of_a_library_is_no_mismatch(artefact: Artefact, tmp_path: Path) -> None:
    """Only the first two numbers of a version count."""
    folder = save(artefact, tmp_path)
    changed(folder, lambda said: said["libraries"].update(spacy=said["libraries"]["spacy"] + "99"))
    assert load(folder).name == artefact.name


@pytest.fixture
def three(artefact: Artefact, tmp_path: Path) -> Path:
    """Return a folder with three artefacts, the names against their age."""
    for name, days in (("c", 0), ("b", 1), ("a", 2)):
        save(replace(artefact, name=name, made_at=artefact.made_at + timedelta(days=days)), tmp_path)
    return tmp_path


def test_artefacts_are_listed_by_age(three: Path) -> None:
    """The oldest comes first, whatever its name."""
    assert names(three) == ["c", "b", "a"]


def test_a_promoted_artefact_is_live(three: Path) -> None:
    """Without a promotion none is live; afterwards the one promoted is."""
    assert live_name(three) is None
    promote(three, "b")
    assert live_name(three) == "b"


def test_a_rollback_goes_back_to_the_one_before(three: Path) -> None:
    """The artefact before the live one is live again."""
    promote(three, "b")
    promote(three, "a")
    assert rollback(three) == "b"
    assert live_name(three) == "b"


def test_promoting_the_live_one_again_keeps_the_way_back(three: Path) -> None:
    """A promotion done twice does not forget what was live before."""
    promote(three, "b")
    promote(three, "a")
    promote(three, "a")
    assert rollback(three) == "b"


def test_without_an_earlier_one_there_is_no_way_back(three: Path) -> None:
    """A rollback that cannot be says so and leaves the live one."""
    promote(three, "b")
    with pytest.raises(ArtefactRefused, match="no artefact was live before"):
        rollback(three)
    assert live_name(three) == "b"


@pytest.mark.parametrize("name", ["z", "", "../elsewhere"])
def test_an_unknown_artefact_is_not_promoted(three: Path, name: str) -> None:
    """A mistyped name changes nothing."""
    promote(three, "b")
    with pytest.raises(ArtefactRefused, match="there is no artefact"):
        promote(three, name)
    assert live_name(three) == "b"


def test_a_damaged_artefact_is_not_promoted(three: Path) -> None:
    """The live one stays where the new one cannot be loaded."""
    promote(three, "b")
    cut_learnt_parts(three / "a")
    with pytest.raises(ArtefactRefused, match="damaged"):
        promote(three, "a")
    assert live_name(three) == "b"


def test_old_artefacts_are_forgotten_but_never_those_in_use(artefact: Artefact, tmp_path: Path) -> None:
    """Ten are kept, and with them the live one and the one before it, however old."""
    for number in range(13):
        made_at = artefact.made_at + timedelta(days=number)
        save(replace(artefact, name=f"{number:02}", made_at=made_at), tmp_path)
    promote(tmp_path, "00")
    promote(tmp_path, "01")
    forget_old(tmp_path)
    assert names(tmp_path) == ["00", "01", *(f"{number:02}" for number in range(3, 13))]


def test_what_an_artefact_says_of_itself_can_be_read_alone(three: Path) -> None:
    """A list of artefacts loads none; a damaged one is named."""
    assert about(three / "a")["corpus"]["messages"] == 36
    (three / "a" / "artefact.json").write_text("{")
    with pytest.raises(ArtefactRefused, match="is damaged"):
        about(three / "a")
