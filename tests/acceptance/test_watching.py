"""`heard reconcile`, /healthz and `heard doctor` beside a running service, as an administrator watches it."""

import http.client
import json
import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from imapclient import IMAPClient
from installation import Installation, imap_table, smtp_table, wait_until
from letters_in import mail
from rows import new_case
from servers import Dovecot, SmtpServer, free_port
from sqlalchemy import text

from models.unit_of_work import SqlUnitOfWork, make_engine


def test_a_gap_is_named_alarms_and_is_closed_while_the_service_runs(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """A row lost behind the cursor: exit 1 and 503, until what the sentence says has been done."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    port = listen(installation)
    put_hours_ago(dovecot, user, mail(message_id="<one@example.org>"), mail(message_id="<two@example.org>"))
    running = installation.start()
    wait_until(lambda: healthz(port)[0] == 200 and settled(installation) == 2, what="health", log=running.log)

    sound = installation.run("reconcile", "--json")
    assert sound.code == 0, sound.out + sound.err
    assert (sound.json["mailboxes"], sound.json["compared"]) == (1, 2)
    assert (sound.json["gaps"], sound.json["kept_twice"]) == ([], [])
    assert sum(sound.json["by_outcome"].values()) == 2

    with closing(sqlite3.connect(installation.data / "heard.db")) as connection:
        connection.execute("DELETE FROM messages WHERE uid = '1'")
        connection.commit()
    broken = installation.run("reconcile")
    assert broken.code == 1
    assert "passed over; move it to another folder and back" in " ".join(broken.out.split())
    status, told = healthz(port)
    assert (status, told["status"]) == (503, "unhealthy")
    assert b"heard_reconcile_gaps 1.0" in get(port, "/metrics")[1]
    examined = installation.run("doctor", "--json")
    assert examined.code == 1
    wrong = [finding["what"] for finding in examined.json if not finding["ok"]]
    assert wrong == ["health: reconcile"]

    move_away_and_back(dovecot, user, 1)
    wait_until(lambda: settled(installation) == 2, what="the message", log=running.log)
    again = installation.run("reconcile", "--json")
    assert again.code == 0, again.out
    assert healthz(port)[0] == 200
    assert b"heard_healthy 1.0" in get(port, "/metrics")[1]
    assert running.stop() < 10


def test_what_came_a_moment_ago_is_a_gap_only_without_grace(
    installation: Installation, dovecot: Dovecot, user: str
) -> None:
    """As tests count with it: `not_kept` is what was lost, `kept_twice` what was doubled."""
    installation.configure(imap_table(dovecot, user))
    assert installation.run("poll").code == 0
    dovecot.deliver(user, mail())
    assert installation.run("reconcile", "--json").code == 0
    counted = installation.run("reconcile", "--grace", "0", "--json")
    assert counted.code == 1
    assert counted.json["gap_counts"]["not_kept"] == 1
    (gap,) = counted.json["gaps"]
    assert (gap["code"], gap["mailbox"], gap["where"]) == ("not_kept", "complaints", "INBOX uid 1")


def test_a_mailbox_that_is_away_is_a_gap_and_no_record_is_exit_2(
    installation: Installation, dovecot: Dovecot, user: str
) -> None:
    """One line each, and no traceback."""
    installation.configure(imap_table(dovecot, user))
    nothing = installation.run("reconcile")
    assert nothing.code == 2
    assert "there is no record" in nothing.err
    assert installation.run("poll").code == 0
    away = installation.run("reconcile", TEST_IMAP_PASSWORD="wrong")
    assert away.code == 1
    assert "mailbox_away" in away.out
    assert "Traceback" not in away.out + away.err + nothing.err


def test_cases_that_the_guard_cannot_acknowledge_alarm_and_keep_no_other_waiting(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """Log, health and doctor say so, and all is well once they can be read again (LGSCO 6.2, HO 6.2)."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    port = listen(installation)
    assert installation.run("migrate").code == 0
    put_guarded(installation, broken=101)
    running = installation.start()
    wait_until(lambda: guard_says(port) == "101 cases failed and are not acknowledged", what="the alarm",
               log=running.log)  # fmt: skip
    assert healthz(port)[0] == 503
    wait_until(lambda: len(smtp.letters) == 1, what="the letter of the sound case", log=running.log)
    assert b"guard_failed" in running.log.read_bytes()
    wrong = [each["what"] for each in installation.run("doctor", "--json").json if not each["ok"]]
    assert "health: guard" in wrong
    with closing(sqlite3.connect(installation.data / "heard.db")) as connection:
        connection.execute("UPDATE cases SET ombudsman = 'lgsco', guard_at = NULL")
        connection.commit()
    wait_until(lambda: guard_says(port) == "", what="health", log=running.log)


def put_guarded(installation: Installation, *, broken: int) -> None:
    """Put cases on record whose guard time has come: the first ones cannot be read, the last one can."""
    now = datetime.now(UTC)
    engine = make_engine(f"sqlite:///{installation.data / 'heard.db'}")
    with SqlUnitOfWork(engine) as uow:
        for number in range(broken + 1):
            guard_at = now - timedelta(minutes=5) + timedelta(seconds=number)
            uow.cases.add(new_case(reference=f"C-{number:04}", opened_at=now, guard_at=guard_at))
        uow.commit()
    with engine.begin() as connection:
        broken_ones = text("UPDATE cases SET ombudsman = 'nobody' WHERE reference < :sound")
        connection.execute(broken_ones, {"sound": f"C-{broken:04}"})
    engine.dispose()


def guard_says(port: int) -> str:
    """Return what failed in the guard's last run, empty where nothing did."""
    checks = healthz(port)[1].get("checks", [])
    said = [each["said"] for each in checks if each["name"] == "guard"]
    return said[0].partition("; ")[2] if said else "not asked yet"


def test_a_port_that_is_taken_keeps_the_service_from_starting_unwatched(
    installation: Installation, dovecot: Dovecot, user: str
) -> None:
    """One line that names the setting."""
    installation.configure(imap_table(dovecot, user))
    settings = installation.settings.read_text().replace(
        "guard_seconds = 1\n", f'guard_seconds = 1\nhealth_listen = "127.0.0.1:{dovecot.plain_port}"\n'
    )
    installation.settings.write_text(settings)
    done = installation.run("run")
    assert done.code == 2
    assert "health_listen under [service]" in done.err
    assert "Traceback" not in done.err


def listen(installation: Installation) -> int:
    """Have the service answer on a free port, and return it."""
    port = free_port()
    said = f'guard_seconds = 1\nhealth_listen = "127.0.0.1:{port}"\n'
    installation.settings.write_text(installation.settings.read_text().replace("guard_seconds = 1\n", said))
    return port


def get(port: int, path: str) -> tuple[int, bytes]:
    """Ask the service; 0 while it does not listen."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except ConnectionRefusedError:
        return 0, b"{}"
    finally:
        connection.close()


def healthz(port: int) -> tuple[int, dict[str, Any]]:
    """Return status and judgement."""
    status, body = get(port, "/healthz")
    return status, json.loads(body)


def settled(installation: Installation) -> int:
    """Count the messages that have their outcome."""
    with closing(sqlite3.connect(installation.data / "heard.db")) as connection:
        query = "SELECT count(*) FROM messages WHERE outcome IS NOT NULL"
        return int(connection.execute(query).fetchone()[0])


def put_hours_ago(server: Dovecot, user: str, *messages: bytes) -> None:
    """Put messages into a mailbox that lie there for hours."""
    server.fill(user, messages)
    for file in (server.maildir(user) / "new").iterdir():
        os.utime(file, (time.time() - 7200, time.time() - 7200))


def move_away_and_back(server: Dovecot, user: str, uid: int) -> None:
    """Do what an officer's mail program does."""
    with IMAPClient(server.host, port=server.plain_port, ssl=False) as client:
        client.login(user, "secret")
        client.create_folder("Aside")
        for folder, number, to in (("INBOX", uid, "Aside"), ("Aside", 1, "INBOX")):
            client.select_folder(folder)
            client.move([number], to)
