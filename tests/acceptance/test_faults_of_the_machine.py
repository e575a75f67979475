"""A full disk, a mail server that dies in mid-fetch, a mailbox that cannot be marked: nothing is lost."""

import resource
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from installation import Installation, imap_table, smtp_table, wait_until
from letters_in import GRIEVANCE, mail
from servers import Dovecot, SmtpServer

ODD = sorted((Path(__file__).parents[1] / "mail").glob("00*.eml"))
ROOMS = (0, 4_096, 60_000, 300_000, 1_000_000, 3_000_000)
"""Bytes that any file may grow to: the record runs out of room at another write each time."""


def maildir(installation: Installation, messages: list[bytes]) -> str:
    """Fill a Maildir and return its settings."""
    folder = installation.folder / "inbox"
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(messages):
        (folder / "new" / f"{number:06d}.x").write_bytes(raw)
    return f'[[mailboxes]]\nname = "complaints"\nkind = "maildir"\npath = "{folder}"\n'


def within(room: int) -> Callable[[], None]:
    """Return what gives a process files of so many bytes at most, as a full disk would."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


def reconciled(installation: Installation) -> dict[str, object]:
    """Return what reconcile finds amiss, without any grace."""
    found = installation.run("reconcile", "--deep", "--grace", "0", "--json")
    said: dict[str, object] = found.json
    return {"gaps": said["gaps"], "twice": said["kept_twice"], "by_outcome": said["by_outcome"]}


def test_a_disk_that_is_full_at_any_write_loses_and_doubles_nothing(installation: Installation) -> None:
    """Each run says what is wrong in a line and ends; with room again everything has its outcome, once."""
    messages = [file.read_bytes() for file in ODD]
    installation.configure(maildir(installation, messages))
    for room in ROOMS:
        done = installation.run("poll", "--json", before=within(room))
        assert done.code in {0, 2}, done.err
        assert "Traceback" not in done.err, done.err
        assert done.code == 0 or done.err.splitlines()[-1].startswith("heard: "), done.err
    assert installation.run("poll", "--json").code == 0
    found = reconciled(installation)
    assert (found["gaps"], found["twice"]) == ([], [])
    assert sum(found["by_outcome"].values()) == len(messages)  # type: ignore[attr-defined]  # a count of each


def test_a_mail_server_killed_in_mid_fetch_loses_and_doubles_nothing(
    installation: Installation, dovecot: Dovecot, user: str
) -> None:
    """The poll ends with a sentence; the next one goes on where the ledger ends."""
    count = 400
    dovecot.fill(user, (mail(sender=f"p{n}@example.org", body=f"{GRIEVANCE} {n}") * 40 for n in range(count)))
    installation.configure(imap_table(dovecot, user))
    record = installation.data / "heard.db-wal"
    killer = threading.Thread(target=lambda: (_until_large(record), dovecot.kill()))
    killer.start()
    try:
        done = installation.run("poll", "--json")
    finally:
        killer.join()
        dovecot.start()
    assert done.code == 2, done.err
    assert "broke off" in done.json["away"]["complaints"]
    assert 0 < done.json["kept"] + sum(done.json["ledger"].values()) < 2 * count
    assert installation.run("poll", "--json").code == 0
    found = reconciled(installation)
    assert (found["gaps"], found["twice"]) == ([], [])
    assert sum(found["by_outcome"].values()) == count  # type: ignore[attr-defined]  # a count of each


def _until_large(file: Path) -> None:
    wait_until(lambda: file.exists() and file.stat().st_size > 500_000, what="the first batches")


def test_a_mailbox_that_cannot_be_marked_is_read_all_the_same(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """A folder name that the server refuses keeps no message from becoming a case, and is said."""
    table = imap_table(dovecot, user, more='processed = "move"\nmove_to = "bad~/../name"')
    installation.configure(table, smtp_table(smtp))
    running = installation.start()
    dovecot.deliver(user, mail())
    smtp.wait_for(1)
    assert running.wait_for("not_marked")["mailbox"] == "complaints"
    assert running.events("mailbox_away") == []
    assert dovecot.uids(user) == [1]
    assert running.stop() < 10


@pytest.mark.parametrize("wrong", ["nobody", ""])
def test_one_mailbox_that_refuses_us_stops_no_other_and_doctor_says_what_to_do(
    wrong: str, installation: Installation, dovecot: Dovecot, user: str
) -> None:
    """The other one is read in the same pass; the exit code tells, and so does the doctor."""
    broken = imap_table(dovecot, wrong or "u-nobody", name="broken")
    installation.configure(broken, imap_table(dovecot, user))
    dovecot.deliver(user, mail())
    done = installation.run("poll", "--json")
    assert (done.code, done.json["kept"]) == (2, 1)
    assert list(done.json["away"]) == ["broken"]
    examined = installation.run("doctor", "--json")
    (finding,) = [each for each in examined.json if each["what"] == "mailbox broken" and not each["ok"]][:1]
    assert finding["remedy"]
    assert examined.code == 1
