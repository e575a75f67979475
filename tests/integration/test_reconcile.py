"""Every gap between a mailbox and the ledger, produced for real with a Dovecot, on both databases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from ledgers import HOUR, Ledger, now
from letters_in import mail
from servers import Dovecot, free_port
from sqlalchemy import Engine, func, select

from bootstrap import App
from casework.quarantine import quarantine
from intake.fetch import fetch
from intake.mailbox import ImapAccount, ImapMailbox
from models import orm
from models.codes import Outcome, Security
from models.deadlines import WorkingDays
from models.health import GapCode, Reconciliation
from models.locks import single
from models.message import FetchedMessage, Message
from models.ports import Mailbox
from operations.reconcile import reconcile, run_reconcile
from settings import Record, Settings


@dataclass(kw_only=True)
class Office(Ledger):
    """A record, and one account's mailbox on a Dovecot."""

    server: Dovecot
    user: str
    opened: list[ImapMailbox] = field(default_factory=list)

    def mailbox(self, **changes: Any) -> ImapMailbox:
        """Return the mailbox over a connection of its own."""
        said: dict[str, Any] = {
            "name": "box", "host": self.server.host, "port": self.server.tls_port, "username": self.user,
            "security": Security.TLS, "password": "secret", "ca_file": str(self.server.certificate),
        }  # fmt: skip
        self.opened.append(ImapMailbox(ImapAccount(**(said | changes))))
        return self.opened[-1]

    def mailboxes(self) -> Sequence[Mailbox]:
        """Return the one mailbox."""
        return [self.mailbox()]

    def take_in(self, messages: int = 0) -> None:
        """Deliver some messages, fetch what waits, and settle it as nobody's."""
        numbers = [next(self.numbers) for _ in range(messages)]
        self.server.fill(self.user, [mail(subject=f"Number {number}") for number in numbers])
        fetch(self.mailbox(), self.units, clock=now, working_days=WorkingDays(), station=lambda _name: None)
        self.run("UPDATE messages SET outcome = 'machine' WHERE outcome IS NULL")


@pytest.fixture
def office(engine: Engine, dovecot: Dovecot, user: str) -> Iterator[Office]:
    """Return a record on each database, with a mailbox of its own."""
    made = Office(engine, server=dovecot, user=user)
    yield made
    for mailbox in made.opened:
        mailbox.close()


def test_a_mailbox_lists_what_it_shows_without_bodies(office: Office) -> None:
    """Place, size and time of every message of every folder, in the order of the uids."""
    raws = [mail(subject=f"Number {number}") for number in range(3)]
    for raw in raws[:2]:
        office.server.deliver(office.user, raw)
    office.server.deliver(office.user, raws[2], folder="Junk")
    listed = list(office.mailbox(folders=("INBOX", "Junk")).listing())
    assert [(each.place.folder, each.place.uid) for each in listed] == [
        ("INBOX", "1"), ("INBOX", "2"), ("Junk", "1"),
    ]  # fmt: skip
    assert [each.size for each in listed] == [len(raw) for raw in raws]
    assert all(each.place.uid_validity for each in listed)
    assert all(each.arrived_at is not None and abs(now() - each.arrived_at) < HOUR / 60 for each in listed)


