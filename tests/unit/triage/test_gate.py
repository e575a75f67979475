"""The gate: worse beyond chance is refused, noise is not, and a complaint missed is never bought."""

import numpy as np
import pytest

from models.codes import Category, Status
from triage.classifier import CATEGORIES, CODES, STATUSES, Truths
from triage.evaluate import Said, missed
from triage.gate import judge

COMPLAINT, ENQUIRY = STATUSES.index(Status.COMPLAINT), STATUSES.index(Status.ENQUIRY)
BINS, PARKS = (
    CATEGORIES.index(Category.WASTE_AND_RECYCLING),
    CATEGORIES.index(Category.PARKS_AND_GREEN_SPACES),
)


def truths(count: int) -> Truths:
    """Return so many messages, every other one a complaint, all about bins."""
    status = np.where(np.arange(count) % 2, COMPLAINT, ENQUIRY)
    return Truths(
        dissatisfaction=status == COMPLAINT,
        status=status,
        category=np.full(count, BINS),
        is_housing=np.zeros(count, dtype=np.bool_),
        codes=np.zeros((count, len(CODES)), dtype=np.bool_),
        weights=np.ones(count),
        knows_dissatisfaction=np.ones(count, dtype=np.bool_),
        knows_codes=np.ones((count, len(CODES)), dtype=np.bool_),
        is_ordinary=np.ones(count, dtype=np.bool_),
    )


def said(
    count: int, *, wrong_status: slice = slice(0), wrong_category: slice = slice(0), unsure: slice = slice(0)
) -> Said:
    """Return answers that are right but for some; a wrong complaint is called an enquiry and the reverse."""
    true = truths(count)
    status, category = true.status.copy(), true.category.copy()
    status[wrong_status] = np.where(status[wrong_status] == COMPLAINT, ENQUIRY, COMPLAINT)
    category[wrong_category] = PARKS
    officer = np.zeros(count, dtype=np.bool_)
    officer[unsure] = True
    return Said(
        dissatisfaction=status == COMPLAINT,
        dissatisfaction_chance=(status == COMPLAINT).astype(float),
        status=status,
        status_chances=np.eye(len(STATUSES))[status],
        category=category,
        category_chances=np.eye(len(CATEGORIES))[category],
        is_housing=true.is_housing,
        codes=true.codes,
        officer_decides=officer,
    )


def verdict(live: Said, candidate: Said, *, live_ruled: Said | None = None, ruled: Said | None = None) -> str:
    """Return the reasons against a candidate, as one text."""
    count = len(live.status)
    rulings = len(ruled.status) if ruled else 0
    found = judge(
        truths(count),
        live=live,
        candidate=candidate,
        rulings=truths(rulings),
        live_on_rulings=live_ruled or said(0),
        candidate_on_rulings=ruled or said(0),
    )
    assert found.passes == (not found.reasons)
    return "\n".join(found.reasons)


def test_the_same_answers_pass() -> None:
    """A candidate that is as good in everything takes the place of the live artefact."""
    assert verdict(said(400), said(400)) == ""


def test_much_worse_on_the_evaluation_set_is_refused() -> None:
    """Forty of four hundred statuses lost is no chance, and the reason gives both figures."""
    reasons = verdict(said(400), said(400, wrong_status=slice(0, 80, 2)))
    assert "worse: status on the evaluation set: 0.900 after 1.000" in reasons


def test_a_difference_within_chance_passes() -> None:
    """Four lost and three gained among four hundred say nothing."""
    live = said(400, wrong_status=slice(0, 6, 2))
    assert verdict(live, said(400, wrong_status=slice(10, 18, 2))) == ""


def test_one_more_complaint_missed_with_confidence_is_refused() -> None:
    """Whatever else got better: a complaint called an enquiry with confidence counts against it."""
    live = said(400, wrong_status=slice(0, 40, 2))
    candidate = said(400, wrong_status=slice(1, 2))
    assert "misses more complaints with confidence on the evaluation set: 1 after 0" in verdict(
        live, candidate
    )


def test_a_complaint_left_to_an_officer_is_not_missed() -> None:
    """The same mistake passes where the officer is asked."""
    unsure = said(400, wrong_status=slice(1, 2), unsure=slice(1, 2))
    assert not missed(unsure, truths(400)).any()
    assert verdict(said(400), unsure) == ""


def test_a_council_may_draw_its_own_lines_between_categories() -> None:
    """A few categories that differ from the project's pass; a tenth of them does not."""
    assert verdict(said(400), said(400, wrong_category=slice(0, 8))) == ""
    assert "worse: category on the evaluation set" in verdict(
        said(400), said(400, wrong_category=slice(0, 40))
    )


@pytest.mark.parametrize("what", ["wrong_status", "wrong_category"])
def test_worse_on_the_latest_rulings_is_refused(what: str) -> None:
    """What officers lately ruled counts like the evaluation set."""
    places = {what: slice(0, 60, 2)}
    assert "on the latest rulings" in verdict(
        said(400), said(400), live_ruled=said(200), ruled=said(200, **places)
    )
