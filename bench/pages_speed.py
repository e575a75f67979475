"""The officers' pages over a million cases, on SQLite and on PostgreSQL: how long each of them takes.

A fifth of the cases wait, far more than any council lets lie. The budget is 100 ms for 95 % of the times
that a page is asked for, and no fault while a hundred officers click for two minutes.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import structlog
from flask.testing import FlaskClient
from pages import Pages
from pages_clicks import Clicks, click, names
from pages_record import RARE, WAITING, fill
from servers import Postgres
from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url

import migrations
from models import orm
from models.codes import Role
from models.queue_selection import Show
from models.reference import reference_of
from models.unit_of_work import SqlUnitOfWork, make_engine


def main() -> None:
    """Build the records, measure, print, and say by the exit code whether the budget was kept."""
    said = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    is_kept = True
    with tempfile.TemporaryDirectory(dir=said.folder) as folder:
        for name, url in _records(said, Path(folder)):
            engine = make_engine(url)
            is_kept &= _measure(name, engine, url, said, Path(folder))
            engine.dispose()
    sys.exit(0 if is_kept else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--officers", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rounds", type=int, default=40, help="How often each page is asked for.")
    parser.add_argument("--budget", type=float, default=100, help="Milliseconds for 95 %% of each page.")
    parser.add_argument("--folder", help="Where the records are made; they take 12 GB.")
    parser.add_argument("--seed", type=int, default=0, help="Which cases the officers click on.")
    parser.add_argument("--record", action="append", help="The URL of a record that was filled before.")
    return parser.parse_args()


def _records(said: argparse.Namespace, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the databases with their names, each filled."""
    if said.record:
        yield from ((make_url(url).get_backend_name(), url) for url in said.record)
        return
    url = f"sqlite:///{folder / 'heard.db'}"
    _fill(url, said.cases)
    yield "sqlite", url
    (folder / "heard.db").unlink()
    with Postgres(folder / "postgres") as server:
        url = server.new_database()
        _fill(url, said.cases)
        yield "postgresql", url


def _fill(url: str, count: int) -> None:
    engine = make_engine(url)
    migrations.upgrade(engine)
    begun = time.perf_counter()
    fill(engine, count)
    print(f"{engine.dialect.name}: {count:,} cases made in {time.perf_counter() - begun:.0f} s", flush=True)
    engine.dispose()


def _measure(name: str, engine: Engine, url: str, said: argparse.Namespace, folder: Path) -> bool:
    """Measure every page, then the clicks; print both; say whether the budget was kept."""
    pages = Pages(engine, folder)
    cookies = [_signed_in(pages, each) for each in names(said.officers)]
    client = pages.client_of(names(1)[0])
    with engine.connect() as connection:
        waiting = connection.scalar(select(func.count()).select_from(orm.queue)) or 0
    cases = said.cases
    print(f"\n{name}, {os.cpu_count()} cores, {cases:,} cases, {waiting:,} in the queue; milliseconds")
    print(f"  {'page':44} {'median':>8} {'95 %':>8}")
    slowest = max(_time(client, words, path, rounds=said.rounds) for words, path in _addresses(engine, cases))
    clicks = click(url, cookies, cases=cases, seconds=said.seconds, seed=said.seed)
    _print_clicks(clicks, said)
    return slowest < said.budget and not clicks.faults


def _signed_in(pages: Pages, name: str) -> str:
    """Return the cookie of an officer, who is put on record where they are not yet."""
    with SqlUnitOfWork(pages.engine, reads=True) as uow:
        is_known = uow.officers.find(name) is not None
    if not is_known:
        pages.add_officer(name, Role.OFFICER)
    cookie = pages.client_of(name).get_cookie("heard")
    if cookie is None:
        raise RuntimeError("the session has no cookie")
    return str(cookie.value)


def _addresses(engine: Engine, cases: int) -> Iterator[tuple[str, list[str]]]:
    """Yield what is measured: its name, and addresses to ask for in turn."""
    yield "queue, first page", ["/queue"]
    for show in Show:
        yield f"queue, {show.value}", [f"/queue?show={show.value}"]
    for query in ("category=housing_repairs", "stage=2", "show=unassigned&category=pest_control&stage=2",
                  "show=requests&stage=2", "ombudsman=housing"):  # fmt: skip
        yield f"queue, {query}", [f"/queue?{query}"]
    with engine.connect() as connection:
        middle = select(orm.queue.c.rank, orm.queue.c.id).order_by(orm.queue.c.rank, orm.queue.c.id)
        row = connection.execute(middle.offset(cases // WAITING // 2).limit(1)).one()
    yield "queue, a page in the middle", [f"/queue?after={row.rank}-{row.id}"]
    for words in (
        "the", "council", "boiler", RARE, "council bin", f"council {RARE}", '"missed bin"', '"i have been"',
        "mould heating lift", "council -tax", "resident77", "nosuchword",
    ):  # fmt: skip
        yield f"search, {words}", [f"/queue?q={quote(words)}"]
    step = max(cases // 997, 1)
    yield (
        "case, waiting",
        [f"/cases/{reference_of(number * WAITING)}" for number in range(1, cases // WAITING, step)],
    )
    yield (
        "case, closed",
        [f"/cases/{reference_of(number)}" for number in range(1, cases, step) if number % WAITING],
    )


def _time(client: FlaskClient, words: str, paths: list[str], *, rounds: int) -> float:
    """Ask for a page again and again, print how long it took, and return the milliseconds of 95 %."""
    took = []
    for number in range(rounds):
        begun = time.perf_counter()
        answer = client.get(paths[number % len(paths)])
        took.append((time.perf_counter() - begun) * 1_000)
        assert answer.status_code == 200, f"{paths[number % len(paths)]}: {answer.status}"  # noqa: PLR2004
    print(f"  {words:44} {statistics.median(took):8.1f} {_most(took):8.1f}", flush=True)
    return _most(took)


def _most(took: list[float]) -> float:
    """Return what 95 % stay below."""
    return statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]


def _print_clicks(clicks: Clicks, said: argparse.Namespace) -> None:
    count = sum(map(len, clicks.took.values()))
    print(f"  {said.officers} officers for {said.seconds:.0f} s, a click every 4 s each: {count:,} clicks")
    for kind, took in sorted(clicks.took.items()):
        print(f"  {f'  {kind}, {len(took):,} times':44} {statistics.median(took):8.1f} {_most(took):8.1f}")
    faults = ", ".join(f"{what} ({number})" for what, number in clicks.faults.items()) or "none"
    print(f"  faults: {faults}; rulings refused: {clicks.refused}", flush=True)


if __name__ == "__main__":
    main()
