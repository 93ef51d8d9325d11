"""Keep the catalogue: take the messages out of the code, merge them into zh_CN, compile it (needs Babel).

`python tools/messages.py` updates; `python tools/messages.py --check` fails when something is missing or stale.
"""

from __future__ import annotations

import ast
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "salesctl"
PO = PACKAGE / "locale" / "zh_CN" / "LC_MESSAGES" / "salesctl.po"


def extracted() -> Catalog:
    """Every message of the code, in the order of the files; those inside f-strings too."""
    catalog = Catalog(project="salesctl", charset="utf-8")
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            message = _message(node)
            if message:
                catalog.add(message, None, [(str(path.relative_to(ROOT)), 0)])
    return catalog


def _message(node: ast.AST) -> str | tuple[str, str] | None:
    """What a call of _, N_ or _n marks, or None."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in ("_", "N_", "_n"):
        return None
    texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if node.func.id == "_n":
        return (texts[0], texts[1]) if len(texts) == 2 else None
    return texts[0] if texts else None


def merged() -> Catalog:
    """The Chinese catalogue with the messages of the code; what is used no more is dropped."""
    known = Catalog(locale="zh_CN")
    if PO.exists():
        with PO.open("rb") as file:
            known = read_po(file, locale="zh_CN")
    known.update(extracted(), no_fuzzy_matching=True)
    known.obsolete.clear()
    return known


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """The catalogue as .po and as .mo, the same bytes for the same messages."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalog, omit_header=False, no_location=True, sort_output=True, width=0)
    lines = [line for line in po.getvalue().split(b"\n") if not line.startswith((b'"POT-', b'"PO-Rev', b'"Generated'))]
    write_mo(mo, catalog)
    return b"\n".join(lines), mo.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """Messages without a Chinese text."""
    return [str(one.id) for one in catalog if one.id and not _said(one.string)]


def _said(text: object) -> bool:
    return all(text) if isinstance(text, list | tuple) else bool(text)


def main() -> int:
    """Update the catalogue, or say what is wrong with it."""
    catalog = merged()
    po, _mo = written(catalog)
    lost = missing(catalog)
    if "--check" in sys.argv:
        stale = not PO.exists() or PO.read_bytes() != po
        for message in lost:
            sys.stderr.write(f"no Chinese text: {message}\n")
        if stale:
            sys.stderr.write("the catalogue is stale: make messages\n")
        return 1 if lost or stale else 0
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po)
    with PO.open("rb") as file:
        again = read_po(file, locale="zh_CN")
    with PO.with_suffix(".mo").open("wb") as target:
        write_mo(target, again)
    sys.stderr.write(f"{len(catalog)} messages, {len(lost)} without a Chinese text\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
