"""What an address asks of the queue, and what of it is believed."""

import pytest

from models.codes import Ombudsman
from models.queue_selection import Position, Selection, Show


def test_an_address_is_read_and_written() -> None:
    """What is selected can be gone to again."""
    asked = {
        "show": "overdue",
        "category": "housing_repairs",
        "stage": "2",
        "ombudsman": "housing",
        "q": "a  b",
    }
    selection = Selection.read(asked)
    assert selection == Selection(Show.OVERDUE, "housing_repairs", 2, Ombudsman.HOUSING, "a b")
    assert selection.as_query() == "show=overdue&category=housing_repairs&stage=2&ombudsman=housing&q=a+b"
    assert Selection.read(selection.as_arguments()) == selection


@pytest.mark.parametrize(
    "asked",
    [
        {"show": "everything'--"}, {"category": "<script>"}, {"category": "x" * 51}, {"stage": "3"},
        {"stage": "-1"}, {"stage": "\u0661"}, {"ombudsman": "LGSCO "}, {"q": "   "}, {"other": "1"}, {},
    ],
)  # fmt: skip
def test_what_is_none_of_ours_is_left_out(asked: dict[str, str]) -> None:
    """Nobody gets further by an address that no page of ours offers."""
    assert Selection.read(asked) == Selection()


def test_stage_0_is_a_stage_to_ask_for() -> None:
    """Requests and enquiries have none, and none is not all."""
    assert Selection.read({"stage": "0"}).as_arguments() == {"stage": "0"}


@pytest.mark.parametrize(
    "written", ["", "1", "1-", "-1-2", "1-2-3", "a-b", "1-2 ", "9" * 13 + "-1", "\u0661-1"]
)
def test_a_position_that_is_none_is_not_read(written: str) -> None:
    """The queue begins at its top."""
    assert Position.read(written) is None


def test_a_position_is_read_and_written() -> None:
    """The next page begins where this one ends."""
    assert Position.read(str(Position(739_575_999, 17))) == Position(739_575_999, 17)
