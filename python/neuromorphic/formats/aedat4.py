"""AEDAT 4, iniVation's format, read by the package aedat and written here. Events and triggers; frames and IMU samples of
a file are left out.

A file is a magic line, a header (what is in the file, as XML), packets of a stream each, and a table of the packets. Header,
packets and table are flatbuffers with their size in front. All of them have but one layout each here, which is laid out as
a struct, so that events become bytes without a loop.
"""

from __future__ import annotations

import pathlib
import struct
import xml.etree.ElementTree
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

import numpy as np

from ..arrays import Events, PolarityEvents, TriggerEvents
from . import base
from .base import (
    Chunk,
    FormatError,
    Metadata,
    Reader,
    TimeOrder,
    Writer,
    no_events,
    no_triggers,
    polarity_events,
    size_of,
    trigger_events,
)

NAME = "AEDAT 4"
SUFFIXES = (".aedat4",)
EXTRA: str | None = "aedat"
HAS_TRIGGERS = True
NEEDS_GEOMETRY = True
IS_WRITTEN = True

MAGIC = b"#!AER-DAT4.0\r\n"

_COMPRESSIONS = {"none": 0, "lz4": 1, "zstd": 3}
_NAMES = {0: "NONE", 1: "LZ4", 2: "LZ4_HIGH", 3: "ZSTD", 4: "ZSTD_HIGH"}

_EVENTS, _TRIGGERS = 0, 3
"""Streams' numbers, by convention."""

_RISING, _FALLING = 1, 2
"""External edges, among the kinds of triggers."""

_LARGEST_PACKET = 10_000
"""Events."""

_EVENT = np.dtype([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("on", "u1"), ("zero", "u1", 3)])

# A table within a vector of tables begins with the distance back to its vtable.
_TRIGGER = np.dtype([("vtable", "<i4"), ("kind", "u1"), ("zero", "u1", 3), ("t", "<i8")])
_TRIGGER_VTABLE = struct.pack("<HHHH", 8, 16, 8, 4)

_PACKET = np.dtype(
    [("vtable", "<i4"), ("stream", "<i4"), ("size", "<i4"), ("zero", "<i4"), ("offset", "<i8"), ("count", "<i8"),
     ("first", "<i8"), ("last", "<i8")]
)  # fmt: skip
_PACKET_VTABLE = struct.pack("<HHHHHHH", 14, 48, 16, 4, 24, 32, 40) + bytes(2)


class AEDAT4Reader(Reader):
    """A file with a stream of events."""

    def __init__(self, path: pathlib.Path) -> None:
        aedat = base.package("aedat", "aedat", "reading AEDAT 4 files")
        self.total = size_of(path)
        self.notes = []
        self._path = path
        with path.open("rb") as file:
            compression, description = _read_header(file, path)
        try:
            self._decoder = aedat.Decoder(str(path))
            streams: dict[int, dict[str, Any]] = self._decoder.id_to_stream()
        except Exception as error:
            raise FormatError(f"{path} can't be read as AEDAT 4: {error}") from error
        found = [number for number, stream in streams.items() if stream["type"] == "events"]
        if not found:
            raise FormatError(f"{path} has no stream of events")
        self._events = found[0]
        if len(found) > 1:
            self.notes.append(f"of {len(found)} streams of events, only number {self._events} is read")
        stream = streams[self._events]
        fields = {f"stream {number}": str(what["type"]) for number, what in streams.items()}
        camera, serial = _source(description)
        self.metadata = Metadata(stream["width"], stream["height"], serial, camera, compression, fields)

    def _chunks(self) -> Iterator[Chunk]:
        position = 0.0
        left_out: dict[str, int] = {}
        while True:
            try:
                packet = next(self._decoder)
            except StopIteration:
                break
            except Exception as error:
                # What was read so far is right.
                self.notes.append(f"the file can't be read to its end: {error}")
                break
            events, triggers = no_events(), no_triggers()
            if "events" in packet and packet["stream_id"] == self._events:
                records = packet["events"]
                columns = (np.ascontiguousarray(records[name]) for name in ("t", "x", "y", "on"))
                events = polarity_events(*columns)
                position += len(records) * _EVENT.itemsize
            elif "triggers" in packet:
                triggers = self._edges(packet["triggers"])
            else:
                kind = next((name for name in ("frame", "imus", "events") if name in packet), "other")
                left_out[kind] = left_out.get(kind, 0) + 1
                continue
            yield Chunk(events, triggers, min(position, self.total))
        for kind, count in left_out.items():
            self.notes.append(f"{count} packets of the kind {kind} are left out")

    @staticmethod
    def _edges(records: Any) -> TriggerEvents:
        kinds = records["source"]
        is_edge = (kinds == _RISING) | (kinds == _FALLING)
        chosen = records[is_edge]
        return trigger_events(chosen["t"], np.zeros(len(chosen), np.uint8), chosen["source"] == _RISING)


