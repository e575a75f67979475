"""Builds the officers' pages from the settings and serves them, in a thread of the service or alone."""

import contextlib
import logging
import secrets
import signal
import threading
from datetime import timedelta
from functools import cached_property
from typing import Any

from waitress import create_server

from bootstrap import App
from models.codes import Category, Exclusion
from models.errors import InputInvalid
from operations.back_office import BackOffice
from review.desk import Desk, OpenIdConnect, SignInRules
from review.web import make_pages

_THREADS = 16
_SPELT: dict[str, str] = {
    Category.ANTI_SOCIAL_BEHAVIOUR: "Anti-social behaviour",
    Category.CHILDRENS_SERVICES: "Children’s services",
    Category.CULTURE_LEISURE_AND_LIBRARIES: "Culture, leisure and libraries",
    Category.ROADS_PAVEMENTS_AND_STREETLIGHTS: "Roads, pavements and streetlights",
}
"""What is not spelt as its code has it."""
_CONNECTIONS = 1_000
"""Each browser keeps up to six open: waitress's own 100 would keep the hundredth officer waiting."""


class PagesServer:
    """The pages on their port, and the thread behind them."""

    def __init__(self, app: App, listen: str) -> None:
        self._desk = make_desk(app)
        # That requests wait for a thread for a moment is nothing that anybody has to know.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        try:
            self._server: Any = create_server(
                make_pages(self._desk), listen=listen, threads=_THREADS, ident=None,
                channel_timeout=60, max_request_body_size=25 * 2**20,
                connection_limit=_CONNECTIONS, asyncore_use_poll=True,
                clear_untrusted_proxy_headers=not app.settings.queue.trusted_proxies,
            )  # fmt: skip
        except (OSError, ValueError, OverflowError) as error:
            raise InputInvalid(
                f"listen under [queue] is {listen}, which cannot be listened on: {error}; stop what listens "
                "there (`ss -ltnp` names it), or give another port"
            ) from error
        self._thread = threading.Thread(target=self._server.run, name="pages", daemon=True)
        self._thread.start()

    @cached_property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.effective_port)

    def close(self) -> None:
        """Answer nobody any longer."""
        with contextlib.suppress(OSError):
            self._server.close()
        self._server.task_dispatcher.shutdown(timeout=5)
        self._desk.back_office.close()


def serve_pages(app: App) -> None:
    """Serve the pages until SIGTERM or SIGINT. Raises InputInvalid where they cannot be."""
    listen = app.settings.queue.listen
    if not listen:
        raise InputInvalid("listen under [queue] is empty, so there are no pages; name a host and a port")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    server = PagesServer(app, listen)
    app.log.info("pages_ready", listen=listen)
    stopping.wait()
    server.close()


def make_desk(app: App) -> Desk:
    """Return what the pages work with."""
    said = app.settings.queue
    oidc = said.open_id_connect
    return Desk(
        units=app.units,
        engine=app.engine,
        clock=app.clock,
        log=app.log,
        policy=app.policy,
        letterhead=app.letterhead,
        working_days=app.working_days,
        secret_key=_secret_key(app),
        back_office=BackOffice(app),
        categories=_by_name(
            {each.value: _in_words(each) for each in Category}
            | {each.code: each.name for each in app.settings.triage.categories}
        ),
        exclusions={each.value: _in_words(each) for each in Exclusion}
        | {each.code: each.name for each in app.settings.triage.exclusions},
        own_grounds={each.code: each.reason for each in app.settings.triage.exclusions},
        officers_see=said.officers_see,
        undo_within=timedelta(seconds=said.undo_seconds),
        sign_in=SignInRules(
            is_https=said.https,
            address=said.address,
            idle=timedelta(minutes=said.idle_minutes),
            longest=timedelta(hours=said.session_hours),
            passwords=said.passwords,
            needs_second_factor=said.second_factor,
            microsoft=OpenIdConnect(
                metadata_url=oidc.metadata_url, client_id=oidc.client_id,
                client_secret=oidc.client_secret.read(), name=oidc.name,
            ) if oidc else None,
        ),
        trusted_proxies=said.trusted_proxies,
    )  # fmt: skip


def _secret_key(app: App) -> bytes:
    """Return what signs the cookies: made once and kept with the record; a restart signs nobody out."""
    with app.units() as uow:
        key: bytes = uow.keys.get("cookies", or_else=secrets.token_bytes(32))
        uow.commit()
    return key


def _by_name(names: dict[str, str]) -> dict[str, str]:
    """Return codes and names in the order of the alphabet, and last the one for whatever is left."""
    return dict(sorted(names.items(), key=lambda each: (each[0] == Category.OTHER, each[1].casefold())))


def _in_words(code: str) -> str:
    return _SPELT.get(code) or code.replace("_", " ").capitalize()
