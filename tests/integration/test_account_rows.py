"""Attempts, sessions and accounts on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from pages import Pages
from sqlalchemy import Engine, event

from models.accounts import Account, attempts_key, code_attempts_key, key_anywhere, key_at
from models.codes import Role
from models.people import Officer
from models.unit_of_work import SqlUnitOfWork
from review.access.passwords import hash_password
from review.access.proofs import prove_password
from review.access.signing_in import begin_session
from review.desk import OpenIdConnect

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PASSWORD = "kettle lorry window"
HERE = "192.0.2.7"


def failures(engine: Engine, name: str) -> int:
    """Return how often a name has failed."""
    with SqlUnitOfWork(engine, reads=True) as uow:
        found = uow.attempts.look_up(attempts_key(name))
    return max((each.failures for each in found), default=0)


def put_jo(engine: Engine) -> None:
    """Put Jo on record, with a password."""
    with SqlUnitOfWork(engine) as uow:
        uow.officers.add(Officer(name="jo", full_name="Jo Marlow", email="jo@harrowmere.example"))
        uow.accounts.add(Account(officer="jo", password_hash=hash_password(PASSWORD)))
        uow.commit()


def test_attempts_at_the_same_moment_are_each_counted(engine: Engine) -> None:
    """However many workers take them: whoever guesses by the dozen has to pause after the fifth."""
    put_jo(engine)

    def guess(number: int) -> bool:
        return prove_password(
            lambda *, reads=False: SqlUnitOfWork(engine, reads=reads), "jo", f"guess {number}",
            network=HERE, now=NOW,
        ).locked_until is not None  # fmt: skip

    with ThreadPoolExecutor(8) as pool:
        paused = list(pool.map(guess, range(12)))
    assert failures(engine, "jo") == 5
    assert paused.count(False) == 4


def test_a_name_that_is_nobodys_is_written_down_as_often(engine: Engine) -> None:
    """Not by what is committed, nor by what it takes, does anybody learn which names there are."""
    put_jo(engine)
    commits: list[str] = []
    event.listen(engine, "commit", lambda _connection: commits.append("x"))
    counts = []
    for name in ("jo", "nobody"):
        commits.clear()
        prove_password(
            lambda *, reads=False: SqlUnitOfWork(engine, reads=reads), name, "wrong", network=HERE, now=NOW
        )
        counts.append(len(commits))
    assert counts == [2, 2]
    assert failures(engine, "jo") == failures(engine, "nobody") == 1


def test_failures_are_forgotten_after_a_day(engine: Engine) -> None:
    """A million made up names do not stay."""
    for name, at in (("a", NOW), ("b", NOW + DAY / 2), ("c", NOW + DAY)):
        with SqlUnitOfWork(engine) as uow:
            uow.attempts.of(attempts_key(name), now=at).count(at)
            uow.commit()
    assert [failures(engine, name) for name in "abc"] == [0, 1, 1]
    with SqlUnitOfWork(engine) as uow:
        uow.attempts.forget(attempts_key("b"))
        uow.commit()
    assert failures(engine, "b") == 0


def test_what_failed_anywhere_under_a_name_is_forgotten_together(engine: Engine) -> None:
    """And nothing of another name, nor of the one-time codes."""
    with SqlUnitOfWork(engine) as uow:
        for name in ("jo", "sam"):
            key = attempts_key(name)
            for each in (key, key_anywhere(key), key_at(key, HERE), key_at(key, "198.51.100.9")):
                uow.attempts.of(each, now=NOW).count(NOW)
        uow.attempts.of(code_attempts_key("jo"), now=NOW).count(NOW)
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert len(uow.attempts.look_up(attempts_key("jo"))) == 4
        uow.attempts.forget(attempts_key("jo"))
        uow.commit()
    with SqlUnitOfWork(engine, reads=True) as uow:
        kept = [uow.attempts.look_up(key(name)) for key in (attempts_key, code_attempts_key)
                for name in ("jo", "sam")]  # fmt: skip
    assert [len(each) for each in kept] == [0, 4, 1, 0]


def test_sessions_of_an_officer_end_together_but_for_one(engine: Engine) -> None:
    """Those of others go on; what is over is forgotten."""
    with SqlUnitOfWork(engine) as uow:
        for name, longest in (("jo", DAY), ("jo", 2 * DAY), ("sam", DAY), ("jo", DAY / 100)):
            begin_session(uow, name, longest=longest, now=NOW)
        uow.flush()
        keep = uow.sessions.of("jo", now=NOW)[0].token_hash
        assert len(uow.sessions.of("jo", now=NOW)) == 3
        uow.sessions.end_all("jo", but=keep)
        uow.commit()
    with SqlUnitOfWork(engine, reads=True) as uow:
        assert [each.token_hash for each in uow.sessions.of("jo", now=NOW)] == [keep]
        assert len(uow.sessions.of("sam", now=NOW)) == 1
        assert uow.sessions.of("sam", now=NOW + DAY) == []


def test_a_selection_that_is_saved_twice_at_the_same_moment_is_kept_once(engine: Engine) -> None:
    """In place of the older one of that name, whoever comes first."""
    barrier = Barrier(4)

    def save(number: int) -> None:
        with SqlUnitOfWork(engine) as uow:
            barrier.wait()
            uow.saved_filters.save("jo", "bins", f"q={number}")
            uow.commit()

    if engine.dialect.name == "sqlite":
        # Writers queue up there, and nobody could wait for the others once they have begun.
        barrier = Barrier(1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save, range(4)))
    with SqlUnitOfWork(engine) as uow:
        uow.saved_filters.save("sam", "bins", "q=sam")
        uow.saved_filters.save("jo", "bins", "q=last")
        uow.commit()
    with SqlUnitOfWork(engine, reads=True) as uow:
        assert [each.query for each in uow.saved_filters.of("jo")] == ["q=last"]
        assert [each.query for each in uow.saved_filters.of("sam")] == ["q=sam"]


@pytest.mark.parametrize("secret", ["totp_secret", "recovery_hash", "password_hash"])
def test_an_account_says_nothing_of_its_secrets(secret: str) -> None:
    """What is printed of one, in a log or a fault, holds none."""
    assert "do-not-show" not in repr(Account(officer="jo", **{secret: "do-not-show"}))  # type: ignore[arg-type]


def test_what_the_pages_work_with_shows_no_secret(pages: Pages) -> None:
    """Neither the key of the cookies nor the provider's secret; nor does any page."""
    known = OpenIdConnect(metadata_url="https://id.example/x", client_id="heard", client_secret="do-not-show")
    pages.change(sign_in=replace(pages.desk.sign_in, microsoft=known))
    assert "do-not-show" not in repr(pages.desk.sign_in)
    assert repr(pages.desk.secret_key) not in repr(pages.desk)


def test_the_page_of_settings_shows_no_secret(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may see the settings sees where secrets are, and none of them."""
    for name in ("OIDC", "IMAP"):
        monkeypatch.setenv(f"TEST_{name}_SECRET", f"do-not-show-{name}")
    provider = {"metadata_url": "https://id.example/x", "client_id": "heard",
                "client_secret": {"env": "TEST_OIDC_SECRET"}}  # fmt: skip
    mailbox = {"name": "complaints", "host": "imap.harrowmere.example", "username": "complaints",
               "password": {"env": "TEST_IMAP_SECRET"}}  # fmt: skip
    shown = Pages(engine, tmp_path, queue={"https": False, "open_id_connect": provider}, mailboxes=[mailbox])
    for role in (Role.ADMINISTRATOR, Role.TEAM_MANAGER, Role.AUDITOR):
        shown.add_officer(role.value, role)
        answer = shown.client_of(role.value).get("/settings")
        assert (answer.status_code, "do-not-show" in answer.text) == (200, False)
    shown.desk.back_office.close()
    shown.app.engine.dispose()
