"""Where Alembic begins: it works on the connection it is handed, inside the transaction that is already open."""

from __future__ import annotations

from alembic import context

import salesctl.store.schema.base  # noqa: F401  (how the column kinds are written)
from salesctl.store.schema.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
