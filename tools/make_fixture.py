"""Keep a store of the present schema as text in tests/fixtures: run it once when a schema is released, never again."""

from __future__ import annotations

import os
import shlex
import sqlite3
import sys
import tempfile
from pathlib import Path

from salesctl.cli import run
from salesctl.store import version

PLACE = Path(__file__).parent.parent / "tests" / "fixtures"
DAY = "2026-11-23T09:42:00"
COMMANDS = """
team add East
rep add Lily team=East region=East
rep add Max manager=Lily
config me Lily
customer add 'Huaxin Trading' industry=Trade class=key phone='+86 138 0013 8000'
customer add 'Ningbo Optics' industry=Optics
contact add 'Mr Wu' customer='Huaxin Trading' job='Buyer' email=wu@huaxin.example
product add 'GTX Pro' price='4821 USD'
deal add 'Line 2' customer='Huaxin Trading' amount='CNY 12000.50' close=2026-12-20
deal add 'Lens upgrade' customer='Ningbo Optics' amount='CNY 800' close=2026-12-01
deal add 'Spare parts' customer='Huaxin Trading' amount='USD 99.99'
advance D1 --yes
log D1 'called about the line' --type call --next '+3d send the offer'
lose D2 --reason price
customer edit C2 industry=Medical
followup add 'visit the plant' deal=D3 due=2026-11-30
undo
goal add revenue 100k -p 2026Q4 --rep Lily --reason 'new plant'
rate set EUR 1.08 --base USD --date 2026-11-01
""".strip().split("\n")


def main() -> None:
    """Make the store by commands and write it down."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder, "LC_ALL": "C.UTF-8"}
        path = Path(folder) / "store.db"
        for line in ["init", *COMMANDS]:
            code = run(["--db", str(path), "--today", DAY, "--no-input", *shlex.split(line)])
            if code:
                sys.exit(f"{line}: exit {code}")
        connection = sqlite3.connect(path)
        text = "\n".join(connection.iterdump())
        connection.close()
    head = f"PRAGMA application_id={version.APPLICATION_ID};\nPRAGMA user_version={version.SCHEMA};\n"
    PLACE.mkdir(exist_ok=True)
    (PLACE / f"schema_{version.SCHEMA}.sql").write_text(head + text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
