"""Killed with SIGKILL at every station and started again: nothing lost, nothing doubled."""

from collections import Counter
from pathlib import Path

import pytest
from installation import Installation, imap_table, smtp_table
from letters_in import GRIEVANCE, mail
from servers import Dovecot, SmtpServer
from sqlalchemy import create_engine, text

STATIONS = {
    "after_fetch": (1, 1),
    "after_keep": (1,),
    "after_parse": (1, 1),
    "before_commit": (1, 4),
    "after_case": (1, 4),
    "after_accepted": (1, 4),
}
"""Each station, and at which pass each of the runs dies there."""

MESSAGES = 12
ODD = sorted((Path(__file__).parents[1] / "mail").glob("*.eml"))


@pytest.mark.parametrize("station", STATIONS)
def test_a_kill_loses_nothing_and_doubles_nothing(
    station: str, installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """Every message ends in one outcome, every person has one case, every letter one Message-ID."""
    installation.configure(imap_table(dovecot, user, more='processed = "flag"'), smtp_table(smtp))
    for number in range(MESSAGES):
        dovecot.deliver(user, person(number))
    for passes in STATIONS[station]:
        installation.start(HEARD_KILL_AT=f"{station}:{passes}").wait_until_killed()
    done = installation.run("poll", "--json")
    assert done.code == 0, done.err
    assert done.json["ledger"] == {
        "case": MESSAGES, "reply": 0, "machine": 0, "duplicate": 0, "quarantine": 0, "waiting": 0,
    }  # fmt: skip
    rows = ledger(installation)
    assert len({row["case_id"] for row in rows}) == MESSAGES
    sent = Counter(letter.message["Message-ID"] for letter in smtp.letters)
    recipients = {letter.recipients[0] for letter in smtp.letters}
    assert len(sent) == len(recipients) == MESSAGES
    # A kill between the server's yes and our note of it sends one letter again, under the same Message-ID.
    assert sum(sent.values()) - len(sent) <= len(STATIONS[station])
    assert all(b"HeardKept" in flags for flags in dovecot.flags(user).values())


def test_every_odd_message_survives_kills_with_exactly_one_outcome(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """The whole of tests/mail/, killed in the middle twice, is accounted for to the last message."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    dovecot.fill(user, [file.read_bytes() for file in ODD])
    for station in ("after_keep:2", "after_case:60"):
        installation.start(HEARD_KILL_AT=station).wait_until_killed()
    done = installation.run("poll", "--json").json
    assert done["ledger"]["waiting"] == 0
    assert sum(done["ledger"].values()) == len(ODD)


def person(number: int) -> bytes:
    """Return a grievance of a person of their own."""
    return mail(
        sender=f"Person {number} <person{number}@example.org>",
        subject=f"Boiler at number {number}",
        body=f"{GRIEVANCE}\n\nNumber {number}",
        message_id=f"<boiler.{number}@example.org>",
    )


def ledger(installation: Installation) -> list[dict[str, object]]:
    """Return the rows of the ledger."""
    engine = create_engine(f"sqlite:///{installation.data / 'heard.db'}")
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(text("SELECT * FROM messages")).mappings()]
    engine.dispose()
    return rows
