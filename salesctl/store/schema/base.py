"""What every table has, and how the four column kinds are written on each engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, DateTime, ForeignKey, MetaData, Text
from sqlalchemy.ext.compiler import compiles
from sqlmodel import SQLModel

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_ix",
    "uq": "%(table_name)s_%(column_0_N_name)s_uq",
    "ck": "%(table_name)s_%(constraint_name)s_ck",
    "fk": "%(table_name)s_%(column_0_name)s_fk",
    "pk": "%(table_name)s_pk",
}
METADATA = MetaData(naming_convention=NAMING)
SORTS: dict[str, Any] = {"TEXT": Text, "BIGINT": BigInteger, "DATE": Date, "INSTANT": lambda: DateTime(timezone=True)}


@compiles(BigInteger, "sqlite")
def _whole(_element: BigInteger, _compiler: object, **_options: object) -> str:
    return "INTEGER"


@compiles(Date, "sqlite")
@compiles(DateTime, "sqlite")
def _moment(_element: object, _compiler: object, **_options: object) -> str:
    return "TEXT"


@compiles(Text, "postgresql")
@compiles(Date, "postgresql")
@compiles(DateTime, "postgresql")
def _text(_element: object, _compiler: object, **_options: object) -> str:
    """Text in the order of its bytes, dates and instants too: ISO text sorts as time does, and both engines agree."""
    return 'TEXT COLLATE "C"'


def column(name: str, sort: str, *, target: str = "", empty: bool = True) -> Column[Any]:
    """A column of one of the four kinds; `target` makes it a reference that refuses to lose its record."""
    keys = [ForeignKey(f"{target}.id", deferrable=True, initially="IMMEDIATE")] if target else []
    return Column(name, SORTS[sort](), *keys, nullable=empty)


def must(name: str, sort: str = "TEXT", target: str = "") -> Column[Any]:
    """A column that is never empty."""
    return column(name, sort, target=target, empty=False)


def identity() -> list[Column[Any]]:
    """What every record has: who it is, and who made and changed it when."""
    return [
        Column("id", BigInteger(), primary_key=True, autoincrement=True),
        Column("uid", Text(), nullable=False, unique=True),
        Column("version", BigInteger(), nullable=False, server_default="1"),
        column("created_at", "INSTANT", empty=False),
        column("created_by", "TEXT"),
        column("updated_at", "INSTANT", empty=False),
        column("archived_at", "INSTANT"),
    ]


def key() -> Column[Any]:
    """The id of a row of facts."""
    return identity()[0]


def among(name: str, codes: Sequence[str]) -> CheckConstraint:
    """A named CHECK that a column holds one of a few codes."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f'"{name}" IN ({listed})', name=name)


def make(name: str, columns: Sequence[Column[Any]], *rules: Any) -> type[SQLModel]:
    """A SQLModel table class of these columns, STRICT on SQLite, with ids that are never used twice."""
    autoincrement = any(col.name == "id" for col in columns)
    options = {"sqlite_strict": True, "sqlite_autoincrement": autoincrement}
    from sqlmodel import Field

    body: dict[str, Any] = {
        "__module__": __name__,
        "__tablename__": name,
        "__table_args__": (*rules, options),
        "metadata": METADATA,
        "__annotations__": {_attribute(col): Any for col in columns},
    }
    for col in columns:
        body[_attribute(col)] = Field(default=None, sa_column=col)
    title = "".join(part.capitalize() for part in name.split("_"))
    metaclass: Any = type(SQLModel)
    made: type[SQLModel] = metaclass(title, (SQLModel,), body, table=True)
    return made


def _attribute(col: Column[Any]) -> str:
    return f"{col.name}_" if col.name in ("class", "key") else str(col.name)
