"""What counts as healthy: each check both ways, and silence as a fault."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.health import GapCode, MailboxHealth, Reconciliation
from models.queries import Backlog
from operations.health import DELIVER, GUARD, PAGES, Check, Health, Level, Seen, judge

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

NOTHING_WAITS = Backlog(
    messages=0, oldest_message_at=None, letters=0, oldest_due_at=None, began_at=NOW - 30 * DAY
)
COMPARED = Reconciliation(at=NOW - 9 * HOUR, mailboxes=1, compared=1234)
POLLED = MailboxHealth(
    "complaints", polled_at=NOW - MINUTE, last_success_at=NOW - MINUTE, last_message_at=NOW - HOUR
)
WELL = Seen(
    mailboxes=(POLLED,),
    backlog=NOTHING_WAITS,
    queue_length=7,
    guard=MailboxHealth(GUARD, polled_at=NOW - MINUTE, last_success_at=NOW - MINUTE),
    deliver=None,
    reconciliation=COMPARED,
    free_bytes=50_000_000_000,
    poll_every=MINUTE,
    guard_every=5 * MINUTE,
)


def judged(**changes: Any) -> Health:
    """Judge a sound service with some things changed."""
    return judge(replace(WELL, **changes), now=NOW)


def check_of(name: str, **changes: Any) -> Check:
    """Return one check of a service with some things changed."""
    (found,) = [check for check in judged(**changes).checks if check.name == name]
    return found


def mailbox(**changes: Any) -> dict[str, Any]:
    """Return the mailbox with something changed."""
    return {"mailboxes": (replace(POLLED, **changes),)}


def waiting(**changes: Any) -> dict[str, Any]:
    """Return a backlog."""
    return {"backlog": replace(NOTHING_WAITS, **changes)}


def test_a_service_that_does_its_work_is_healthy() -> None:
    """Every check is well, and says what it saw."""
    health = judged()
    assert health.status is Level.OK
    assert all(check.said and not check.remedy for check in health.checks)
    assert [check.name for check in health.checks] == [
        "clock", "disk", "mailbox complaints", "messages", "letters", "guard", "reconcile", "queue",
    ]  # fmt: skip


def test_a_mailbox_that_stands_still_is_unhealthy_though_no_error_was_raised() -> None:
    """Nothing has failed on record: it only was not read since, and that alone is said."""
    stale = check_of("mailbox complaints", **mailbox(last_success_at=NOW.replace(hour=9, minute=12)))
    assert stale.level is Level.UNHEALTHY
    assert stale.said == "no successful poll of complaints since 09:12 UTC"
    assert "heard run" in stale.remedy


@pytest.mark.parametrize(
    ("poll_every", "ago", "level"),
    [
        (MINUTE, 5 * MINUTE, Level.OK),
        (MINUTE, 5 * MINUTE + timedelta(seconds=1), Level.UNHEALTHY),
        (HOUR, 3 * HOUR, Level.OK),
        (timedelta(seconds=1), 2 * MINUTE, Level.OK),
        (timedelta(seconds=1), 3 * MINUTE, Level.UNHEALTHY),
    ],
)
def test_a_mailbox_may_miss_three_polls_and_two_minutes(
    poll_every: timedelta, ago: timedelta, level: Level
) -> None:
    """The measure follows the settings."""
    changes = mailbox(last_success_at=NOW - ago)
    assert check_of("mailbox complaints", poll_every=poll_every, **changes).level is level


def test_a_mailbox_that_was_never_polled_is_unhealthy() -> None:
    """One that is in the settings and that nobody reads."""
    found = check_of("mailbox complaints", mailboxes=(MailboxHealth("complaints"),))
    assert (found.level, found.said) == (Level.UNHEALTHY, "no successful poll of complaints yet")


def test_what_a_mailbox_said_is_told_without_the_people_in_it() -> None:
    """Servers repeat addresses."""
    away = mailbox(last_success_at=NOW - 2 * DAY, away_since=NOW - 2 * DAY, fault="<ann@example.org> refused")
    found = check_of("mailbox complaints", **away)
    assert (
        found.said
        == "no successful poll of complaints since 2026-11-22 12:00 UTC; it said: (address) refused"
    )


def test_a_mailbox_that_failed_a_moment_ago_is_still_well() -> None:
    """One failure alarms nobody before the polls are really missing."""
    assert check_of("mailbox complaints", **mailbox(away_since=NOW, fault="away")).level is Level.OK


def test_one_mailbox_among_several_makes_the_whole_unhealthy() -> None:
    """The worst check counts."""
    health = judged(mailboxes=(POLLED, replace(POLLED, account="parking", last_success_at=NOW - DAY)))
    assert health.status is Level.UNHEALTHY
    wrong = [check.name for check in health.checks if check.level is not Level.OK]
    assert wrong == ["mailbox parking"]


@pytest.mark.parametrize(("minutes", "level"), [(15, Level.OK), (16, Level.UNHEALTHY)])
def test_a_message_may_wait_a_quarter_of_an_hour(minutes: int, level: Level) -> None:
    """Whatever the reader says of itself."""
    found = check_of("messages", **waiting(messages=1200, oldest_message_at=NOW - minutes * MINUTE))
    assert found.level is level
    assert "1,200 wait to be read" in found.said


@pytest.mark.parametrize(("minutes", "level"), [(60, Level.OK), (61, Level.UNHEALTHY)])
def test_a_letter_may_be_an_hour_past_due(minutes: int, level: Level) -> None:
    """Then the delivery stands still."""
    found = check_of("letters", **waiting(letters=3, oldest_due_at=NOW - minutes * MINUTE))
    assert found.level is level


@pytest.mark.parametrize(
    ("letters", "minutes", "level"), [(3, 61, Level.UNHEALTHY), (3, 60, Level.OK), (0, 300, Level.OK)]
)
def test_a_mail_server_that_stays_away_is_noticed_though_letters_are_put_off(
    letters: int, minutes: int, level: Level
) -> None:
    """Each failure moves a letter's due time, so that never tells; nothing to send is no fault."""
    away = MailboxHealth(DELIVER, polled_at=NOW, away_since=NOW - minutes * MINUTE)
    found = check_of("letters", deliver=away, **waiting(letters=letters, oldest_due_at=NOW + 5 * MINUTE))
    assert found.level is level


