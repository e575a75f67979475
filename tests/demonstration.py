"""The demonstration's inbox as officers find it on a Monday morning: read, triaged and acknowledged."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pages import Pages

import migrations
from demo.demonstrate import ACCOUNT, BEGINS, fill_inbox, read_expected
from demo.officers import PEOPLE
from models import queries
from models.accounts import Account
from models.people import Officer
from models.unit_of_work import SqlUnitOfWork, make_engine
from operations.one_pass import one_pass
from review.access.passwords import hash_password
from triage import artefact

MORNING = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
"""The working day after the last message came."""

_FROM_HER_BROTHER = """\
From: Connor O'Brien <connor.obrien@example.net>
To: complaints@harrowmere.example
Subject: Jade's parking permit
Date: Mon, 23 Nov 2026 08:40:12 +0000
Message-ID: <5e1f.0840@example.net>
Content-Type: text/plain; charset=utf-8

My sister got your letter, reference {reference}, and her phone is broken.
The permit still has not come. She has had a second ticket since, on Saturday.
"""
"""The first of Monday: it names a case, and nothing shows that its writer belongs there."""


@contextmanager
def demonstration(folder: Path, artefacts: Path) -> Iterator[Pages]:
    """Yield the officers' pages over the inbox as it is on Monday morning, in a folder of one's own."""
    shutil.copytree(_read_once(artefacts), folder, dirs_exist_ok=True)
    shutil.copytree(artefacts, folder / "artefacts")
    with _pages_over(folder) as pages:
        pages.now = MORNING
        yield pages


def _read_once(artefacts: Path) -> Path:
    """Return the folder in which the inbox was read: once beside the artefacts, for all workers."""
    kept = artefacts.with_name("demonstration")
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            unfinished = kept.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(artefacts, unfinished / "artefacts")
            with _pages_over(unfinished) as pages:
                _read(pages, unfinished / "inbox")
            shutil.rmtree(unfinished / "artefacts")
            unfinished.rename(kept)
    return kept


@contextmanager
def _pages_over(folder: Path) -> Iterator[Pages]:
    engine = make_engine(f"sqlite:///{folder / 'heard.db'}")
    migrations.upgrade(engine)
    pages = Pages(
        engine, folder,
        organisation={}, sending={"kind": "maildir", "path": folder / "outbox"},
        mailboxes=[{"name": ACCOUNT, "kind": "maildir", "path": folder / "inbox"}],
    )  # fmt: skip
    try:
        yield pages
    finally:
        pages.desk.back_office.close()
        engine.dispose()


def _read(pages: Pages, inbox: Path) -> None:
    """Take in what came until Friday evening, and what came on Monday before nine."""
    pages.now = BEGINS
    fill_inbox(inbox, read_expected())
    triager = pages.app.triager(progress=lambda *_: None)
    one_pass(pages.app, pages.app.mailboxes(), triager)
    pages.now = MORNING
    late = _FROM_HER_BROTHER.format(reference=references(pages)["06"])
    (inbox / "new" / "41-from-her-brother.eml").write_text(late, encoding="utf-8")
    one_pass(pages.app, pages.app.mailboxes(), triager)


def references(pages: Pages) -> dict[str, str]:
    """Return the reference of each message that has a case, by the number that begins its file's name."""
    rows = queries.outcomes(pages.engine, account=ACCOUNT)
    return {row["uid"][:2]: row["reference"] for row in rows if row["reference"]}


def let_in(pages: Pages, password: str) -> None:
    """Put the demonstration's officers on record; all of them sign in with one password."""
    made = hash_password(password)
    with SqlUnitOfWork(pages.engine) as uow:
        for name, full_name, role in PEOPLE:
            uow.officers.add(
                Officer(name=name, full_name=full_name, email=f"{name}@harrowmere.example", role=role)
            )
            uow.accounts.add(Account(officer=name, password_hash=made))
        uow.commit()


def add_second_artefact(pages: Pages) -> str:
    """Put a copy of the live classifier beside it under a name of its own, make it live, return its name."""
    folder = pages.app.artefacts
    first = artefact.live_name(folder) or ""
    name = f"{first}-again"
    shutil.copytree(folder / first, folder / name)
    said = artefact.about(folder / name) | {"name": name, "made_at": "2026-11-22T02:00:00+00:00"}
    (folder / name / "artefact.json").write_text(json.dumps(said), encoding="utf-8")
    artefact.promote(folder, name)
    return name
