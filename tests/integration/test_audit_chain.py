"""The audit is a chain: a row changed, removed or slipped in is found, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from builders import NOW
from sqlalchemy import Engine, delete, insert, select, update

from models import orm
from models.audit_chain import verify
from models.audit_hash import FIRST
from models.case import AuditRow
from models.unit_of_work import SqlUnitOfWork


def add(engine: Engine, *actions: str) -> None:
    """Add rows to the audit in one unit of work."""
    with SqlUnitOfWork(engine) as uow:
        for action in actions:
            detail = {"why": "naïve “quotes”", "count": 3, "none": None}
            uow.audit.add(AuditRow(at=NOW, actor="bo", action=action, detail=detail))
        uow.commit()


def test_an_empty_record_is_a_chain_of_nothing(engine: Engine) -> None:
    """Nothing was done and nothing is wrong."""
    assert (verify(engine).rows, verify(engine).head, verify(engine).fault) == (0, FIRST, "")


def test_rows_are_chained_over_units_of_work(engine: Engine) -> None:
    """Whoever noted a hash finds it again later."""
    add(engine, "opened", "ruled")
    noted = verify(engine).head
    add(engine, "closed")
    found = verify(engine, known=noted)
    assert (found.rows, found.fault, found.knows) == (3, "", True)
    assert verify(engine, known="f" * 64).knows is False


@pytest.mark.parametrize(
    "change",
    [
        update(orm.audit).where(orm.audit.c.id == 2).values(actor="somebody else"),
        update(orm.audit).where(orm.audit.c.id == 2).values(detail={"why": "another reason"}),
        delete(orm.audit).where(orm.audit.c.id == 2),
        delete(orm.audit).where(orm.audit.c.id == 3),
        delete(orm.audit),
        insert(orm.audit).values(at=NOW, actor="bo", action="slipped in", detail={}, hash="0" * 64),
    ],
    ids=["actor", "reason", "removed", "last removed", "all removed", "slipped in"],
)
def test_what_is_not_as_it_was_written_is_found(engine: Engine, change: object) -> None:
    """One row is enough (LGSCO 5.8, HO 5.12)."""
    add(engine, "opened", "ruled", "closed")
    with engine.begin() as connection:
        connection.execute(change)  # type: ignore[call-overload]  # some statement
    assert verify(engine).fault


def test_workers_who_write_at_once_make_one_chain(engine: Engine) -> None:
    """Four workers, forty units of work: every row has its place."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: add(engine, f"first {number}", f"second {number}"), range(40)))
    found = verify(engine)
    assert (found.rows, found.fault) == (80, "")


def test_a_unit_of_work_that_is_not_committed_leaves_no_row(engine: Engine) -> None:
    """What was rolled back was not done."""
    add(engine, "opened")
    with SqlUnitOfWork(engine) as uow:
        uow.audit.add(AuditRow(at=NOW, actor="bo", action="never", detail={}))
    with engine.connect() as connection:
        assert connection.scalars(select(orm.audit.c.action)).all() == ["opened"]
    assert verify(engine).fault == ""
