"""Robots that answer everything: one acknowledgement each, then silence."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Self

import pytest
from installation import Installation, imap_table, smtp_table, wait_until
from letters_in import GRIEVANCE, mail
from servers import CaughtLetter, Dovecot, SmtpServer
from sqlalchemy import create_engine, text

PER_ADDRESS_A_DAY = 5
QUIET_S = 4.0

AWAY = "I am away from the office until Monday 30 November and will read your message on my return."
WORDINGS: dict[str, tuple[str, str, dict[str, str]]] = {
    "marked": ("Automatic reply: {subject}", AWAY, {"Auto-Submitted": "auto-replied"}),
    "marked-in-its-own-way": ("{subject}", AWAY, {"X-Autoreply": "yes", "Precedence": "bulk"}),
    "unmarked": ("Out of Office: {subject}", AWAY, {}),
    "unmarked-and-curt": ("Out of office", "I am on annual leave until 30 November. Back soon!", {}),
    "answers-in-the-thread": ("Re: {subject}", AWAY, {"In-Reply-To": "{id}", "References": "{id}"}),
    "quotes-all": ("Auto: {subject}", "I am out of the office.\n\n> {quoted}", {}),
    "ticket-system": (
        "[#48121] Your request has been received",
        "This is an automated message to confirm that we have received your request. Please do not reply.",
        {},
    ),
    "german": ("Abwesenheitsnotiz: {subject}", "Ich bin bis zum 30. November nicht im Büro.", {}),
    "welsh": ("Ateb awtomatig: {subject}", "Rwyf allan o'r swyddfa tan 30 Tachwedd.", {}),
}
"""How robots write that are known for what they are, most of them without Auto-Submitted."""


class Robots:
    """Answers every letter that leaves, each recipient in a wording of its own, for ever."""

    def __init__(self, smtp: SmtpServer, dovecot: Dovecot, user: str) -> None:
        self._smtp, self._dovecot, self._user = smtp, dovecot, user
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._answer_all, daemon=True)
        self.answered = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(20)

    def _answer_all(self) -> None:
        while not self._stopping.wait(0.1):
            for letter in self._smtp.letters[self.answered :]:
                self._dovecot.deliver(self._user, answer_to(letter, self.answered))
                self.answered += 1


def answer_to(letter: CaughtLetter, number: int) -> bytes:
    """Return what the robot at the letter's recipient says."""
    name = letter.recipients[0].partition("@")[0]
    if name == "cunning":
        # Nothing in it tells it from a person's new complaint: only the caps do.
        return mail(
            sender="cunning@example.org", subject=f"Boiler, day {number}",
            body=f"{GRIEVANCE}\n\nDay {number}", message_id=f"<cunning.{number}@example.org>",
        )  # fmt: skip
    subject, body, headers = WORDINGS[name]
    plain = letter.message.get_body(("plain",))
    said = {
        "subject": letter.message["Subject"],
        "id": letter.message["Message-ID"],
        "quoted": str(plain.get_content()).replace("\n", "\n> ") if plain else "",
    }
    answer = EmailMessage()
    answer["From"], answer["To"] = letter.recipients[0], letter.sender
    answer["Subject"] = subject.format(**said)
    answer["Message-ID"] = f"<robot.{number}@example.org>"
    for field, value in headers.items():
        answer[field] = value.format(**said)
    answer.set_content(body.format(**said))
    return answer.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_an_out_of_office_that_answers_everything_gets_one_acknowledgement(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """Whatever its wording and marks; one that writes like a person is stopped by the caps (RFC 3834, 2)."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    names = [*WORDINGS, "cunning"]
    for name in names:
        dovecot.deliver(
            user,
            mail(
                sender=f"{name}@example.org", body=f"{GRIEVANCE}\n\n{name}", message_id=f"<{name}@x.example>"
            ),
        )
    running = installation.start()
    with Robots(smtp, dovecot, user) as robots:
        smtp.wait_for(len(names) + PER_ADDRESS_A_DAY - 1, timeout=120)
        wait_until_quiet(installation, smtp, robots)
        assert running.stop() < 10
    came = Counter(letter.recipients[0].partition("@")[0] for letter in smtp.letters)
    assert came == {**dict.fromkeys(WORDINGS, 1), "cunning": PER_ADDRESS_A_DAY}
    assert [note for note in notes(installation) if "as many letters today" in note] != []


def wait_until_quiet(installation: Installation, smtp: SmtpServer, robots: Robots) -> None:
    """Wait until every letter was answered, every answer settled, and nothing more came of it for a while."""

    def is_settled() -> bool:
        return robots.answered == len(smtp.letters) and not waiting(installation)

    wait_until(is_settled, what="the last answer", timeout=120)
    letters, begun = len(smtp.letters), time.monotonic()
    while time.monotonic() - begun < QUIET_S:
        time.sleep(0.2)
        if len(smtp.letters) > letters or not is_settled():
            letters, begun = len(smtp.letters), time.monotonic()


@pytest.mark.parametrize("is_stripped", [False, True], ids=["as sent", "stripped of its marks"])
def test_two_heards_fall_silent(
    is_stripped: bool,  # noqa: FBT001  # pytest hands it over
    installation: Installation,
    other: Installation,
    dovecot: Dovecot,
    user: str,
) -> None:
    """Each acknowledges the other at most once, also behind a gateway that takes the marks off (fact 30)."""
    users = (user, f"{user}b")
    dovecot.add_user(users[1])
    with SmtpServer() as ours, SmtpServer() as theirs:
        installation.configure(imap_table(dovecot, users[0]), smtp_table(ours))
        other.configure(imap_table(dovecot, users[1]), smtp_table(theirs))
        as_another_council(other)
        first = mail(sender="Dalebridge <complaints@dalebridge.example>", message_id="<1@dalebridge.example>")
        dovecot.deliver(users[0], first)
        for _ in range(4):
            relayed = relay(installation, ours, dovecot, users[1], is_stripped=is_stripped)
            if not relayed or not relay(other, theirs, dovecot, users[0], is_stripped=is_stripped):
                break
        else:
            pytest.fail("they go on and on")
        assert len(ours.letters) == 1
        assert len(theirs.letters) <= (1 if is_stripped else 0)


def relay(
    installation: Installation, smtp: SmtpServer, dovecot: Dovecot, to: str, *, is_stripped: bool
) -> int:
    """Let one of the two read its mail, bring the other what it sent, and return how much it was."""
    before = len(smtp.letters)
    done = installation.run("poll", "--json")
    assert done.code == 0, done.err
    for letter in smtp.letters[before:]:
        dovecot.deliver(to, stripped(letter.raw) if is_stripped else letter.raw)
    return len(smtp.letters) - before


def as_another_council(installation: Installation) -> None:
    """Give an installation to another council."""
    text_ = installation.settings.read_text(encoding="utf-8")
    installation.settings.write_text(
        text_.replace("Harrowmere", "Dalebridge").replace("harrowmere", "dalebridge"), encoding="utf-8"
    )


def stripped(raw: bytes) -> bytes:
    """Return a letter without the fields that say that a machine sent it."""
    head, _, body = raw.partition(b"\r\n\r\n")
    marks = (b"auto-submitted:", b"x-auto-response-suppress:", b"x-heard-letter:")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(marks)]
    return b"\r\n".join(kept) + b"\r\n\r\n" + body


@pytest.fixture
def other(tmp_path: Path, artefacts: Path) -> Iterator[Installation]:
    """Lay out a second installation."""
    made = Installation(tmp_path / "other")
    (made.data / "artefacts").symlink_to(artefacts)
    yield made
    made.kill_all()


def waiting(installation: Installation) -> int:
    """Return how many messages have no outcome yet."""
    return len(rows(installation, "SELECT id FROM messages WHERE outcome IS NULL"))


def notes(installation: Installation) -> list[str]:
    """Return what the tasks say."""
    return [row[0] for row in rows(installation, "SELECT note FROM tasks")]


def rows(installation: Installation, query: str) -> list[tuple[object, ...]]:
    """Ask the record."""
    engine = create_engine(f"sqlite:///{installation.data / 'heard.db'}")
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found
