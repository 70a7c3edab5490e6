"""Arrays that are views of a packet's memory.

A view keeps the packet's lease: the memory stays as it is for as long as any array of it is referred to, also after the
device is closed, and is used again by the library when the last one is gone. Until then it is the program's own, which
may write to it: the library doesn't read it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, TypeVar, overload

import numpy as np
import numpy.typing as npt

from ._library import ffi

Column = npt.NDArray[Any]


class View:
    """What numpy asks where the memory is, and keeps for as long as an array needs it."""

    __slots__ = ("__array_interface__", "lease")

    lease: Any
    __array_interface__: dict[str, Any]

    def __init__(self, lease: Any, address: int, count: int, kind: str, is_read_only: bool) -> None:
        self.lease = lease
        self.__array_interface__ = {"shape": (count,), "typestr": kind, "data": (address, is_read_only), "version": 3}


def column(lease: Any, pointer: Any, count: int, kind: str, is_read_only: bool = False) -> Column:
    """An array of `count` elements at a C pointer. `kind` as numpy spells it: "<u8", "<u2", "|u1", "|b1"."""
    if count == 0:
        return np.empty(0, kind)
    return np.asarray(View(lease, int(ffi.cast("uintptr_t", pointer)), count, kind, is_read_only))


EventsT = TypeVar("EventsT", bound="Events")


class Events:
    """Events as one array for each field: `events.t` and `events["t"]` are the same view of the packet's memory.

    Slices are views as well. A mask or a list of indices gives a copy of the rows it chooses, as with numpy. An index
    gives one record. `numpy.asarray(events)` makes a structured array (a copy) with neuromorphic_drivers' packed dtype.
    """

    __slots__ = ("_columns", "_count", "_lease")

    dtype: ClassVar[np.dtype[Any]]
    """Of the structured array: packed, little-endian."""

    PREFIX: ClassVar[str] = ""
    """Of the fields' names in the C packet."""

    def __init__(self, lease: Any, count: int, columns: dict[str, Column] | None = None) -> None:
        """`lease` is the C packet whose memory has the columns that are not in `columns`."""
        self._lease = lease
        self._count = count
        self._columns: dict[str, Column] = {} if columns is None else columns

    @classmethod
    def from_columns(cls: type[EventsT], columns: dict[str, Column]) -> EventsT:
        """Events of a program's own arrays, one for each field, all of one length."""
        if set(columns) != set(cls.dtype.names or ()):
            raise ValueError(f"{cls.__name__} has the fields {cls.dtype.names}, not {tuple(columns)}")
        lengths = {len(column) for column in columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"columns of different lengths: { {name: len(c) for name, c in columns.items()} }")
        return cls(None, lengths.pop() if lengths else 0, dict(columns))

    def column(self, name: str) -> Column:
        """One field's array."""
        found = self._columns.get(name)
        if found is None:
            if name not in self.fields:
                raise KeyError(f"no field {name!r}; the fields are {', '.join(self.fields)}")
            pointer = getattr(self._lease, self.PREFIX + name)
            found = self._columns[name] = column(self._lease, pointer, self._count, self.dtype[name].str)
        return found

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields' names."""
        return self.dtype.names or ()

    @property
    def size(self) -> int:
        """How many events."""
        return self._count

    @property
    def shape(self) -> tuple[int]:
        """(events,)"""
        return (self._count,)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, key: str) -> Column: ...
    @overload
    def __getitem__(self: EventsT, key: slice | Column | list[int] | list[bool]) -> EventsT: ...
    @overload
    def __getitem__(self, key: int | np.integer[Any]) -> np.void: ...
    def __getitem__(self: EventsT, key: Any) -> Column | EventsT | np.void:
        if isinstance(key, str):
            return self.column(key)
        if isinstance(key, (int, np.integer)):
            record = np.empty(1, self.dtype)
            for name in self.fields:
                record[name] = self.column(name)[key]
            return record[0]
        chosen = {name: self.column(name)[key] for name in self.fields}
        return type(self)(None, len(next(iter(chosen.values()))), chosen)

    def __setitem__(self, key: str, values: npt.ArrayLike) -> None:
        self.column(key)[...] = values

    def __iter__(self) -> Iterator[np.void]:
        return iter(np.asarray(self))

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        if copy is False:
            raise ValueError(
                "records can't be had without a copy, as each field has an array of its own; use .t and the others"
            )
        records = np.empty(self._count, self.dtype)
        for name in self.fields:
            records[name] = self.column(name)
        return records if dtype is None else records.astype(dtype, copy=False)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={np.array2string(self.column(name), threshold=6, edgeitems=2)}" for name in self.fields)
        return f"{type(self).__name__}({self._count}: {shown})"


class PolarityEvents(Events):
    """Changes of brightness. All arrays have as many elements as there are events."""

    __slots__ = ()

    dtype: ClassVar[np.dtype[Any]] = np.dtype([("t", "<u8"), ("x", "<u2"), ("y", "<u2"), ("on", "?")])

    @property
    def t(self) -> npt.NDArray[np.uint64]:
        """Microseconds of the sensor's clock."""
        return self.column("t")

    @property
    def x(self) -> npt.NDArray[np.uint16]:
        """Pixels from the left."""
        return self.column("x")

    @property
    def y(self) -> npt.NDArray[np.uint16]:
        """Pixels from the top."""
        return self.column("y")

    @property
    def on(self) -> npt.NDArray[np.bool_]:
        """True where it became brighter, False where it became darker."""
        return self.column("on")


class TriggerEvents(Events):
    """Edges at the trigger inputs. All arrays have as many elements as there are edges."""

    __slots__ = ()

    PREFIX: ClassVar[str] = "trigger_"
    dtype: ClassVar[np.dtype[Any]] = np.dtype([("t", "<u8"), ("id", "u1"), ("rising", "?")])

    @property
    def t(self) -> npt.NDArray[np.uint64]:
        """Microseconds of the sensor's clock."""
        return self.column("t")

    @property
    def id(self) -> npt.NDArray[np.uint8]:
        """Which input."""
        return self.column("id")

    @property
    def rising(self) -> npt.NDArray[np.bool_]:
        """True for a rising edge, False for a falling one."""
        return self.column("rising")


class CounterEvents(Events):
    """Reports of the sensor's rate controller. All arrays have as many elements as there are reports."""

    __slots__ = ()

    PREFIX: ClassVar[str] = "counter_"
    dtype: ClassVar[np.dtype[Any]] = np.dtype([("t", "<u8"), ("events", "<u4"), ("is_output", "?")])

    @property
    def t(self) -> npt.NDArray[np.uint64]:
        """Microseconds of the sensor's clock."""
        return self.column("t")

    @property
    def events(self) -> npt.NDArray[np.uint32]:
        """Events that it counted since its report before."""
        return self.column("events")

    @property
    def is_output(self) -> npt.NDArray[np.bool_]:
        """False for what entered the rate controller, True for what left it."""
        return self.column("is_output")
