"""The larger installation: PostgreSQL as the record, brought up to date by hand, shared by two workers."""

from installation import Installation, imap_table, smtp_table
from letters_in import mail
from servers import Dovecot, Postgres, SmtpServer


def test_a_postgresql_record_is_migrated_by_hand_and_then_works(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer, postgres: Postgres
) -> None:
    """Before `heard migrate` nothing is touched; after it the same program does the same work."""
    url = postgres.new_database()
    installation.configure(imap_table(dovecot, user), smtp_table(smtp), f'[record]\nurl = "{url}"\n')
    dovecot.deliver(user, mail())
    early = installation.run("poll")
    assert early.code == 2
    assert "run `heard migrate`" in early.err
    assert installation.run("migrate").code == 0
    assert installation.run("poll", "--json").json["ledger"]["case"] == 1
    assert len(installation.run("queue", "--json").lines) == 1
    smtp.wait_for(1)


def test_two_services_on_one_postgresql_double_nothing(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer, postgres: Postgres
) -> None:
    """Each message is settled by one of them, each letter sent by one of them."""
    url = postgres.new_database()
    record = f'[record]\nurl = "{url}"\n'
    installation.configure(imap_table(dovecot, user), smtp_table(smtp), record)
    assert installation.run("migrate").code == 0
    other = Installation(installation.folder / "other")
    (other.data / "artefacts").symlink_to(installation.data / "artefacts")
    other.configure(imap_table(dovecot, user), smtp_table(smtp), record)
    services = [installation.start(), other.start()]
    try:
        for service in services:
            service.wait_for("started")
        for number in range(30):
            raw = mail(sender=f"p{number}@example.org", message_id=f"<two.{number}@example.org>")
            dovecot.deliver(user, raw)
        smtp.wait_for(30, timeout=60)
        for service in services:
            assert service.stop() < 10
    finally:
        other.kill_all()
    assert len({letter.recipients for letter in smtp.letters}) == len(smtp.letters) == 30
    assert len(installation.run("queue", "--json").lines) == 30
