"""A hundred officers who click: real HTTP against waitress in a process of its own, reads and rulings mixed."""

import html
import http.client
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from pages_record import WAITING, officer

from models.reference import reference_of

THINKS = (2.0, 6.0)
"""Seconds between two clicks of one officer."""

_RULINGS = 0.05
_CASES = 0.35
_SEARCHES = 0.5
_SERVER_ERROR = 500
_REFUSED = 400
_AGREE = re.compile(r'<form method="post" action="([^"]+/agree)">(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_WORDS = ("boiler", "council tax", '"missed bin"', "mould heating", "resident77", "quokka", "street light")
_PARTS = (
    "", "?show=mine", "?show=unassigned", "?show=overdue", "?show=unsure", "?show=complaints", "?show=requests",
    "?show=owed", "?show=replies", "?show=quarantine", "?category=housing_repairs", "?show=overdue&stage=2",
)  # fmt: skip


@dataclass
class Clicks:
    """What came of the clicks: milliseconds by kind, faults, and rulings that were refused or not offered."""

    took: dict[str, list[float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, milliseconds: float, status: int) -> None:
        """Count a click."""
        with self.lock:
            self.took.setdefault(kind, []).append(milliseconds)
            self.refused += kind == "ruling" and _REFUSED <= status < _SERVER_ERROR
            if status >= _SERVER_ERROR or (status >= _REFUSED and kind != "ruling"):
                self.faults[f"{kind}: {status}"] += 1


def click(url: str, cookies: list[str], *, cases: int, seconds: float) -> Clicks:
    """Let as many officers as there are cookies click for so many seconds; return what came of it."""
    clicks = Clicks()
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("pages_served.py")), url],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as server:  # fmt: skip
        if server.stdout is None or server.stdin is None:
            raise RuntimeError("the server has no way to say its port")
        port = int(server.stdout.readline())
        until = time.monotonic() + seconds
        officers = [
            threading.Thread(target=_work, args=(clicks, port, number, cookie, cases, until))
            for number, cookie in enumerate(cookies)
        ]
        for each in officers:
            each.start()
        for each in officers:
            each.join()
        server.stdin.close()
    return clicks


def _work(clicks: Clicks, port: int, number: int, cookie: str, cases: int, until: float) -> None:
    """Click as one officer: look at the queue, open cases, search, and agree now and then."""
    drawn = random.Random(number)  # noqa: S311  # a benchmark's mix, not a secret
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    time.sleep(drawn.random() * min(THINKS[1], max(until - time.monotonic(), 0)))
    while time.monotonic() < until:
        try:
            _click_once(clicks, browser, drawn, number, cookie, cases)
        except (OSError, http.client.HTTPException) as error:
            with clicks.lock:
                clicks.faults[type(error).__name__] += 1
            browser.close()
        time.sleep(min(drawn.uniform(*THINKS), max(until - time.monotonic(), 0)))
    browser.close()


def _click_once(
    clicks: Clicks,
    browser: http.client.HTTPConnection,
    drawn: random.Random,
    number: int,
    cookie: str,
    cases: int,
) -> None:
    chance = drawn.random()
    # No two officers rule on the same case, so that each ruling does its whole work.
    case = reference_of((drawn.randrange(cases // WAITING // 100) * 100 + number % 100) * WAITING + WAITING)
    if chance < _RULINGS:
        shown = _get(clicks, browser, "case", f"/cases/{case}", cookie)
        form = _AGREE.search(shown)
        if form:
            fields = {name: html.unescape(value) for name, value in _HIDDEN.findall(form[2])}
            _ask(clicks, browser, "ruling", html.unescape(form[1]), cookie, body=urlencode(fields))
    elif chance < _CASES:
        _get(clicks, browser, "case", f"/cases/{case}", cookie)
    elif chance < _SEARCHES:
        _get(clicks, browser, "search", f"/queue?{urlencode({'q': drawn.choice(_WORDS)})}", cookie)
    else:
        _get(clicks, browser, "queue", f"/queue{drawn.choice(_PARTS)}", cookie)


def _get(clicks: Clicks, browser: http.client.HTTPConnection, kind: str, path: str, cookie: str) -> str:
    return _ask(clicks, browser, kind, path, cookie, body=None)


def _ask(
    clicks: Clicks,
    browser: http.client.HTTPConnection,
    kind: str,
    path: str,
    cookie: str,
    *,
    body: str | None,
) -> str:
    headers = {"Cookie": f"heard={cookie}"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    begun = time.perf_counter()
    browser.request("GET" if body is None else "POST", path, body=body, headers=headers)
    answer = browser.getresponse()
    text = answer.read().decode()
    clicks.note(kind, (time.perf_counter() - begun) * 1_000, answer.status)
    return text


def names(count: int) -> list[str]:
    """Return the names of the officers who click."""
    return [officer(number) for number in range(count)]
