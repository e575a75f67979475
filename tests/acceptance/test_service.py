"""`heard run` against a real Dovecot and a real SMTP server, as an administrator would leave it alone."""

import time

from installation import Installation, imap_table, smtp_table, wait_until
from letters_in import GRIEVANCE, REQUEST, mail
from servers import Dovecot, SmtpServer


def test_a_message_appended_over_imap_is_acknowledged_by_smtp(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """From the mailbox to the letter in one go, with threading headers and the right Ombudsman."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    running = installation.start()
    running.wait_for("started")
    dovecot.deliver(user, mail(message_id="<first.1@example.org>"))
    (letter,) = smtp.wait_for(1)
    assert letter.recipients == ("ann@example.org",)
    assert letter.message["In-Reply-To"] == "<first.1@example.org>"
    assert letter.message["Auto-Submitted"] == "auto-replied"
    assert "Housing Ombudsman Service" in letter.message.get_body(("plain",)).get_content()
    assert running.stop() < 10
    assert not {b"\\Seen"} & set(next(iter(dovecot.flags(user).values())))


def test_a_second_service_on_the_same_data_directory_is_refused(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """The second ends at once with a sentence; the first goes on."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    running = installation.start()
    running.wait_for("started")
    second = installation.run("run")
    assert second.code == 2
    assert "another Heard works on" in second.err
    assert "Traceback" not in second.err
    assert running.process.poll() is None
    assert running.stop() < 10


def test_an_imap_server_that_goes_away_is_said_and_read_again_when_it_is_back(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """The outage has a beginning and an end in the log, and what came after it is read."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    running = installation.start()
    running.wait_for("started")
    dovecot.stop()
    away = running.wait_for("mailbox_away")
    assert away["mailbox"] == "complaints"
    assert "next_try_in_s" in away
    dovecot.start()
    dovecot.deliver(user, mail(message_id="<after.outage@example.org>"))
    running.wait_for("mailbox_back", timeout=60)
    smtp.wait_for(1, timeout=60)
    assert running.stop() < 10


def test_an_smtp_server_that_goes_away_delays_letters_and_loses_none(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """Letters queue up meanwhile and go out, each once, when the server is back."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    smtp.stop()
    running = installation.start()
    for number in range(3):
        dovecot.deliver(
            user, mail(sender=f"p{number}@example.org", message_id=f"<away.{number}@example.org>")
        )
    running.wait_for("sender_away")
    smtp.start()
    letters = smtp.wait_for(3, timeout=90)
    time.sleep(2)
    assert len(smtp.letters) == 3
    assert len({letter.message["Message-ID"] for letter in letters}) == 3
    assert running.wait_for("sender_back")
    assert running.stop() < 10


def test_the_log_holds_no_personal_data(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """Neither names, addresses, subjects nor words of a message appear in what the service logs."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    running = installation.start()
    dovecot.deliver(user, mail(sender="Zebedee Quillfeather <zq@example.org>", subject="Peculiar boiler"))
    dovecot.deliver(user, b"\xff\xfe not mail at all, Quillfeather\r\n")
    smtp.wait_for(1)
    assert running.stop() < 10
    logged = running.log.read_text(encoding="utf-8")
    assert "message_settled" in logged
    assert not [word for word in ("Zebedee", "Quillfeather", "zq@", "Peculiar", "boiler") if word in logged]


def test_several_mailboxes_are_read_and_one_that_fails_stops_no_other(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """A mailbox with a wrong user name is reported; the other one is read."""
    broken = imap_table(dovecot, "nobody-of-that-name", name="broken")
    installation.configure(broken, imap_table(dovecot, user), smtp_table(smtp))
    running = installation.start()
    dovecot.deliver(user, mail())
    smtp.wait_for(1)
    assert running.wait_for("mailbox_away")["mailbox"] == "broken"
    assert running.stop() < 10


def test_an_officer_works_what_the_night_brought(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """Queue, one case whole, and a ruling that sends the letter it asks for."""
    installation.configure(
        imap_table(dovecot, user), smtp_table(smtp), '[acknowledgement]\nmode = "officer"\n'
    )
    dovecot.deliver(user, mail(message_id="<night.1@example.org>", body=GRIEVANCE))
    dovecot.deliver(user, mail(sender="bo@example.org", subject="Street light", body=REQUEST))
    assert installation.run("poll", "--json").json["ledger"]["case"] == 2
    assert smtp.letters == []
    rows = installation.run("queue", "--json").lines
    assert len(rows) == 2
    assert all("acknowledgement owed" in row["tasks"][0] for row in rows)
    reference = next(row["reference"] for row in rows if row["address"] == "ann@example.org")
    shown = installation.run("queue", reference)
    assert shown.code == 0
    assert "nobody came" in " ".join(shown.out.replace("│", " ").split())
    said = ("rule", reference, "--status", "complaint", "--reason", "Two visits missed.")
    refused = installation.run(*said, "--flag", "frail")
    assert (refused.code, "there is no flag 'frail'" in refused.err) == (2, True)
    ruled = installation.run(*said, "--exclusion", "none", "--flag", "vulnerable")
    assert ruled.code == 0, ruled.err
    installation.run("poll")
    (letter,) = smtp.wait_for(1)
    assert "stage 1" in letter.message.get_body(("plain",)).get_content()
    assert len(installation.run("queue", "--json").lines) == 2, "a complaint waits for its answer"
    done = installation.run("rule", reference, "--answered", "--reason", "Engineer sent, apology given.")
    assert done.code == 0, done.err
    assert len(installation.run("queue", "--json").lines) == 1


def test_the_service_reads_a_message_that_an_officer_has_read_in_outlook(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """Whether somebody has seen a message says nothing: our own cursor does."""
    from imapclient import IMAPClient  # noqa: PLC0415  # only here

    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    dovecot.deliver(user, mail())
    with IMAPClient(dovecot.host, port=dovecot.plain_port, ssl=False) as client:
        client.login(user, "secret")
        client.select_folder("INBOX")
        client.add_flags(client.search(), [b"\\Seen"])
    assert installation.run("poll", "--json").json["kept"] == 1


def test_stopping_while_the_mail_server_hangs_takes_less_than_ten_seconds(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """A frozen server keeps nobody waiting."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    running = installation.start()
    running.wait_for("started")
    wait_until(lambda: True, what="nothing")
    dovecot.freeze()
    try:
        time.sleep(2)
        assert running.stop() < 10
    finally:
        dovecot.thaw()
