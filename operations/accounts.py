"""What is done about accounts on the machine itself: it works before there is any administrator."""

from dataclasses import dataclass
from datetime import datetime

from bootstrap import App
from casework import accounts
from models.errors import InputInvalid


@dataclass(frozen=True)
class GivenCode:
    """A one-time code, for whom it is, until when it holds, and the address at which it is used."""

    officer: str
    code: str
    holds_until: datetime
    address: str


def give_code(app: App, name: str, *, by: str) -> GivenCode:
    """Return a new one-time code for an officer; raises InputInvalid where there are no passwords."""
    if not app.settings.queue.passwords:
        raise InputInvalid(
            "passwords are switched off (passwords under [queue]); officers have other ways in"
        )
    now = app.clock()
    with app.units() as uow:
        code = accounts.give_code(uow, name, by=by, now=now)
        uow.commit()
    where = f"{app.settings.queue.address}/set-password"
    return GivenCode(name.strip().casefold(), code, now + accounts.CODE_HOLDS, where)


def forget_second_factor(app: App, name: str, *, by: str) -> str:
    """Remove an officer's second factor; return what was done."""
    with app.units() as uow:
        done = accounts.forget_second_factor(uow, name, by=by, now=app.clock())
        uow.commit()
    return done


def forget_identity(app: App, name: str, *, by: str) -> str:
    """Let another identity of the provider be an officer's; return what was done."""
    with app.units() as uow:
        done = accounts.forget_identity(uow, name, by=by, now=app.clock())
        uow.commit()
    return done


def unlock(app: App, name: str, *, by: str) -> str:
    """End the pause after wrong passwords; return what was done."""
    with app.units() as uow:
        done = accounts.unlock(uow, name, by=by, now=app.clock())
        uow.commit()
    return done
