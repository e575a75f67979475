"""Searching on both databases: what is found, for whom, in which order, and that nothing typed is a fault."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from rows import new_case, new_message
from sqlalchemy import Engine, text

from models.codes import Ombudsman, Outcome
from models.message import Attachment
from models.queue_selection import Looker, Selection, Show
from models.reference import reference_of
from models.search_rows import MOST_FOUND, Found, search
from models.search_terms import read_terms
from models.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
BO = Looker("bo", date(2026, 3, 3))


def take_in(
    engine: Engine,
    number: int,
    words: str,
    *,
    outcome: Outcome | None = Outcome.CASE,
    attached: tuple[str, str] = ("", ""),
    said: dict[str, Any] | None = None,
    **case: Any,
) -> int:
    """Put a message on record, with a case of its own where its outcome is one; return its number."""
    with SqlUnitOfWork(engine) as uow:
        fields = {"subject": f"No. {number}", "text": words, "reply_text": words} | (said or {})
        message = new_message(uid=str(number), **fields)
        uow.messages.keep(message, words.encode())
        uow.flush()
        if attached[0]:
            uow.messages.add_attachments(
                message,
                [Attachment(attached[0], "text/plain", b"x", hashlib.sha256(b"x").hexdigest(), attached[1])],
            )
        if outcome is Outcome.CASE:
            made = new_case(reference=reference_of(number), **case)
            made.messages.append(message)
            uow.cases.add(made)
        if outcome is not None:
            message.settle(outcome, reason="test", now=NOW)
        uow.commit()
        return message.id or 0


def found(engine: Engine, typed: str, looker: Looker = BO, **selected: Any) -> list[int]:
    """Return the numbers of what a search finds, in order."""
    page = search(engine, read_terms(typed), Selection(**selected), looker, limit=50)
    assert (page.newer, page.older) == (None, None)
    assert (page.count, page.is_all) == (len(page.hits), True)
    return [hit.message_id for hit in page.hits]


def test_words_are_found_wherever_they_stand(engine: Engine) -> None:
    """In the text, the subject, the sender, the file's name, its text, and in the name of the complainant."""
    number = take_in(
        engine, 1, "The boilers went out again.", attached=("rent-book.txt", "Paid nothing in Easter week"),
        said={"subject": "No heating", "sender_name": "Zoë Birch", "sender_address": "zoe.birch@example.org"},
        complainant_name="Wilf Abara", complainant_address="wilf@example.net", represented_name="Old Mr Ivey",
    )  # fmt: skip
    take_in(
        engine, 2, "Something else entirely.", complainant_name="Cara Cole", complainant_address="c@x.example"
    )
    for typed in (
        "boiler", "BOILERS", "heating", "heat", "zoe", "Zoë birch", "zoe.birch@example.org", "birch example",
        "rent-book.txt", "easter paid", "wilf", "abara boiler heating easter", "wilf@example.net", "ivey",
        '"went out again"', reference_of(1), reference_of(1).replace("-", ""), "boiler -garden",
    ):  # fmt: skip
        assert found(engine, typed) == ([number] if typed != reference_of(1).replace("-", "") else []), typed


@pytest.mark.parametrize("typed", ["boiler garden", '"again went"', "boiler -heating", "zzz", '"no boiler"'])
def test_what_does_not_hold_all_of_it_is_not_found(engine: Engine, typed: str) -> None:
    """Every word counts, the order within quotes does, and a minus excludes."""
    take_in(engine, 1, "The boiler went out again.", said={"subject": "No heating"})
    assert found(engine, typed) == []


def test_the_newest_comes_first_and_closed_cases_too(engine: Engine) -> None:
    """The hit says that its case is closed."""
    numbers = [take_in(engine, 1, "mould", closed_on=date(2026, 3, 1)), take_in(engine, 2, "mould")]
    page = search(engine, read_terms("mould"), Selection(), BO, limit=9)
    assert [hit.message_id for hit in page.hits] == numbers[::-1]
    assert [hit.closed_on for hit in page.hits] == [None, date(2026, 3, 1)]


def test_mail_without_a_case_is_found_but_no_copy_and_nothing_unread(engine: Engine) -> None:
    """Quarantine and machine mail are on record; a duplicate only says the same twice."""
    kept = [take_in(engine, number, "flood", outcome=outcome)
            for number, outcome in enumerate((Outcome.QUARANTINE, Outcome.MACHINE), 1)]  # fmt: skip
    take_in(engine, 3, "flood", outcome=Outcome.DUPLICATE)
    take_in(engine, 4, "flood", outcome=None)
    assert found(engine, "flood") == kept[::-1]
    assert found(engine, "flood", Looker("bo", BO.today, only_own=True)) == []


