"""The duty officer is told at once of danger, safeguarding and abuse."""

from datetime import date

import pytest
from builders import LETTERHEAD, NOW, make_case, make_decision

from casework.alert_duty import alert_duty
from casework.policy import Policy
from models.case import Case
from models.codes import Flag, LetterKind, TaskKind

URGENT = [Flag.SAFEGUARDING, Flag.ABUSIVE, Flag.SAFETY_HAZARD]


def alerted(*flags: Flag, duty_address: str = "duty@council.example") -> Case:
    """Return a case about which the duty officer was perhaps alerted."""
    case = make_case()
    alert_duty(
        case,
        make_decision(flags=flags),
        policy=Policy(duty_address=duty_address),
        letterhead=LETTERHEAD,
        now=NOW,
    )
    return case


@pytest.mark.parametrize("flag", URGENT)
def test_an_urgent_flag_opens_a_task_for_today_and_sends_an_alert(flag: Flag) -> None:
    """What cannot wait is in the queue for today and in the duty officer's mailbox."""
    case = alerted(flag)
    assert [(task.kind, task.due_by) for task in case.tasks] == [(TaskKind.DUTY_ALERT, date(2026, 3, 3))]
    assert [(letter.kind, letter.recipient) for letter in case.letters] == [
        (LetterKind.DUTY_ALERT, "duty@council.example")
    ]


@pytest.mark.parametrize("flag", sorted(set(Flag) - set(URGENT)))
def test_the_other_flags_alert_nobody(flag: Flag) -> None:
    """Vulnerability orders the queue, it does not ring the bell."""
    case = alerted(flag)
    assert (case.tasks, case.letters) == ([], [])


def test_the_task_names_every_ground() -> None:
    """An officer sees all the reasons in one task."""
    case = alerted(Flag.SAFEGUARDING, Flag.ABUSIVE, Flag.VULNERABLE)
    assert [task.note for task in case.tasks] == ["please look today: abusive, safeguarding"]


def test_without_a_duty_address_there_is_a_task_alone() -> None:
    """Where the settings name nobody, the queue still holds the alert."""
    case = alerted(Flag.SAFEGUARDING, duty_address="")
    assert (len(case.tasks), case.letters) == (1, [])


def test_an_alert_says_nothing_about_the_person() -> None:
    """An alert goes through a mailbox that others may read, so it has the reference and no more."""
    letter = alerted(Flag.SAFEGUARDING).letters[0]
    said = f"{letter.subject} {letter.text}"
    assert make_case().reference in said
    for private in ("Ann", "ann@example.org", "bin", "safeguarding"):
        assert private not in said
