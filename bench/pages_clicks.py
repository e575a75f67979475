"""A hundred officers who click: real HTTP against waitress in a process of its own, reads and rulings."""

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

from models.queue_selection import Show
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
_PARTS = (*(f"?show={part.value}" for part in Show), "", "?category=housing_repairs", "?show=overdue&stage=2")


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


def click(url: str, cookies: list[str], *, cases: int, seconds: float, seed: int) -> Clicks:
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
            threading.Thread(
                target=_Officer(clicks, port, number, cookie, cases=cases, seed=seed).work, args=(until,)
            )
            for number, cookie in enumerate(cookies)
        ]
        for each in officers:
            each.start()
        for each in officers:
            each.join()
        server.stdin.close()
    return clicks


class _Officer:
    """One officer at a browser of their own."""

    def __init__(self, clicks: Clicks, port: int, number: int, cookie: str, *, cases: int, seed: int) -> None:
        self._clicks, self._number, self._cases = clicks, number, cases
        self._headers = {"Cookie": f"heard={cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        self._drawn = random.Random(1_000 * seed + number)  # noqa: S311  # a benchmark's mix, not a secret
        self._browser = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def work(self, until: float) -> None:
        """Click and think until an instant."""
        self._think(until, least=0)
        while time.monotonic() < until:
            try:
                self._click()
            except (OSError, http.client.HTTPException) as error:
                with self._clicks.lock:
                    self._clicks.faults[type(error).__name__] += 1
                self._browser.close()
            self._think(until)
        self._browser.close()

    def _think(self, until: float, *, least: float = THINKS[0]) -> None:
        time.sleep(max(min(self._drawn.uniform(least, THINKS[1]), until - time.monotonic()), 0))

    def _click(self) -> None:
        """Look at the queue, open a case, search, or agree with a suggestion."""
        chance = self._drawn.random()
        if chance < _RULINGS:
            self._agree()
        elif chance < _CASES:
            self._ask("case", f"/cases/{self._case()}")
        elif chance < _SEARCHES:
            self._ask("search", f"/queue?{urlencode({'q': self._drawn.choice(_WORDS)})}")
        else:
            self._ask("queue", f"/queue{self._drawn.choice(_PARTS)}")

    def _agree(self) -> None:
        case = self._case()
        form = _AGREE.search(self._ask("case", f"/cases/{case}"))
        if form:
            fields = {name: html.unescape(value) for name, value in _HIDDEN.findall(form[2])}
            self._ask("ruling", html.unescape(form[1]), body=urlencode(fields))

    def _case(self) -> str:
        """Return a case that waits; no two officers of a hundred come upon the same."""
        hundreds = max(self._cases // WAITING // 100, 1)
        number = self._drawn.randrange(hundreds) * 100 + self._number % 100
        return reference_of((number % (self._cases // WAITING) + 1) * WAITING)

    def _ask(self, kind: str, path: str, *, body: str | None = None) -> str:
        begun = time.perf_counter()
        self._browser.request("POST" if body else "GET", path, body=body, headers=self._headers)
        answer = self._browser.getresponse()
        text = answer.read().decode()
        if answer.headers["Set-Cookie"]:
            self._headers["Cookie"] = answer.headers["Set-Cookie"].partition(";")[0]
        self._clicks.note(kind, (time.perf_counter() - begun) * 1_000, answer.status)
        return text


def names(count: int) -> list[str]:
    """Return the names of the officers who click."""
    return [officer(number) for number in range(count)]
