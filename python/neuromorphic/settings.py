"""The library's table of settings, and configurations written to and read from its structs by that table."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

from ._library import check, ffi, lib, prepared, text
from .errors import ArgumentError, Code


@dataclasses.dataclass(frozen=True)
class Setting:
    """What holds for one setting of a model."""

    name: str
    """As in the C struct, such as "biases.diff_on"."""
    unit: str
    """Such as "us"; "" where it has none."""
    minimum: int
    maximum: int
    default: int
    """Of every element."""
    count: int
    """Elements; more than 1 for an array."""
    live: bool
    """Whether it can be changed while streaming."""
    simulated: bool
    """Whether a simulated camera's events follow it."""
    offset: int
    """Bytes from the start of the C struct."""
    stride: int
    """Bytes from one element to the next."""
    width: int
    """Bytes of an element, an unsigned integer."""

    def range(self) -> str:
        """The range in words."""
        return f"{self.minimum} to {self.maximum}{f' {self.unit}' if self.unit else ''}"


@functools.cache
def table(model: int) -> dict[str, Setting]:
    """All settings of a model, by name."""
    found: dict[str, Setting] = {}
    for index in range(lib.neuromorphic_setting_count(model)):
        entry = prepared("neuromorphic_setting")
        check(lib.neuromorphic_setting_at(model, index, entry))
        found[text(entry.name)] = Setting(
            text(entry.name), text(entry.unit), entry.minimum, entry.maximum, entry.default_value, entry.count,
            entry.live != 0, entry.simulated != 0, entry.offset, entry.stride, entry.width,
        )  # fmt: skip
    return found


Values = dict[str, int | Sequence[int]]


def write(model: int, values: Values) -> Any:
    """A C configuration of the model's defaults, with these values. Refuses what the table doesn't allow."""
    struct = prepared("neuromorphic_configuration")
    check(lib.neuromorphic_default_configuration(model, struct))
    memory = ffi.buffer(struct)
    for name, value in values.items():
        setting = table(model)[name]
        elements = (value,) if isinstance(value, int) else tuple(value)
        if len(elements) != setting.count:
            raise ArgumentError(f"{name} has {setting.count} elements, not {len(elements)}")
        for index, element in enumerate(elements):
            if not setting.minimum <= element <= setting.maximum:
                where = f"{name}[{index}]" if setting.count > 1 else name
                raise ArgumentError(f"{where} is {element}, but can be {setting.range()}", Code.OUT_OF_RANGE)
            place = setting.offset + index * setting.stride
            memory[place : place + setting.width] = int(element).to_bytes(setting.width, "little")
    return struct


def read(struct: Any) -> dict[str, list[int]]:
    """All values of a C configuration, each setting as a list of its elements."""
    memory = ffi.buffer(struct)
    values: dict[str, list[int]] = {}
    for name, setting in table(struct.model).items():
        places = (setting.offset + index * setting.stride for index in range(setting.count))
        values[name] = [int.from_bytes(memory[place : place + setting.width], "little") for place in places]
    return values
