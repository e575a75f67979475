"""Who is told of what is due, and what the daily digest says."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from builders import LETTERHEAD, NOW, TODAY
from fakes import FakeUnitOfWork

from casework.policy import Policy
from casework.remind import (
    MOST_ROWS,
    Digest,
    ReminderRules,
    details_of,
    plan_digests,
    team_addresses,
    write_digest,
)
from models.codes import DeliveryMode, LetterKind, LetterState, Role
from models.deadlines import WorkingDays
from models.duties import Duty, DutyKind
from models.people import Officer

TEAM = "team@harrowmere.example"
RULES = ReminderRules(team_address=TEAM)
YESTERDAY, TOMORROW = date(2026, 3, 2), date(2026, 3, 4)
IN_TWO_DAYS, IN_THREE_DAYS = date(2026, 3, 5), date(2026, 3, 6)


def officer(name: str, manager: str = "", **changes: Any) -> Officer:
    """Return an officer with an address of their own."""
    usual: dict[str, Any] = {"full_name": name.title(), "email": f"{name}@harrowmere.example"}
    return Officer(name=name, manager=manager, **(usual | changes))


AMIR, MAY = officer("amir", "may"), officer("may")


def duty(due_by: date = TODAY, *officers: str, reference: str = "C-4827-1930-70", **changes: Any) -> Duty:
    """Return a response that is due."""
    usual: dict[str, Any] = {"kind": DutyKind.RESPONSE, "what": "stage 1 response"}
    return Duty(reference=reference, due_by=due_by, officers=officers, **(usual | changes))


def told(
    *duties: Duty,
    officers: Sequence[Officer] = (AMIR, MAY),
    rules: ReminderRules = RULES,
    today: date = TODAY,
) -> dict[str, int]:
    """Return how many duties each is told of, by the first part of the address."""
    digests = plan_digests(duties, officers, rules=rules, working_days=WorkingDays(), today=today)
    return {each.recipient.partition("@")[0]: len(each.duties) for each in digests}


@pytest.mark.parametrize(
    ("due_by", "who"),
    [
        (YESTERDAY, {"amir": 1, "may": 1}),
        (TODAY, {"amir": 1, "may": 1}),
        (TOMORROW, {"amir": 1, "may": 1}),
        (IN_TWO_DAYS, {"amir": 1}),
        (IN_THREE_DAYS, {}),
    ],
)
def test_the_officer_is_told_first_and_then_the_manager(due_by: date, who: dict[str, int]) -> None:
    """Two working days before the date, and one, by the settings (LGSCO 6.3, 6.15; HO 6.3, 6.14)."""
    assert told(duty(due_by, "amir")) == who


def test_the_days_before_are_working_days() -> None:
    """On the Thursday before Easter 2026 what is due on the Tuesday after it is one working day away."""
    maundy_thursday, tuesday = date(2026, 4, 2), date(2026, 4, 7)
    assert told(duty(tuesday, "amir"), today=maundy_thursday) == {"amir": 1, "may": 1}


def test_the_settings_move_the_days() -> None:
    """A council that wants more time has it."""
    rules = ReminderRules(officer_days_before=3, manager_days_before=0, team_address=TEAM)
    assert told(duty(IN_THREE_DAYS, "amir"), duty(TODAY, "amir"), rules=rules) == {"amir": 2, "may": 1}


def test_what_nobody_handles_goes_to_the_team() -> None:
    """An unassigned case has no officer who could be reminded."""
    assert told(duty(TODAY), duty(IN_TWO_DAYS), duty(IN_THREE_DAYS)) == {"team": 2}


@pytest.mark.parametrize(
    "gone", [officer("amir", is_disabled=True), officer("amir", email=""), officer("someone")]
)
def test_an_officer_who_cannot_be_reached_counts_as_nobody(gone: Officer) -> None:
    """Who has left, has no address or is unknown cannot be reminded: the team is."""
    assert told(duty(TODAY, "amir"), officers=[gone, MAY]) == {"team": 1}


def test_the_digest_of_an_officer_who_is_away_goes_to_the_manager_as_well() -> None:
    """Absence loses no reminder, and not the early one either."""
    away = officer("amir", "may", away_from=TODAY, away_until=TOMORROW)
    assert told(duty(IN_TWO_DAYS, "amir"), officers=[away, MAY]) == {"amir": 1, "may": 1}


def test_above_a_manager_who_is_away_is_the_next_manager() -> None:
    """The way up does not end at an empty chair."""
    may = officer("may", "zoe", away_from=TODAY)
    assert told(duty(TODAY, "amir"), officers=[AMIR, may, officer("zoe")]) == {"amir": 1, "may": 1, "zoe": 1}


@pytest.mark.parametrize("manager", ["", "amir", "nobody"])
def test_where_there_is_no_manager_the_team_is_told(manager: str) -> None:
    """An overdue answer is seen by a second pair of eyes in every council."""
    assert told(duty(TODAY, "amir"), officers=[officer("amir", manager)]) == {"amir": 1, "team": 1}


def test_managers_of_each_other_who_are_both_away_end_with_the_team() -> None:
    """A circle of managers is gone round once."""
    amir, may = officer("amir", "may", away_from=TODAY), officer("may", "amir", away_from=TODAY)
    assert told(duty(TODAY, "amir"), officers=[amir, may]) == {"amir": 1, "may": 1, "team": 1}


def test_names_and_addresses_are_compared_without_case() -> None:
    """One person has one digest, however they are written."""
    amir = officer("amir", "may", email="Amir@Harrowmere.example")
    found = plan_digests(
        [duty(TODAY, "AMIR"), duty(TODAY, "amir")], [amir, MAY],
        rules=RULES, working_days=WorkingDays(), today=TODAY,
    )  # fmt: skip
    assert [each.recipient for each in found] == ["amir@harrowmere.example", "may@harrowmere.example"]


def test_an_action_reminds_its_owner_and_the_officer_of_the_case() -> None:
    """Who promised it and who answers for it (LGSCO 7.3, HO 7.3)."""
    assert told(duty(IN_TWO_DAYS, "amir", "may")) == {"amir": 1, "may": 1}


def test_an_owner_who_is_no_officer_is_not_written_to() -> None:
    """A contractor may own an action; the officer of the case is reminded of it."""
    assert told(duty(IN_TWO_DAYS, "amir", "Roofs Ltd")) == {"amir": 1}


def test_without_a_team_address_the_team_managers_are_the_team() -> None:
    """Only where there is none of either does a reminder reach nobody; the doctor says so."""
    may = officer("may", role=Role.TEAM_MANAGER)
    assert told(duty(TODAY), officers=[AMIR, may], rules=ReminderRules()) == {"may": 1}
    assert told(duty(TODAY), officers=[AMIR], rules=ReminderRules()) == {}
    assert team_addresses([AMIR, may], rules=ReminderRules(team_address="Team@x.example")) == [
        "team@x.example"
    ]


def test_nothing_to_say_is_no_digest() -> None:
    """Nobody is written to for nothing."""
    assert told() == {}


def test_what_is_overdue_stands_on_top_then_what_is_due_today() -> None:
    """In the order of the dates, with the working days that are left."""
    duties = (duty(YESTERDAY), duty(TODAY), duty(IN_TWO_DAYS))
    said = details_of(Digest(TEAM, duties), today=TODAY, working_days=WorkingDays())
    assert [(row.due_by, row.working_days_left) for row in said.overdue] == [(YESTERDAY, -1)]
    assert [(row.due_by, row.working_days_left) for row in said.due] == [(TODAY, 0), (IN_TWO_DAYS, 2)]


def test_what_falls_due_together_on_a_case_is_one_line() -> None:
    """A case is named once a day and date."""
    both = (duty(), duty(what="read reply"), duty(what="read reply"), duty(reference="C-0000-0001-95"))
    said = details_of(Digest(TEAM, both), today=TODAY, working_days=WorkingDays())
    assert [row.what for row in said.due] == ["stage 1 response, read reply", "stage 1 response"]


def test_a_digest_has_an_end() -> None:
    """What would fill pages is counted; the most overdue is kept."""
    many = tuple(duty(reference=f"C-{number}") for number in range(MOST_ROWS + 7))
    said = details_of(Digest(TEAM, many), today=TODAY, working_days=WorkingDays())
    assert (len(said.due), said.notes) == (
        MOST_ROWS,
        ("7 more are due and not listed here; the queue shows them.",),
    )


def write(uow: FakeUnitOfWork, *duties: Duty, policy: Policy | None = None) -> bool:
    """Write the team's digest of today; say whether it was written."""
    digest = Digest(TEAM, duties or (duty(),))
    made = policy or Policy()
    return write_digest(uow, digest, policy=made, letterhead=LETTERHEAD, today=TODAY, now=NOW) is not None


