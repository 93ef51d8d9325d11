"""Write the next migration: what the declared tables have and the migrated ones have not (needs a development setup).

The first argument is its name, as `first` or `care_plans`; the file is to be read before it is committed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from salesctl.store.migrate import upgrade
from salesctl.store.schema.tables import METADATA

VERSIONS = Path(__file__).parent.parent / "salesctl" / "store" / "migrations" / "versions"
TEXT = '''"""Migration {number}: {name}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = {before}
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}


def downgrade() -> None:
    raise NotImplementedError("a store is never taken back; restore a backup instead")
'''


def main(name: str) -> None:
    """Compare the migrated schema with the declared one and write what is missing."""
    known = sorted(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))
    with create_engine("sqlite://").connect() as connection:
        if known:
            upgrade(connection, len(known))
        context = MigrationContext.configure(connection, opts={"target_metadata": METADATA, "render_as_batch": True})
        code = render_python_code(produce_migrations(context, METADATA).upgrade_ops, render_as_batch=True)
    body = "\n".join(line for line in code.split("\n") if "###" not in line).strip()
    number = f"{len(known) + 1:04d}"
    before = repr(known[-1]) if known else "None"
    (VERSIONS / f"{number}_{name}.py").write_text(TEXT.format(number=number, name=name, before=before, body=body))


if __name__ == "__main__":
    main(sys.argv[1])