class AEDAT4Writer(Writer):
    """A file with a stream of events and one of triggers, each in the order of time."""

    def __init__(self, path: pathlib.Path, metadata: Metadata, compression: str) -> None:
        self._metadata = metadata
        self._compress: Any = None
        if compression != "none":
            codec = base.package("pyarrow", "arrow", "compressing AEDAT 4 files").Codec(compression)
            self._compress = lambda body: codec.compress(body, asbytes=True)  # pyright: ignore[reportUnknownLambdaType]
        self._orders = TimeOrder[PolarityEvents](NAME), TimeOrder[TriggerEvents](NAME)
        self._is_other_input = False
        self._packets: list[tuple[int, ...]] = []
        self._file = path.open("wb")
        self._number = _COMPRESSIONS[compression]
        self._description = _description(metadata, _NAMES[self._number])
        self._file.write(MAGIC + _header(self._number, -1, self._description))

    @property
    def notes(self) -> list[str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        notes = self._orders[0].notes
        return [*notes, "AEDAT 4 has no room for which input a trigger came from"] if self._is_other_input else notes

    def write(self, events: PolarityEvents, triggers: TriggerEvents) -> None:
        base.check_pixels(events, self._metadata)
        self._append(self._orders[0].put(events), self._orders[1].put(triggers))

    def finish(self) -> None:
        self._append(self._orders[0].rest(), self._orders[1].rest())
        place = self._file.tell()
        self._file.write(self._body(_table(self._packets)))
        self._file.seek(len(MAGIC))
        self._file.write(_header(self._number, place, self._description))

    def _append(self, events: PolarityEvents | None, triggers: TriggerEvents | None) -> None:
        if events is not None:
            for part in base.parts(events, _LARGEST_PACKET):
                records = np.zeros(len(part), _EVENT)
                for name in part.fields:
                    records[name] = part.column(name)
                self._packet(_EVENTS, _vector_of_structs(b"EVTS", records), part)
        if triggers is not None:
            for part in base.parts(triggers, _LARGEST_PACKET):
                self._is_other_input |= bool(part.id.any())
                records = np.zeros(len(part), _TRIGGER)
                records["kind"] = np.where(part.rising, _RISING, _FALLING)
                records["t"] = part.t
                self._packet(_TRIGGERS, _vector_of_tables(b"TRIG", _TRIGGER_VTABLE, records), part)

    def _packet(self, stream: int, body: bytes, events: Events) -> None:
        body = self._body(body)
        self._file.write(struct.pack("<ii", stream, len(body)))
        t = events.column("t")
        self._packets.append((stream, len(body), self._file.tell(), len(events), int(t[0]), int(t[-1])))
        self._file.write(body)

    def _body(self, body: bytes) -> bytes:
        return body if self._compress is None else self._compress(body)

    def close(self) -> None:
        self._file.close()


def open_reader(path: pathlib.Path) -> AEDAT4Reader:
    """Opens a file."""
    return AEDAT4Reader(path)


def open_writer(path: pathlib.Path, metadata: Metadata, compression: str | None) -> AEDAT4Writer:
    """Begins a file."""
    return AEDAT4Writer(path, metadata, base.choose_compression(compression, NAME, *_COMPRESSIONS))


# ---- Flatbuffers. Offsets count from where they stand; a vtable has its own length, its table's, and each field's offset. ----


def _root(identifier: bytes, vector: int) -> bytes:
    """The first 28 bytes behind the size: a root table whose only field is a vector that begins `vector` bytes behind it."""
    vtable = struct.pack("<HHH", 6, 8, 4) + bytes(2)
    return struct.pack("<I", 16) + identifier + vtable + struct.pack("<iI", 8, 4 + vector)


def _vector_of_structs(identifier: bytes, records: Any) -> bytes:
    """A root table with a vector of structs, whose data begins at byte 32."""
    body = _root(identifier, 0) + struct.pack("<I", len(records)) + records.tobytes()
    return struct.pack("<I", len(body)) + body


def _vector_of_tables(identifier: bytes, vtable: bytes, records: Any) -> bytes:
    """A root table with a vector of tables, which share a vtable."""
    count = len(records)
    # The vector's length and offsets, then the vtable, then the tables, each part at a multiple of 8.
    vtable_place = -(-(32 + 4 * count) // 8) * 8
    tables_place = vtable_place + len(vtable)
    places = tables_place + records.dtype.itemsize * np.arange(count, dtype=np.int64)
    records["vtable"] = places - vtable_place
    offsets = (places - (32 + 4 * np.arange(count))).astype("<u4").tobytes()
    padding = bytes(vtable_place - 32 - len(offsets))
    body = _root(identifier, 0) + struct.pack("<I", count) + offsets + padding + vtable + records.tobytes()
    return struct.pack("<I", len(body)) + body


def _table(packets: list[tuple[int, ...]]) -> bytes:
    """The table of the packets."""
    columns = np.array(packets, np.int64).reshape(-1, 6)
    records = np.zeros(len(packets), _PACKET)
    for index, name in enumerate(("stream", "size", "offset", "count", "first", "last")):
        records[name] = columns[:, index]
    return _vector_of_tables(b"FTAB", _PACKET_VTABLE, records)


def _header(compression: int, table: int, description: bytes) -> bytes:
    """The header, whose length does not depend on where the packets' table is."""
    # The root table at byte 24: its vtable's distance, the compression, the place (aligned to 8 at byte 32), the text's offset.
    vtable = struct.pack("<HHHHH", 10, 20, 4, 8, 16) + bytes(2)
    root = struct.pack("<iiqI", 12, compression, table, 4)
    text = struct.pack("<I", len(description)) + description + b"\0"
    text += bytes(-len(text) % 8)
    body = struct.pack("<I", 20) + b"IOHE" + vtable + root + text
    return struct.pack("<I", len(body)) + body


def _read_header(file: BinaryIO, path: pathlib.Path) -> tuple[str, str]:
    """The compression's name and the description."""
    if file.read(len(MAGIC)) != MAGIC:
        raise FormatError(f"{path} is not an AEDAT 4 file: it doesn't begin with {MAGIC.decode().strip()}")
    try:
        data = file.read(*struct.unpack("<I", file.read(4)))
        root = struct.unpack_from("<I", data)[0]
        vtable = root - struct.unpack_from("<i", data, root)[0]
        length = struct.unpack_from("<H", data, vtable)[0]
        fields = struct.unpack_from(f"<{length // 2 - 2}H", data, vtable + 4)
        fields = (*fields, 0, 0, 0)
        compression = struct.unpack_from("<i", data, root + fields[0])[0] if fields[0] else 0
        text = ""
        if fields[2]:
            place = root + fields[2]
            place += struct.unpack_from("<I", data, place)[0]
            text = data[place + 4 : place + 4 + struct.unpack_from("<I", data, place)[0]].decode("utf-8", "replace")
    except struct.error as error:
        raise FormatError(f"{path} has a header that can't be read: {error}") from error
    return _NAMES.get(compression, str(compression)), text


def _description(metadata: Metadata, compression: str) -> bytes:
    """What is in the file, as XML."""
    name = metadata.camera.replace("_", " ") or "camera"
    source = f"{name}_{metadata.serial}" if metadata.serial else name

    def attribute(key: str, kind: str, value: str) -> str:
        return f'<attr key="{key}" type="{kind}">{escape(value)}</attr>'

    def stream(number: int, output: str, identifier: str, what: str) -> str:
        return (
            f'<node name="{number}" path="/outInfo/{number}/">'
            + attribute("compression", "string", compression)
            + attribute("originalModuleName", "string", "capture")
            + attribute("originalOutputName", "string", output)
            + attribute("typeDescription", "string", what)
            + attribute("typeIdentifier", "string", identifier)
            + f'<node name="info" path="/outInfo/{number}/info/">'
            + attribute("sizeX", "int", str(metadata.width))
            + attribute("sizeY", "int", str(metadata.height))
            + attribute("source", "string", source)
            + "</node></node>"
        )

    streams = stream(_EVENTS, "events", "EVTS", "Array of events (polarity ON/OFF).")
    streams += stream(_TRIGGERS, "triggers", "TRIG", "Array of triggers.")
    return f'<dv version="2.0"><node name="outInfo" path="/outInfo/">{streams}</node></dv>'.encode()


def _source(description: str) -> tuple[str, str]:
    """The camera's name and serial number, as far as a description tells."""
    try:
        root = xml.etree.ElementTree.fromstring(description)
    except xml.etree.ElementTree.ParseError:
        return "", ""
    for element in root.iter("attr"):
        if element.get("key") == "source" and element.text:
            camera, _, serial = element.text.rpartition("_")
            return (camera, serial) if camera else (serial, "")
    return "", ""