def test_a_digest_is_a_queued_letter_of_no_case_with_its_audit_row() -> None:
    """It leaves like any letter, and the record says that it was written."""
    uow = FakeUnitOfWork()
    assert write(uow, duty(YESTERDAY), duty(TODAY))
    (letter,) = uow.letters.loose
    assert (letter.kind, letter.state, letter.recipient) == (LetterKind.DIGEST, LetterState.QUEUED, TEAM)
    assert uow.digests.all == {(TEAM, TODAY): letter}
    (row,) = uow.audit.rows
    assert (row.action, row.detail) == ("digest_written", {"letter": letter.id, "overdue": 1, "due": 1})


def test_a_digest_is_written_once_a_day() -> None:
    """A second worker, or the same one after a restart, changes nothing."""
    uow = FakeUnitOfWork()
    assert [write(uow), write(uow)] == [True, False]
    assert (len(uow.letters.loose), len(uow.audit.rows)) == (1, 1)


def test_a_digest_is_never_held_back() -> None:
    """While letters to people wait for an officer's release, officers are reminded all the same."""
    uow = FakeUnitOfWork()
    write(uow, policy=Policy(delivery=DeliveryMode.HOLD))
    assert uow.letters.loose[0].state is LetterState.QUEUED


def test_a_digest_names_references_and_duties() -> None:
    """What it says is what officers need to open the case, and nothing of the complainant."""
    uow = FakeUnitOfWork()
    write(uow, duty(YESTERDAY, reference="C-0000-0001-95"), duty(what="read reply"))
    text = " ".join(uow.letters.loose[0].text.split())
    assert text.index("C-0000-0001-95") < text.index("C-4827-1930-70")
    assert "stage 1 response" in text.casefold()
    assert "read reply" in text.casefold()