def test_a_mailbox_lists_uids_far_apart_in_parts(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows and batches lose nothing at their edges, and what was deleted is not shown."""
    monkeypatch.setattr("intake.mailbox._UID_WINDOW", 7)
    monkeypatch.setattr("intake.mailbox._LISTED_AT_ONCE", 3)
    office.server.fill(office.user, [mail(subject=f"Number {number}") for number in range(23)])
    assert [each.place.uid for each in office.mailbox().listing()] == [str(uid) for uid in range(1, 24)]


def test_where_everything_is_kept_there_is_no_gap(office: Office) -> None:
    """Messages are counted by mailbox and by outcome."""
    office.take_in(30)
    result = office.compare()
    assert result.gaps == ()
    assert result.gap_count == 0
    assert (result.mailboxes, result.compared) == (1, 30)
    assert result.by_outcome["machine"] == 30
    assert result.kept_twice == ()


def test_a_message_that_was_passed_over_is_named_with_what_to_do(office: Office) -> None:
    """A ledger row that is lost behind the cursor: no later poll would ever fetch that message again."""
    office.take_in(5)
    office.run("DELETE FROM messages WHERE uid = '3'")
    office.take_in()
    mailbox, where, said = office.gap(GapCode.NOT_KEPT)
    assert (mailbox, where) == ("box", "INBOX uid 3")
    assert "passed over; move it to another folder and back" in said


def test_moving_a_message_away_and_back_closes_the_gap(office: Office) -> None:
    """What the sentence says to do, done."""
    office.take_in(3)
    office.run("DELETE FROM messages WHERE uid = '2'")
    with office.server._signed_in(office.user) as client:  # noqa: SLF001  # as an officer's mail program would
        client.create_folder("Aside")
        for folder, uid, to in (("INBOX", 2, "Aside"), ("Aside", 1, "INBOX")):
            client.select_folder(folder)
            client.move([uid], to)
    office.take_in()
    assert office.compare().gap_count == 0


def test_a_message_that_has_just_come_is_not_a_gap_yet(office: Office) -> None:
    """A quarter of an hour later it is, and with no grace at once."""
    office.take_in(1)
    office.server.deliver(office.user, mail())
    assert office.compare(at=now() + timedelta(minutes=14)).gap_count == 0
    at = now() + timedelta(seconds=5)
    assert office.compare(at=at, grace=timedelta()).gap_counts == {GapCode.NOT_KEPT: 1}
    assert "see that `heard run` is running" in office.gap(GapCode.NOT_KEPT)[2]


def test_a_message_from_the_far_future_is_not_hidden_by_its_date(office: Office) -> None:
    """A mail server with a wrong clock must not keep a gap from being seen."""
    office.server.deliver(office.user, mail())
    assert office.compare(at=now() - timedelta(days=2)).gap_counts == {GapCode.NOT_KEPT: 1}


def test_a_folder_whose_uids_began_anew_has_no_gap_once_it_is_read_again(office: Office) -> None:
    """Before that every message in it is one (fact 7)."""
    office.take_in(4)
    office.opened.pop().close()
    office.server.forget_uids(office.user)
    assert office.compare().gap_counts == {GapCode.NOT_KEPT: 4}
    office.take_in()
    assert office.compare().gap_count == 0


def test_a_message_that_was_not_kept_whole_is_named(office: Office) -> None:
    """The mailbox says another size than the ledger."""
    office.server.deliver(office.user, mail())
    (listed,) = office.mailbox().listing()
    keep(office, FetchedMessage(listed.place, b"Subject: cut\r\n\r\nsho", now(), size=19))
    mailbox, where, said = office.gap(GapCode.SIZE_DIFFERS)
    assert (mailbox, where) == ("box", "INBOX uid 1")
    assert f"{listed.size:,} bytes and the ledger 19" in said


def test_line_ends_that_are_counted_in_another_way_are_no_gap(office: Office) -> None:
    """Some servers count LF as one byte, some as two; the message is the same."""
    raw = mail()
    office.server.deliver(office.user, raw)
    (listed,) = office.mailbox().listing()
    bare = raw.replace(b"\r\n", b"\n")
    keep(office, FetchedMessage(listed.place, bare, now(), size=len(bare)))
    assert office.compare().gap_count == 0


def test_a_message_over_the_limit_is_not_compared_by_its_size(office: Office) -> None:
    """It was never taken, and an officer has it."""
    office.server.deliver(office.user, mail())
    (listed,) = office.mailbox().listing()
    with office.units() as uow:
        message = row(FetchedMessage(listed.place, None, now(), size=0))
        uow.messages.keep(message, None)
        uow.flush()
        quarantine(uow, message, reason="it cannot be read", working_days=WorkingDays(), now=now())
        uow.commit()
    assert office.compare().gap_count == 0


def test_a_mailbox_that_cannot_be_read_makes_the_comparison_a_part(office: Office) -> None:
    """It is named, and the other mailboxes are compared all the same."""
    office.take_in(3)
    away = office.mailbox(name="away", port=free_port())
    result = reconcile(office.engine, [away, office.mailbox()], now=now() + HOUR)
    assert result.gap_counts == {GapCode.MAILBOX_AWAY: 1}
    assert result.gaps[0].mailbox == "away"
    assert "not whole" in result.gaps[0].said
    assert (result.mailboxes, result.compared) == (2, 3)


def test_thousands_of_gaps_are_all_counted_and_some_hundred_named(office: Office) -> None:
    """The result stays small whatever happens."""
    office.server.fill(office.user, [mail(subject=f"Number {number}") for number in range(1100)])
    result = office.compare()
    assert result.gap_counts == {GapCode.NOT_KEPT: 1100}
    assert len(result.gaps) == 500
    office.take_in()
    office.run("UPDATE messages SET outcome = 'quarantine'")
    result = office.compare()
    assert result.gap_counts == {GapCode.OUTCOME_BROKEN: 1100}
    assert len(result.gaps) == 500


@pytest.fixture
def app(record_url: str, tmp_path: Path) -> Iterator[App]:
    """Return the program on the same record."""
    made = App(Settings(data=tmp_path, record=Record(url=record_url)), structlog.get_logger())
    yield made
    made.engine.dispose()


def test_mailboxes_on_disk_are_compared_like_any_other(
    office: Office, record_url: str, tmp_path: Path
) -> None:
    """A Maildir, a folder of files and an mbox file: nothing amiss once read, and each new message a gap."""
    raw = mail(subject="On disk").replace(b"\r\n", b"\n")
    places = {
        "maildir": tmp_path / "maildir" / "new" / "1", "eml": tmp_path / "eml" / "1.eml",
        "mbox": tmp_path / "mbox.mbox",
    }  # fmt: skip
    said = [
        {"name": kind, "kind": kind, "path": place if kind == "mbox" else tmp_path / kind}
        for kind, place in places.items()
    ]
    settings = Settings.model_validate(
        {"data": tmp_path, "organisation": {}, "record": {"url": record_url}, "mailboxes": said}
    )
    app = App(settings, structlog.get_logger(), clock=lambda: now() + HOUR)
    (tmp_path / "maildir" / "cur").mkdir(parents=True)
    for place in places.values():
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"From ann Tue Nov 24\n" + raw + b"\n" if place.suffix == ".mbox" else raw)
    for mailbox in app.mailboxes():
        fetch(mailbox, app.units, clock=app.clock, working_days=WorkingDays(), station=lambda _name: None)
    office.run("UPDATE messages SET outcome = 'machine'")
    sound = run_reconcile(app)
    assert sound is not None
    assert (sound.compared, sound.gaps) == (3, ())
    office.run("DELETE FROM messages")
    lost = run_reconcile(app)
    assert lost is not None
    assert [(gap.code, gap.mailbox) for gap in lost.gaps] == [(GapCode.NOT_KEPT, kind) for kind in places]
    app.engine.dispose()


def test_a_result_is_kept_for_the_judgement_of_health(office: Office, app: App) -> None:
    """Unless it was made without grace: that names messages which are merely new."""
    office.server.deliver(office.user, mail())
    result = run_reconcile(app, [office.mailbox()], now=now() + timedelta(minutes=1), grace=timedelta())
    assert result is not None
    assert result.gap_counts == {GapCode.NOT_KEPT: 1}
    assert kept_result(office) is None
    result = run_reconcile(app, [office.mailbox()], now=now() + HOUR)
    assert result is not None
    kept = kept_result(office)
    assert kept is not None
    assert (kept.at, kept.gaps, kept.gap_counts) == (result.at, result.gaps, result.gap_counts)


def test_bytes_once_found_damaged_are_looked_at_until_they_are_whole(office: Office, app: App) -> None:
    """The next comparison reads all of them again, although they came before the last one."""
    office.take_in(1)
    office.run("UPDATE messages SET fetched_at = '2026-01-05 09:00:00'")
    office.take_in(1)
    office.damage(uid=1)
    for number in range(2):
        result = run_reconcile(app, [office.mailbox()], now=now() + (number + 1) * HOUR)
        assert result is not None
        assert result.gap_counts == {GapCode.RAW_DAMAGED: 1}


def test_two_workers_do_not_compare_at_the_same_time(office: Office, app: App) -> None:
    """One holds the lock; on SQLite there is one worker only."""
    with single(office.engine, "reconcile"):
        result = run_reconcile(app, [office.mailbox()])
    assert (result is None) is (office.engine.dialect.name == "postgresql")


def test_comparing_changes_nothing_in_mailbox_and_ledger(office: Office, app: App) -> None:
    """Not a flag, not a row, beside the result itself."""
    office.take_in(3)
    before = (state_of(office), office.server.flags(office.user))
    run_reconcile(app, [office.mailbox()], is_deep=True)
    assert (state_of(office), office.server.flags(office.user)) == before


def keep(office: Office, fetched: FetchedMessage) -> None:
    """Keep what a mailbox is said to have given."""
    with office.units() as uow:
        message = row(fetched)
        message.outcome = Outcome.MACHINE
        assert uow.messages.keep(message, fetched.raw)
        uow.messages.advance(fetched.place)
        uow.commit()


def row(fetched: FetchedMessage) -> Message:
    """Return the ledger row of what a mailbox gave."""
    place = fetched.place
    return Message(
        account=place.account, folder=place.folder, uid_validity=place.uid_validity, uid=place.uid,
        sha256=None, size=fetched.size, received_at=now(), fetched_at=now(),
    )  # fmt: skip


def kept_result(office: Office) -> Reconciliation | None:
    """Return the last result on record."""
    with office.units(reads=True) as uow:
        return uow.health.last_reconciliation()


def state_of(office: Office) -> list[Any]:
    """Return how many rows every table holds but that of the results, and the ledger's rows."""
    tables = [table for name, table in orm.metadata.tables.items() if name != "reconciliations"]
    with office.engine.connect() as connection:
        counts = [connection.scalar(select(func.count()).select_from(table)) for table in tables]
        return [*counts, *connection.execute(select(orm.messages).order_by(orm.messages.c.id)).all()]
