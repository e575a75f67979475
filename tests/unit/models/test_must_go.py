"""The day by which a letter has to go, for every kind of letter."""

from datetime import date
from typing import Any

import pytest
from builders import ACKNOWLEDGE_BY, TODAY, make_case
from hands import RESPOND_BY, acknowledged

from models.codes import LetterKind
from models.must_go import must_go_by

PUT_OFF = date(2026, 3, 24)
DAYS: dict[LetterKind, date] = {
    LetterKind.STAGE_1_ACKNOWLEDGEMENT: ACKNOWLEDGE_BY,
    LetterKind.STAGE_2_ACKNOWLEDGEMENT: ACKNOWLEDGE_BY,
    LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT: ACKNOWLEDGE_BY,
    LetterKind.RECEIPT: ACKNOWLEDGE_BY,
    LetterKind.KNOWN_ISSUE: ACKNOWLEDGE_BY,
    LetterKind.STAGE_1_RESPONSE: RESPOND_BY,
    LetterKind.STAGE_2_RESPONSE: RESPOND_BY,
}


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_goes_by_the_clock_that_waits_for_it(kind: LetterKind) -> None:
    """The rest goes when it is written: no clock waits for it (LGSCO 6.2, 6.3, 6.15; HO 6.2, 6.3, 6.14)."""
    assert must_go_by(kind, acknowledged(), written_on=TODAY) == DAYS.get(kind, TODAY)


def test_an_answer_that_was_put_off_goes_by_the_later_day() -> None:
    """The extension took the place of the first date (LGSCO 6.4, HO 6.4)."""
    case = acknowledged(extended_to=PUT_OFF)
    assert must_go_by(LetterKind.STAGE_1_RESPONSE, case, written_on=TODAY) == PUT_OFF


def test_an_extension_goes_before_the_day_that_it_puts_off() -> None:
    """Afterwards the answer is late, and nobody told them (LGSCO 6.4, HO 6.4)."""
    case = acknowledged(extended_to=PUT_OFF)
    found = must_go_by(LetterKind.EXTENSION, case, written_on=TODAY, extended_from=RESPOND_BY)
    assert found == RESPOND_BY


@pytest.mark.parametrize(("changes", "day"), [({}, ACKNOWLEDGE_BY), ({"acknowledged_on": TODAY}, TODAY)])
def test_a_refusal_stands_in_for_an_acknowledgement_that_was_not_sent(
    changes: dict[str, Any], day: date
) -> None:
    """Who has heard nothing hears of it in five working days (LGSCO 6.2, HO 6.2)."""
    assert must_go_by(LetterKind.NOT_ACCEPTED, make_case(**changes), written_on=TODAY) == day


def test_an_answer_of_which_nothing_was_promised_goes_when_it_is_written() -> None:
    """As after an acknowledgement that came back."""
    assert must_go_by(LetterKind.STAGE_1_RESPONSE, make_case(), written_on=TODAY) == TODAY
