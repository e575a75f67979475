"""What the page of the settings asks of the audit: what was changed that belongs to no case."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, func, select

from models import orm
from models.queries import reading

_LOOKED_AT = 100_000
"""Of so many of the newest rows of the audit: most are about cases and messages."""

_EVERYDAY = ("digest_written", "signed_in", "signed_out", "sign_in_failed")


class Change(NamedTuple):
    """A line of the audit: when, who by the name in Heard, what, and what was said of it."""

    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]


def changes_of_the_office(engine: Engine, *, limit: int) -> list[Change]:
    """Return what was last changed of officers, known issues and the classifier, the newest first."""
    table = orm.audit.c
    with reading(engine) as connection:
        newest = connection.scalar(select(func.max(table.id))) or 0
        wanted = (
            select(table.at, table.actor, table.action, table.detail)
            .where(
                table.id > newest - _LOOKED_AT, table.case_reference.is_(None),
                table.message_id.is_(None), table.action.not_in(_EVERYDAY),
            )
            .order_by(table.id.desc())
            .limit(limit)
        )  # fmt: skip
        return [Change(*row) for row in connection.execute(wanted)]
