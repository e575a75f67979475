"""The first weeks, and trying out: letters that are held, letters that all go to one address, and replies."""

from typing import Any

from installation import Installation, imap_table, smtp_table
from letters_in import GRIEVANCE, mail
from servers import Dovecot, SmtpServer
from sqlalchemy import create_engine, text

HOLD = '[delivery]\nmode = "hold"\n'
REDIRECT = '[delivery]\nmode = "redirect"\nredirect_to = "tester@harrowmere.example"\n'


def test_while_letters_are_held_nothing_leaves_and_a_change_of_mode_releases_nothing(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """An officer releases each; the doctor says how many wait meanwhile."""
    tables = (imap_table(dovecot, user), smtp_table(smtp))
    installation.configure(*tables, HOLD)
    dovecot.deliver(user, mail(message_id="<held.1@example.org>"))
    assert installation.run("poll", "--json").json["sent"] == 0
    said = findings(installation)["delivery"]
    assert said["said"].startswith("LETTERS ARE HELD")
    assert "1 held" in said["said"]
    installation.configure(*tables)
    dovecot.deliver(user, mail(sender="bo@example.org", message_id="<sent.1@example.org>"))
    assert installation.run("poll", "--json").json["sent"] == 1
    assert [letter.recipients for letter in smtp.letters] == [("bo@example.org",)]
    assert states(installation) == {"held": 1, "sent": 1}


def test_a_redirected_installation_writes_to_nobody_else_and_the_doctor_calls_it_wrong(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """Not even the duty officer; and the address for replies carries the case."""
    installation.configure(
        imap_table(dovecot, user),
        smtp_table(smtp) + "plus_addresses = true\n" + 'sent_folder = "Sent"\n',
        REDIRECT,
    )
    dovecot.deliver(user, mail(message_id="<redirected.1@example.org>"), folder="Sent")
    dovecot.deliver(user, mail(message_id="<redirected.2@example.org>"))
    assert installation.run("poll", "--json").json["sent"] == 1
    (letter,) = smtp.letters
    assert letter.recipients == ("tester@harrowmere.example",)
    assert letter.message["Subject"].startswith("[for ann@example.org] ")
    assert letter.message["Reply-To"].startswith("complaints+C-")
    assert len(dovecot.uids(user, "Sent")) == 2
    said = findings(installation)
    assert not said["delivery"]["ok"]
    assert "NONE TO THE PEOPLE" in said["delivery"]["said"]
    assert said["sent folder"]["ok"]


def test_a_reply_to_the_case_s_own_address_joins_it_and_a_stranger_s_does_not(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """Without threading and without the mark at the end of our letter; the stranger gets no letter."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp) + "plus_addresses = true\n")
    dovecot.deliver(user, mail(message_id="<plus.1@example.org>"))
    installation.run("poll", "--json")
    own = str(smtp.letters[0].message["Reply-To"])
    later = {"subject": "Still cold", "body": "It is colder still, and nobody has rung me."}
    for number, sender in enumerate(("Ann Resident <ann@example.org>", "stranger@example.net")):
        raw = mail(sender=sender, message_id=f"<plus.later.{number}@example.org>", **later)
        dovecot.deliver(user, raw.replace(b"complaints@harrowmere.example", own.encode()))
    ledger = installation.run("poll", "--json").json["ledger"]
    assert (ledger["case"], ledger["reply"]) == (2, 1)
    assert len(smtp.letters) == 1
    assert GRIEVANCE not in smtp.letters[0].raw.decode()


def findings(installation: Installation) -> dict[str, dict[str, Any]]:
    """Return what the doctor says, by what it looked at."""
    return {each["what"]: each for each in installation.run("doctor", "--json").json}


def states(installation: Installation) -> dict[str, int]:
    """Return how many letters are in which state."""
    engine = create_engine(f"sqlite:///{installation.data / 'heard.db'}")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT state, count(*) FROM letters GROUP BY state")).all()
    engine.dispose()
    return {str(state): int(count) for state, count in found}
