"""What the page of a letter asks of the record: the letter itself, and whose case it belongs to."""

from typing import Any

from sqlalchemy import Engine, select

from models import orm
from models.unit_of_work import reported


def find_letter(engine: Engine, number: int) -> dict[str, Any] | None:
    """Return the columns of a letter and, with `case_` before their names, some of its case; None for none.

    One that belongs to no case is nobody's to see here. Raises RecordUnavailable.
    """
    letters, cases = orm.letters, orm.cases.c
    of_case = (
        cases.reference.label("case_reference"), cases.assigned_to.label("case_assigned_to"),
        cases.complainant_name.label("case_complainant_name"), cases.subject.label("case_subject"),
        cases.version.label("case_version"),
    )  # fmt: skip
    query = select(letters, *of_case).join(orm.cases, letters.c.case_id == cases.id)
    with reported(), engine.connect().execution_options(reads=True) as connection:
        row = connection.execute(query.where(letters.c.id == number)).mappings().first()
    return dict(row) if row is not None else None
