"""The doctor's look at the officers' pages: how browsers reach them, and whether anybody can get in."""

from collections.abc import Iterator

import migrations
from bootstrap import App
from models.codes import Role
from models.errors import SignInRefused
from operations.finding import Finding
from review.desk import OpenIdConnect

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_FIRST = (
    "`heard officers add NAME --role administrator ...`, then `heard officers password NAME`, "
    "which prints a code"
)
_TRUST = (
    "set trusted_proxies to the number of proxies before them, so that wrong passwords are counted by who "
    "tries and not by the proxy"
)
_NO_WAY = "nobody can sign in: no passwords, and no identity provider"


def examine_pages(app: App) -> Iterator[Finding]:
    """Say where the pages are and who can sign in; nothing is tried where they are switched off."""
    if not app.settings.queue.listen:
        yield Finding("pages", ok=True, said="switched off; listen under [queue] is empty")
        return
    yield _way(app)
    yield from _provider(app)
    if app.has_record and migrations.current(app.engine) == migrations.newest():
        yield _somebody(app)


def _way(app: App) -> Finding:
    said = app.settings.queue
    is_here = said.listen.rpartition(":")[0] in _LOOPBACK
    if not said.https and not is_here:
        return Finding(
            "pages", ok=False, said=f"on {said.listen} by plain HTTP: passwords can be read on the way",
            remedy="put a proxy with HTTPS before them and set https = true (docs/operations.md)",
        )  # fmt: skip
    where = f"on {said.listen}{f', for browsers at {said.address}' if said.address else ''}"
    return Finding(
        "pages", ok=True, said=where, remedy=_TRUST if said.https and not said.trusted_proxies else ""
    )


def _provider(app: App) -> Iterator[Finding]:
    """Ask the identity provider for what every sign-in begins with."""
    said = app.settings.queue.open_id_connect
    if said is None:
        return
    from review.access.open_id_connect import check_provider  # noqa: PLC0415  # loads Flask

    known = OpenIdConnect(said.metadata_url, said.client_id, said.client_secret.read(), said.name)
    try:
        yield Finding("sign-in", ok=True, said=check_provider(known))
    except SignInRefused as error:
        yield Finding(
            "sign-in", ok=False, said=str(error),
            remedy="see that metadata_url under [queue.open_id_connect] is that of your own tenant, and that "
            "this machine reaches it",
        )  # fmt: skip


def _somebody(app: App) -> Finding:
    """Say whether an administrator can sign in: who else comes, they can see to."""
    said, now = app.settings.queue, app.clock()
    with app.units(reads=True) as uow:
        accounts = {each.officer: each for each in uow.accounts.all()}
        people = [each for each in uow.officers.all() if not each.is_disabled]
    by_password = {
        name
        for name, each in accounts.items()
        if said.passwords and (each.password_hash or each.awaits_code(now))
    }
    by_provider = {each.name for each in people if said.open_id_connect is not None}
    can = [each for each in people if each.name in by_password | by_provider]
    administrators = [each for each in can if each.role is Role.ADMINISTRATOR]
    if not said.passwords and said.open_id_connect is None:
        return Finding(
            "officers", ok=False, said=_NO_WAY,
            remedy="set passwords = true or name [queue.open_id_connect]",
        )  # fmt: skip
    if not administrators:
        return Finding("officers", ok=False, said="no administrator can sign in yet", remedy=_FIRST)
    return Finding(
        "officers", ok=True,
        said=f"{len(can):,} of {len(people):,} can sign in, {len(administrators):,} as administrators",
    )  # fmt: skip