@pytest.mark.parametrize(
    ("guard", "level"),
    [
        (MailboxHealth(GUARD, last_success_at=NOW - 17 * MINUTE), Level.OK),
        (MailboxHealth(GUARD, last_success_at=NOW - 18 * MINUTE), Level.UNHEALTHY),
        (MailboxHealth(GUARD, polled_at=NOW, away_since=NOW), Level.UNHEALTHY),
        (None, Level.UNHEALTHY),
    ],
)
def test_the_guard_must_have_run_lately(guard: MailboxHealth | None, level: Level) -> None:
    """It is what keeps every acknowledgement in time."""
    assert check_of("guard", guard=guard).level is level


def test_cases_that_the_guard_cannot_acknowledge_are_no_health() -> None:
    """It ran, and they are late all the same; who looks is told how many and where their names are."""
    row = MailboxHealth(
        GUARD, polled_at=NOW, last_success_at=NOW - MINUTE, away_since=NOW,
        fault="3 cases failed and are not acknowledged",
    )  # fmt: skip
    found = check_of("guard", guard=row)
    assert (found.level, found.said) == (
        Level.UNHEALTHY, "last ran 12:00 UTC; 3 cases failed and are not acknowledged",
    )  # fmt: skip
    assert "guard_failed" in found.remedy
    stopped = check_of("guard", guard=replace(row, polled_at=NOW - HOUR, last_success_at=NOW - 2 * HOUR))
    assert "has not run since" in stopped.said


@pytest.mark.parametrize(
    ("gigabytes", "level"), [(3, Level.OK), (1.5, Level.WARNING), (0.9, Level.UNHEALTHY)]
)
def test_a_disk_is_called_full_before_it_is(gigabytes: float, level: Level) -> None:
    """There is time to make room."""
    assert check_of("disk", free_bytes=int(gigabytes * 1e9)).level is level


