"""Somebody to sign in as: the demonstration's officers, with passwords made anew at every start."""

import secrets

from bootstrap import App
from casework.accounts import give_code, set_password_by_code
from casework.officers import add_officer
from models.codes import Role
from review.access.passwords import hash_password

PEOPLE = (
    ("manager", "Morgan Ashby", Role.TEAM_MANAGER),
    ("officer", "Ola Birch", Role.OFFICER),
    ("administrator", "Ade Cole", Role.ADMINISTRATOR),
    ("auditor", "Ari Dean", Role.AUDITOR),
)


def let_in(app: App) -> dict[str, str]:
    """Put the officers on record where they are not yet, and return a new password for each."""
    passwords = {name: secrets.token_urlsafe(12) for name, *_ in PEOPLE}
    hashes = {name: hash_password(password) for name, password in passwords.items()}
    with app.units() as uow:
        for name, full_name, role in PEOPLE:
            if uow.officers.find(name) is None:
                add_officer(
                    uow, name, full_name=full_name, email=f"{name}@harrowmere.example", role=role,
                    manager="", by="demo", now=app.clock(),
                )  # fmt: skip
            uow.flush()
            code = give_code(uow, name, by="demo", now=app.clock())
            uow.flush()
            set_password_by_code(uow, name, code=code, password_hash=hashes[name], now=app.clock())
        uow.commit()
    return passwords
