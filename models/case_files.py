"""The files of a case, byte for byte: messages as they came, and what was attached to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from models import orm
from models.queries import reading
from models.reference import message_name

Row = dict[str, Any]


@dataclass(frozen=True)
class KeptFile:
    """A file as it came: its name, the type that the sender gave it, its bytes."""

    filename: str
    content_type: str
    content: bytes


def raw_message(engine: Engine, case: Row, number: int) -> KeptFile | None:
    """Return a message of a case byte for byte, None where it has no such message or never had its bytes."""
    table = orm.messages.c
    query = (
        select(table.filename, orm.blobs.c.content)
        .join(orm.blobs, orm.blobs.c.sha256 == table.sha256)
        .where(table.id == number, table.case_id == case["id"])
    )
    with reading(engine) as connection:
        found = connection.execute(query).mappings().first()
    if found is None:
        return None
    name = found["filename"] or f"{case['reference']}-{message_name(number)}.eml"
    return KeptFile(name, "message/rfc822", found["content"])


def attached_file(engine: Engine, case: Row, number: int) -> KeptFile | None:
    """Return a file that came with a message of a case, None where it is not of this case."""
    table = orm.attachments.c
    query = (
        select(table.filename, table.content_type, orm.blobs.c.content)
        .join(orm.messages, orm.messages.c.id == table.message_id)
        .join(orm.blobs, orm.blobs.c.sha256 == table.sha256)
        .where(table.id == number, orm.messages.c.case_id == case["id"])
    )
    with reading(engine) as connection:
        found = connection.execute(query).mappings().first()
    return KeptFile(**found) if found is not None else None


def attached_contents(
    engine: Engine, message: int, sha256: Sequence[str], *, most_bytes: int
) -> dict[str, bytes]:
    """Return files of one message by their SHA-256, no more than so many bytes in all."""
    table, blobs = orm.attachments.c, orm.blobs.c
    sizes = (
        select(blobs.sha256, blobs.size)
        .join(orm.attachments, table.sha256 == blobs.sha256)
        .where(table.message_id == message, blobs.sha256.in_(sha256))
        .distinct()
    )
    with reading(engine) as connection:
        wanted, room = [], most_bytes
        for name, size in connection.execute(sizes):
            if size <= room:
                room -= size
                wanted.append(name)
        found = connection.execute(select(blobs.sha256, blobs.content).where(blobs.sha256.in_(wanted)))
        return dict(map(tuple, found))
