"""Runs the migrations on the connection that `migrations.upgrade` hands over."""

from typing import Any, Literal

from alembic import context

from models import orm


def render_item(kind: str, item: Any, autogenerate: Any) -> str | Literal[False]:
    """Write our instant type as what the database knows, so that old revisions need no code of ours."""
    del autogenerate
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, orm.UtcDateTime) else False


connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("migrations are run by `heard migrate`")
context.configure(
    connection=connection,
    target_metadata=orm.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
