"""Records of named values in small: what `dataclasses` does, without the milliseconds of importing it and making each class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast, dataclass_transform

T = TypeVar("T")
REQUIRED: Any = object()


class Fresh:
    """A default that is made anew for each record."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def fresh(*, factory: Callable[[], T]) -> T:
    """The default of a field whose value is made by a call for each record."""
    return cast(T, Fresh(factory))


@dataclass_transform(eq_default=False, field_specifiers=(fresh,))
class Data:
    """The base of a record: its fields are the annotations of its class, by place or by name, with their defaults.

    With `frozen=True` two records of the same values are equal, have one hash, and mypy refuses to set a field.
    """

    _shape: ClassVar[dict[str, Any]] = {}  # field -> default

    def __init_subclass__(cls, frozen: bool = False) -> None:
        own = cls.__dict__.get("__annotations__", {})  # noqa: RUF063  (inspect is what this spares)
        cls._shape = {**cls._shape, **{name: cls.__dict__.get(name, REQUIRED) for name in own}}
        if frozen:
            cls.__eq__ = _same  # type: ignore[assignment,method-assign]
            cls.__hash__ = _hash  # type: ignore[assignment,method-assign]

    def __init__(self, *given: Any, **named: Any) -> None:
        mine, shape = self.__dict__, self._shape
        mine.update(zip(shape, given, strict=False))
        if len(given) > len(shape) or not named.keys() <= shape.keys() or not mine.keys().isdisjoint(named):
            raise TypeError(f"{type(self).__name__} takes {', '.join(shape)}")
        mine.update(named)
        for name, default in shape.items() if len(mine) < len(shape) else ():
            if name not in mine:
                if default is REQUIRED:
                    raise TypeError(f"{type(self).__name__} lacks {name}")
                mine[name] = default.make() if type(default) is Fresh else default

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self._shape)
        return f"{type(self).__name__}({values})"


D = TypeVar("D", bound=Data)


def replace(one: D, **changed: Any) -> D:
    """The same record with other values in some fields. Raises TypeError for a field that is not there."""
    kept = {name: one.__dict__[name] for name in one._shape if name not in changed}
    return type(one)(**kept, **changed)


def _same(one: Data, other: object) -> bool:
    return type(one) is type(other) and _values(one) == _values(other)


def _hash(one: Data) -> int:
    return hash(_values(one))


def _values(one: Any) -> tuple[Any, ...]:
    return tuple(one.__dict__[name] for name in one._shape)
