"""Masks of rows, columns and single pixels. Rows count from the bottom, as neuromorphic_drivers counts them."""

from __future__ import annotations

import os
import pathlib
import struct
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ArgumentError
from .prophesee import HEIGHT, WIDTH, mask_words

Pixels = npt.NDArray[np.bool_]


class RowColumnMask:
    """Which rows and columns of a sensor are masked."""

    def __init__(self, width: int, height: int, set: bool) -> None:
        """All of them, or none."""
        self.x_unpacked: Pixels = np.full(width, set, dtype=np.bool_)
        """(width,) True where the column is masked."""
        self.y_unpacked: Pixels = np.full(height, set, dtype=np.bool_)
        """(height,) True where the row, from the bottom, is masked."""

    def clear_x_range(self, start: int, stop: int, step: int = 1) -> None:
        """Unmasks columns, as `range` counts them."""
        _put(self.x_unpacked, "columns", range(start, stop, step), False)

    def set_x_range(self, start: int, stop: int, step: int = 1) -> None:
        """Masks columns, as `range` counts them."""
        _put(self.x_unpacked, "columns", range(start, stop, step), True)

    def clear_y_range(self, start: int, stop: int, step: int = 1) -> None:
        """Unmasks rows, as `range` counts them."""
        _put(self.y_unpacked, "rows", range(start, stop, step), False)

    def set_y_range(self, start: int, stop: int, step: int = 1) -> None:
        """Masks rows, as `range` counts them."""
        _put(self.y_unpacked, "rows", range(start, stop, step), True)

    def clear_rectangle(self, x: int, y: int, width: int, height: int) -> None:
        """Unmasks the columns and the rows of a rectangle."""
        self.clear_x_range(x, x + width)
        self.clear_y_range(y, y + height)

    def x_mask(self) -> tuple[int, ...]:
        """The columns as 64-bit words, for a configuration's x_mask."""
        return _words(self.x_unpacked)

    def y_mask(self) -> tuple[int, ...]:
        """The rows as 64-bit words, for a configuration's y_mask."""
        return _words(self.y_unpacked)

    def pixels(self) -> Pixels:
        """(height, width) as events count rows: True for a pixel that is active where mask_intersection_only is False."""
        return ~(self.x_unpacked[np.newaxis, :] | self.y_unpacked[::-1, np.newaxis])


class PropheseeEvk4PixelMask:
    """Up to 64 single pixels that are masked, each in a slot."""

    def __init__(self) -> None:
        self._codes = [0] * 64

    def set(self, index: int, x: int, y: int) -> None:
        """Masks a pixel by slot `index` (0 .. 63): x from the left, y from the bottom."""
        _check("index", index, 64)
        _check("x", x, WIDTH)
        _check("y", y, HEIGHT)
        self._codes[index] = 1 + x + WIDTH * y

    def clear(self, index: int) -> None:
        """Empties a slot."""
        _check("index", index, 64)
        self._codes[index] = 0

    def pixels(self) -> Pixels:
        """(height, width) as events count rows: True for a masked pixel."""
        result = np.zeros((HEIGHT, WIDTH), dtype=np.bool_)
        for code in self._codes:
            if code:
                result[HEIGHT - 1 - (code - 1) // WIDTH, (code - 1) % WIDTH] = True
        return result

    def pixel_mask(self) -> tuple[int, ...]:
        """21 words, for a configuration's pixel_mask."""
        return mask_words(self._codes)


def write_mask_as_png(pixels: npt.NDArray[Any], path: str | bytes | os.PathLike[str]) -> None:
    """Writes a (height, width) array of booleans as a black and white picture, True being white."""
    height, width = pixels.shape
    rows = np.packbits(pixels.astype(np.bool_), axis=1)
    unfiltered = np.hstack((np.zeros((height, 1), np.uint8), rows))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    image = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(unfiltered.tobytes(), 9)) + chunk(b"IEND", b"")
    pathlib.Path(os.fsdecode(path)).write_bytes(b"\x89PNG\r\n\x1a\n" + image)


def _put(line: Pixels, what: str, places: range, value: bool) -> None:
    for place in (places[0], places[-1]) if places else ():
        if not 0 <= place < len(line):
            raise ArgumentError(f"{what} {places.start} to {places.stop - 1} are not all on the sensor, which has {len(line)}")
    line[list(places)] = value


def _check(name: str, value: int, limit: int) -> None:
    if not 0 <= value < limit:
        raise ArgumentError(f"{name} is {value}, but can be 0 to {limit - 1}")


def _words(line: Pixels) -> tuple[int, ...]:
    packed = np.packbits(line, bitorder="little").tobytes()
    return tuple(word[0] for word in struct.iter_unpack("<Q", packed + bytes(-len(packed) % 8)))
