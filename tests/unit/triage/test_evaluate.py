"""Figures worked by hand on truths of a few messages."""

from typing import Any

import numpy as np
import pytest

from models.codes import Category, Exclusion, Flag, Status
from triage.classifier import CATEGORIES, CODES, STATUSES, Truths
from triage.evaluate import Said, figures

COMPLAINT, REQUEST, ENQUIRY = Status.COMPLAINT, Status.SERVICE_REQUEST, Status.ENQUIRY
TRUE = [COMPLAINT, COMPLAINT, REQUEST, ENQUIRY]
SAID = [COMPLAINT, ENQUIRY, REQUEST, ENQUIRY]


def statuses(*found: Status) -> Any:
    """Return the places of statuses."""
    return np.array([STATUSES.index(each) for each in found])


def chances_of(places: Any, count: int) -> Any:
    """Return rows that are certain of the places."""
    return np.eye(count)[places]


def codes(*rows: set[Exclusion | Flag]) -> Any:
    """Return one row of yes and no for each message."""
    return np.array([[code in row for code in CODES] for row in rows])


def made(*, officer: tuple[bool, ...] = (False, False, False, False)) -> dict[str, Any]:
    """Return the figures of four messages of which the second, a complaint, was called an enquiry."""
    bins, other = CATEGORIES.index(Category.WASTE_AND_RECYCLING), CATEGORIES.index(Category.OTHER)
    said_status, said_category = statuses(*SAID), np.array([bins, bins, bins, other])
    truths = Truths(
        dissatisfaction=np.array([True, True, False, False]),
        status=statuses(*TRUE),
        category=np.array([bins, bins, other, other]),
        is_housing=np.array([True, False, False, False]),
        codes=codes({Flag.VULNERABLE}, {Exclusion.APPEAL_ROUTE}, set(), set()),
        weights=np.ones(4),
        knows_dissatisfaction=np.ones(4, dtype=np.bool_),
        knows_codes=np.ones((4, len(CODES)), dtype=np.bool_),
        is_ordinary=np.ones(4, dtype=np.bool_),
    )
    said = Said(
        dissatisfaction=np.array([True, False, True, False]),
        dissatisfaction_chance=np.array([0.9, 0.4, 0.6, 0.1]),
        status=said_status,
        status_chances=chances_of(said_status, len(STATUSES)),
        category=said_category,
        category_chances=chances_of(said_category, len(CATEGORIES)),
        is_housing=np.array([True, True, False, False]),
        codes=codes({Flag.VULNERABLE}, {Flag.VULNERABLE}, set(), set()),
        officer_decides=np.array(officer),
    )
    return figures(said, truths)


def test_dissatisfaction_has_recall_precision_and_their_mean() -> None:
    """One of two was found, and one of two said was true."""
    found = made()["dissatisfaction"]
    assert (found["recall"], found["precision"], found["f1"]) == (0.5, 0.5, 0.5)
    assert found["calibration_error"] == pytest.approx((0.1 + 0.6 + 0.6 + 0.1) / 4)


def test_status_has_accuracy_confusion_and_macro_f1() -> None:
    """Three of four are right; F1 is 2/3, 1 and 2/3 for the labels that occur."""
    found = made()["status"]
    assert found["accuracy"] == 0.75
    assert found["macro_f1"] == pytest.approx((2 / 3 + 1 + 2 / 3) / 3, abs=1e-4)
    assert found["confusion"][STATUSES.index(COMPLAINT)][STATUSES.index(ENQUIRY)] == 1
    assert sum(map(sum, found["confusion"])) == 4
    assert set(found["per_label"]) == {"complaint", "service_request", "enquiry"}
    assert found["per_label"]["complaint"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "messages": 2}


def test_a_complaint_missed_with_confidence_is_counted() -> None:
    """What was called something else without an officer is the figure that must stay small."""
    assert made()["status"]["confident"] == {"share": 1.0, "accuracy": 0.75, "complaints_missed": 0.5}


def test_a_complaint_left_to_an_officer_is_not_missed() -> None:
    """An honest "not sure" costs share, not complaints."""
    found = made(officer=(False, True, False, False))["status"]["confident"]
    assert found == {"share": 0.75, "accuracy": 1.0, "complaints_missed": 0.0}


def test_where_an_officer_decides_everything_nothing_is_claimed() -> None:
    """Without a confident verdict the accuracy of confident verdicts is none."""
    found = made(officer=(True, True, True, True))["status"]["confident"]
    assert found == {"share": 0.0, "accuracy": 0.0, "complaints_missed": 0.0}


def test_category_ombudsman_and_codes_have_their_figures() -> None:
    """Three of four categories and Ombudsmen are right; exclusions and flags are counted apart."""
    found = made()
    assert (found["category"]["accuracy"], found["ombudsman"]["accuracy"]) == (0.75, 0.75)
    assert found["exclusions"]["micro_f1"] == 0.0
    assert found["flags"]["micro_f1"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["flags"]["per_label"]["vulnerable"] == {
        "precision": 0.5, "recall": 1.0, "f1": 0.6667, "messages": 1,
    }  # fmt: skip
    assert "appeal_route" in found["exclusions"]["per_label"]
    assert "appeal_route" not in found["flags"]["per_label"]


def test_reliability_sets_what_was_said_beside_what_was_true() -> None:
    """Each tenth of the scale shows its messages, the mean said and the share true."""
    assert made()["reliability"] == [
        {"stated": 0.1, "true": 0.0, "messages": 1},
        {"stated": 0.4, "true": 1.0, "messages": 1},
        {"stated": 0.6, "true": 0.0, "messages": 1},
        {"stated": 0.9, "true": 1.0, "messages": 1},
    ]
