"""Hostile mail on the page of its case, in a real Chromium: nothing runs, fetches, covers or leaves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from browsing import overflow, strangers, violations
from builders import LETTERHEAD, make_decision, make_prediction
from hostile_mail import EVIL, hostile
from pages import Pages, sign_in
from playwright.sync_api import Browser, Dialog, Download, Frame, Page, ViewportSize
from sqlalchemy import select

import migrations
from casework.policy import Policy
from intake.fetch import fetch
from intake.folders import EmlFolder
from intake.reader import IsolatedReader
from intake.receive import Receiver, Triaged
from models import orm
from models.codes import Flag
from models.deadlines import WorkingDays
from models.decision import Span
from models.unit_of_work import SqlUnitOfWork, is_clash, make_engine
from triage.corpus import TriageInput

CAME = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=700)

_HARMFUL = (
    "script, iframe, frame, object, embed, form, input, button, link, base, svg, math, video, audio, "
    "meta[http-equiv], dialog, template, [srcdoc], [ping], [formaction], [background]"
)
_IS_ON_TOP = """selector => {
  const it = document.querySelector(selector);
  it.scrollIntoView({block: 'center'});
  const box = it.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + Math.min(box.width, 200) / 2, box.top + box.height / 2);
  return it.contains(top);
}"""
_LEADS_ASTRAY = """() => [...document.querySelectorAll('[href], [src], [style]')].flatMap(each => [
  ...(/^https?:/.test(each.getAttribute('href') ?? 'http:') ? [] : [each.outerHTML]),
  ...(/^data:image.(png|jpeg|gif|webp);base64,/.test(each.getAttribute('src') ?? 'data:image/png;base64,')
    ? [] : [each.outerHTML]),
  ...(/url|position|expression|@/.test(each.getAttribute('style') ?? '') ? [each.outerHTML] : [])])"""
_HANDLERS = """() => [...document.querySelectorAll('*')].flatMap(each =>
  [...each.attributes].map(at => at.name).filter(name => name.startsWith('on')))"""


class FirstWords:
    """A stand-in for triage that marks the first words of each message, and its subject."""

    def triage(self, messages: Iterable[TriageInput]) -> Iterator[Triaged]:
        """Yield the same decision for each."""
        for message in messages:
            words = Span(0, min(40, len(message.body)), message.body[:40], "body")
            subject = Span(0, len(message.subject), message.subject, "subject")
            yield make_prediction(), make_decision(evidence=(words, subject), flags=(Flag.VULNERABLE,))


@dataclass
class Watched:
    """A page of the browser, and everything that it should never do."""

    page: Page
    others: list[str]
    done: list[str]

    def harm(self) -> list[str]:
        """Return what it did, and forget it."""
        found = [*self.others, *self.done]
        self.others.clear()
        self.done.clear()
        return found


def received(
    pages: Pages, reader: IsolatedReader, folder: Path, messages: dict[str, bytes]
) -> dict[str, str]:
    """Take messages in as the service does; return the references of their cases by the names."""
    references: dict[str, str] = {}
    for number, (name, raw) in enumerate(messages.items()):
        (folder / f"{number:03d}").mkdir(parents=True)
        (folder / f"{number:03d}" / "mail.eml").write_bytes(raw)
        references[name] = ""

    def units(*, reads: bool = False) -> SqlUnitOfWork:
        return SqlUnitOfWork(pages.engine, reads=reads)

    fetch(
        EmlFolder("complaints", folder), units, clock=lambda: CAME, working_days=WorkingDays(),
        station=lambda _: None,
    )  # fmt: skip
    Receiver(
        units=units, reader=reader, triager=FirstWords(), policy=Policy(letter_domain="harrowmere.example"),
        letterhead=LETTERHEAD, worker="test", clock=lambda: CAME, log=structlog.get_logger(),
        is_clash=is_clash,
    ).receive_all()  # fmt: skip
    with pages.engine.connect() as connection:
        rows = connection.execute(
            select(orm.messages.c.uid, orm.cases.c.reference)
            .join(orm.cases, orm.cases.c.id == orm.messages.c.case_id)
            .order_by(orm.messages.c.id)
        ).all()
    names = list(messages)
    return {names[int(uid.partition("/")[0])]: reference for uid, reference in rows}


def watched(browser: Browser, address: str) -> Watched:
    """Return a page in which an officer is signed in, watched from then on."""
    page = browser.new_page(viewport=WIDE, accept_downloads=True)
    sign_in(page, address, "jo")
    watch = Watched(page, strangers(page, address), [])

    def on_dialog(dialog: Dialog) -> None:
        watch.done.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def on_download(download: Download) -> None:
        watch.done.append(f"a download: {download.suggested_filename}")

    page.on("dialog", on_dialog)
    page.on("download", on_download)
    page.on("popup", lambda popup: watch.done.append(f"a window: {popup.url}"))
    return watch


def as_it_was_sent(page: Page) -> Frame:
    """Open the message as it was sent, and return its document once it is there."""
    with page.expect_response(lambda response: response.url.endswith("/html")):
        page.get_by_text("Show as it was sent").first.click()
    frame = page.locator("iframe.heard-sent").first.element_handle().content_frame()
    assert frame is not None
    frame.wait_for_selector("main")
    return frame


def wrong_with(watch: Watched, address: str, reference: str) -> list[str]:
    """Look at one case as officers do, and return everything that is wrong with it."""
    page, found = watch.page, list[str]()
    page.set_viewport_size(WIDE)
    where = f"{address}/cases/{reference}"
    page.goto(where)
    frame = as_it_was_sent(page)
    found += [f"in the sandbox: {each}" for each in frame.evaluate(_HANDLERS)]
    found += [f"in the sandbox: {each}" for each in frame.evaluate(_LEADS_ASTRAY)]
    if frame.locator(_HARMFUL).count():
        found.append(
            f"in the sandbox: {frame.locator(_HARMFUL).first.evaluate('each => each.outerHTML')[:200]}"
        )
    if page.evaluate("() => 'pwned' in window"):
        found.append("a script ran")
    found += [f"on the page: {each}" for each in page.evaluate(_HANDLERS)]
    if page.url != where:
        found.append(f"went to {page.url}")
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        if overflow(page) > 0:
            found.append(f"{overflow(page)} px too wide at {size['width']}")
        found += [
            f"covered at {size['width']}: {each}"
            for each in (".heard-header__out", ".heard-case__title", "#suggestion", "#clocks")
            if not page.evaluate(_IS_ON_TOP, each)
        ]
    return [*found, *watch.harm()]


@dataclass(frozen=True)
class Mailbag:
    """The pages over a record that holds every hostile message, and the cases by their names."""

    pages: Pages
    cases: dict[str, str]


@pytest.fixture(scope="module")
def mailbag(reader: IsolatedReader, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbag]:
    """Take every hostile message in, once for all the tests."""
    folder = tmp_path_factory.mktemp("hostile")
    engine = make_engine(f"sqlite:///{folder / 'heard.db'}")
    migrations.upgrade(engine)
    pages = Pages(engine, folder)
    pages.add_officer("jo")
    yield Mailbag(pages, received(pages, reader, folder / "mail", hostile()))
    pages.desk.back_office.close()
    engine.dispose()


def test_no_hostile_message_runs_fetches_covers_or_breaks_anything(
    mailbag: Mailbag, browser: Browser
) -> None:
    """Each becomes a case, and its page and the mail as it was sent do no harm, wide and narrow."""
    assert len(hostile()) >= 50
    assert set(mailbag.cases) == set(hostile())
    with mailbag.pages.served() as address:
        watch = watched(browser, address)
        wrong = {name: wrong_with(watch, address, reference) for name, reference in mailbag.cases.items()}
        watch.page.close()
    assert {name: what for name, what in wrong.items() if what} == {}


def test_axe_finds_nothing_wrong_with_a_hostile_case(mailbag: Mailbag, browser: Browser) -> None:
    """Whatever the names, the subject and the text are."""
    with mailbag.pages.served() as address:
        watch = watched(browser, address)
        for name in ("names-of-markup", "names-turned-round", "text-that-is-markup", "file-with-a-path"):
            watch.page.goto(f"{address}/cases/{mailbag.cases[name]}")
            assert violations(watch.page) == [], name
        watch.page.close()


def test_a_link_opens_a_window_of_its_own_and_leaves_the_page_where_it_is(
    mailbag: Mailbag, browser: Browser
) -> None:
    """Even one that asks for the top of the window; the other side learns not whence it came."""
    with mailbag.pages.served() as address:
        watch = watched(browser, address)
        page, where = watch.page, f"{address}/cases/{mailbag.cases['links-to-the-top']}"
        page.goto(where)
        link = as_it_was_sent(page).locator("a[href]").first
        assert link.get_attribute("rel") == "noopener noreferrer nofollow"
        assert link.get_attribute("href") == f"{EVIL}/t"
        with page.expect_popup() as popup:
            link.click()
        popup.value.close()
        assert page.url == where
        page.close()


def test_the_document_of_a_message_alone_is_a_sandbox_as_well(mailbag: Mailbag, browser: Browser) -> None:
    """Opened in a window of its own, without a frame around it, it has no origin and runs nothing."""
    with mailbag.pages.served() as address:
        watch = watched(browser, address)
        for name in ("script", "meta-refresh", "base", "handlers-of-every-kind"):
            page = watch.page
            page.goto(f"{address}/cases/{mailbag.cases[name]}")
            where = page.locator("iframe.heard-sent").first.get_attribute("src")
            page.goto(f"{address}{where}")
            assert page.evaluate("() => window.origin") == "null"
            assert watch.harm() == []
            assert page.url == f"{address}{where}"
        watch.page.close()