@pytest.mark.parametrize(
    ("result", "level"),
    [
        (replace(COMPARED, at=NOW - 26 * HOUR), Level.OK),
        (replace(COMPARED, at=NOW - 27 * HOUR), Level.UNHEALTHY),
        (replace(COMPARED, gap_counts={GapCode.NOT_KEPT: 0}), Level.OK),
        (replace(COMPARED, gap_counts={GapCode.NOT_KEPT: 2, GapCode.WAITING: 1}), Level.UNHEALTHY),
        (None, Level.UNHEALTHY),
    ],
)
def test_the_nightly_comparison_must_have_found_no_gap(result: Reconciliation | None, level: Level) -> None:
    """One that was not made is as bad as one that found something."""
    assert check_of("reconcile", reconciliation=result).level is level


def test_a_gap_is_named_by_its_code() -> None:
    """So that an alarm says at once what kind of trouble it is."""
    result = replace(COMPARED, gap_counts={GapCode.NOT_KEPT: 2, GapCode.WAITING: 1})
    assert "3 gaps 03:00 UTC: not_kept 2, waiting 1" in check_of("reconcile", reconciliation=result).said


@pytest.mark.parametrize(
    ("began_at", "level"),
    [(None, Level.OK), (NOW - 26 * HOUR, Level.OK), (NOW - 27 * HOUR, Level.UNHEALTHY)],
)
def test_a_record_that_began_a_day_ago_need_not_have_been_compared(
    began_at: datetime | None, level: Level
) -> None:
    """Its first night is still to come."""
    assert check_of("reconcile", reconciliation=None, **waiting(began_at=began_at)).level is level


@pytest.mark.parametrize(
    ("ends_on", "level"),
    [
        (date(2026, 12, 25), Level.OK),
        (date(2026, 12, 24), Level.WARNING),
        (date(2026, 11, 24), Level.WARNING),
        (date(2026, 11, 23), Level.UNHEALTHY),
    ],
)
def test_a_secret_is_warned_of_for_thirty_days(ends_on: date, level: Level) -> None:
    """On its last day it still holds; of a mailbox as of the mail server."""
    assert check_of("secret of mailbox complaints", **mailbox(secret_expires_on=ends_on)).level is level
    assert check_of("secret of sending", sending_secret_expires_on=ends_on).level is level


@pytest.mark.parametrize(
    ("ends_at", "read_at", "level"),
    [
        (NOW + MINUTE, NOW, Level.OK),
        (NOW - 3 * MINUTE, NOW - MINUTE, Level.WARNING),
        (NOW - MINUTE, NOW - 3 * MINUTE, Level.UNHEALTHY),
    ],
)
def test_a_token_that_was_not_renewed_is_noticed(ends_at: datetime, read_at: datetime, level: Level) -> None:
    """While a connection made with it is still read, it only warns."""
    changes = mailbox(token_expires_at=ends_at, last_success_at=read_at)
    assert check_of("token of complaints", **changes).level is level


def test_a_clock_before_the_program_was_written_is_wrong() -> None:
    """Machines without a battery begin in 1970."""
    health = judge(WELL, now=datetime(2026, 10, 1, tzinfo=UTC))
    assert health.checks[0].level is Level.UNHEALTHY


@pytest.mark.parametrize(("minutes", "level"), [(5, Level.OK), (6, Level.UNHEALTHY)])
def test_a_clock_that_was_set_back_is_told_by_the_record(minutes: int, level: Level) -> None:
    """Otherwise every poll of the future would look like one of a moment ago."""
    ahead = NOW + minutes * MINUTE
    assert check_of("clock", **mailbox(polled_at=ahead)).level is level
    assert check_of("clock", reconciliation=replace(COMPARED, at=ahead)).level is level


def test_a_warning_alone_is_not_unhealthy() -> None:
    """It is passed on and wakes nobody."""
    assert judged(free_bytes=1_500_000_000).status is Level.WARNING


def test_pages_that_could_not_be_served_are_unhealthy_until_they_are() -> None:
    """Mail is read all the same, and nobody would notice before an officer does."""
    fault = "listen under [queue] is 127.0.0.1:80, which cannot be listened on"
    failed = MailboxHealth(PAGES, polled_at=NOW - HOUR, away_since=NOW - HOUR, fault=fault)
    found = check_of("pages", pages=failed)
    assert (found.level, fault in found.said, "11:00" in found.said) == (Level.UNHEALTHY, True, True)
    served = MailboxHealth(PAGES, polled_at=NOW - MINUTE, last_success_at=NOW - MINUTE)
    assert "pages" not in [check.name for check in judged(pages=served).checks]
