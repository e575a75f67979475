"""When the night's comparison is made."""

from datetime import UTC, datetime, timedelta

import pytest

from models.health import GapCode, Reconciliation
from operations.reconcile import is_due

HOUR = timedelta(hours=1)
LONG_AGO = datetime(2026, 7, 1, tzinfo=UTC)


def compared(at: datetime, *, gaps: int = 0) -> Reconciliation:
    """Return the result of a comparison."""
    return Reconciliation(at=at, mailboxes=1, compared=10, gap_counts={GapCode.NOT_KEPT: gaps})


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), datetime(2026, 11, 24, 2, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), datetime(2026, 11, 24, 3, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), datetime(2026, 11, 24, 3, 5, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 14, 0, tzinfo=UTC), datetime(2026, 11, 24, 9, 0, tzinfo=UTC), True),
        # In summer three o'clock in London is two o'clock UTC.
        (datetime(2026, 7, 6, 2, 0, tzinfo=UTC), datetime(2026, 7, 7, 1, 59, tzinfo=UTC), False),
        (datetime(2026, 7, 6, 2, 0, tzinfo=UTC), datetime(2026, 7, 7, 2, 0, tzinfo=UTC), True),
    ],
)
def test_mailboxes_are_compared_once_after_three_in_the_morning(
    last: datetime, now: datetime, *, due: bool
) -> None:
    """By the council's clocks, and later in the day where the night was missed."""
    assert is_due(compared(last), began_at=LONG_AGO, now=now) is due


@pytest.mark.parametrize(("minutes", "due"), [(59, False), (60, True)])
def test_gaps_are_looked_for_again_every_hour(minutes: int, *, due: bool) -> None:
    """So that health is well again soon after somebody has put it right."""
    at = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    again = at + timedelta(minutes=minutes)
    assert is_due(compared(at, gaps=1), began_at=LONG_AGO, now=again) is due
    assert not is_due(compared(at), began_at=LONG_AGO, now=again)


def test_a_service_that_has_just_started_first_reads_what_came_meanwhile() -> None:
    """Otherwise everything that waits would be named a gap."""
    began_at, last = datetime(2026, 11, 24, 8, 0, tzinfo=UTC), datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert not is_due(compared(last), began_at=began_at, now=began_at + timedelta(minutes=14))
    assert is_due(compared(last), began_at=began_at, now=began_at + timedelta(minutes=15))


def test_a_new_record_is_first_compared_in_its_first_night() -> None:
    """Not at once: it is still being filled."""
    began_at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert not is_due(None, began_at=began_at, now=began_at + HOUR)
    assert is_due(None, began_at=began_at, now=began_at + 18 * HOUR)