def test_who_sees_only_their_own_finds_only_their_own(engine: Engine) -> None:
    """Not even how many others there are."""
    take_in(engine, 1, "damp", assigned_to="cy")
    own = take_in(engine, 2, "damp", assigned_to="bo")
    page = search(engine, read_terms("damp"), Selection(), Looker("bo", BO.today, only_own=True), limit=9)
    assert ([hit.message_id for hit in page.hits], page.count) == ([own], 1)


def test_a_search_can_be_narrowed(engine: Engine) -> None:
    """To a category, a stage, an Ombudsman, or a part of what waits."""
    one = take_in(
        engine, 1, "lift", category="housing_repairs", ombudsman=Ombudsman.HOUSING, assigned_to="bo"
    )
    two = take_in(engine, 2, "lift", category="pest_control", stage=2, awaits_officer=False)
    assert found(engine, "lift") == [two, one]
    assert found(engine, "lift", category="housing_repairs") == [one]
    assert found(engine, "lift", stage=2) == [two]
    assert found(engine, "lift", ombudsman=Ombudsman.LGSCO) == [two]
    assert found(engine, "lift", show=Show.MINE) == [one]
    assert found(engine, "lift", show=Show.COMPLAINTS, category="pest_control") == []


def test_what_changes_is_searched_as_it_is_now(engine: Engine) -> None:
    """A message that is read again, a complainant put right, a message moved to another case."""
    first, second = take_in(engine, 1, "rats in the loft"), take_in(engine, 2, "mice in the loft")
    with SqlUnitOfWork(engine) as uow:
        case, other = uow.cases.get(reference_of(1)), uow.cases.get(reference_of(2))
        case.complainant_name = "Hana Kaur"
        moved = case.messages.pop()
        other.messages.append(moved)
        uow.commit()
    assert found(engine, "loft") == [second, first]
    assert found(engine, reference_of(2)) == [second, first]
    assert found(engine, reference_of(1)) == []
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(reference_of(2))
        case.complainant_name = "Idris Frost"
        uow.commit()
    assert found(engine, "idris") == [second, first]
    with SqlUnitOfWork(engine) as uow:
        message = uow.messages.get(first)
        uow.messages.begin_again(message)
        uow.commit()
    assert found(engine, "rats") == []
    with SqlUnitOfWork(engine) as uow:
        message = uow.messages.get(first)
        message.text = "squirrels"
        message.settle(Outcome.QUARANTINE, reason="test", now=NOW)
        uow.commit()
    assert found(engine, "rats") == []
    assert found(engine, "squirrel") == [first]


def test_pages_of_what_was_found_lead_on_and_back(engine: Engine) -> None:
    """None twice, none passed over, and the count is that of all pages."""
    numbers = [take_in(engine, number, "gritting") for number in range(1, 8)][::-1]

    def page(**places: int) -> Found:
        return search(engine, read_terms("gritting"), Selection(), BO, limit=3, **places)

    first = page()
    second = page(older=first.older or 0)
    third = page(older=second.older or 0)
    assert [hit.message_id for each in (first, second, third) for hit in each.hits] == numbers
    assert (first.newer, third.older) == (None, None)
    assert [(each.count, each.is_all) for each in (first, second, third)] == [
        (7, True),
        (4, False),
        (1, False),
    ]
    assert page(newer=third.newer or 0).hits == second.hits
    assert page(newer=second.newer or 0).newer is None


def test_a_text_without_end_is_kept_and_found_by_its_beginning(engine: Engine) -> None:
    """300,000 characters of four bytes each would be more than PostgreSQL takes for one message."""
    strange = "".join(chr(0x20000 + number) + " " for number in range(40_000))
    number = take_in(engine, 1, "beginning " + strange * 4, attached=("a.txt", "\U0001f600" * 300_000))
    assert found(engine, "beginning") == [number]


@pytest.mark.parametrize(
    "typed",
    ["'; DROP TABLE cases; --", '"', "\x00", "NEAR(", "a AND OR NOT", "*", "(((", "{a b}:", "^x", "\\",
     "&|!:<->", "%", "\ud800", "the", "-a -b", "a" * 200, "\u202e", "x:*", "\U0001d4b3"],
)  # fmt: skip
def test_nothing_typed_is_a_fault(engine: Engine, typed: str) -> None:
    """Whatever stands in the address, an answer comes, and the record stays whole."""
    take_in(engine, 1, "kept")
    assert search(engine, read_terms(typed), Selection(), BO, limit=9).count in range(MOST_FOUND)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM cases")) == 1
