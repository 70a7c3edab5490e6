"""What is particular to single formats."""

from __future__ import annotations

import json
import pathlib
import struct
import zipfile

import numpy as np
import pytest
from command_support import (
    HEIGHT,
    WIDTH,
    assert_same,
    need,
    random_events,
    random_triggers,
    read,
    recording,
    run,
    write,
    write_evt2,
)

from neuromorphic import PolarityEvents, formats
from neuromorphic.formats import base, csv, event_stream


def events_of(*rows: tuple[int, int, int, int]) -> PolarityEvents:
    columns = dict(zip(("t", "x", "y", "on"), np.array(rows).T))
    return PolarityEvents.from_columns({name: column.astype(PolarityEvents.dtype[name]) for name, column in columns.items()})


# ---- Event Stream ----

EXAMPLE = (
    (0, 0, 0, 1), (0, 345, 259, 0), (126, 10, 20, 1), (252, 11, 21, 0), (253, 12, 22, 1), (508, 13, 23, 0), (10000, 14, 24, 1),
)  # fmt: skip
EXAMPLE_BYTES = bytes.fromhex(
    "4576656E742053747265616D 020000 01 5A010401"
    "0100000000 0059010301 FD0A001400 FC0B001500 030C001600 FFFF020D001700" + "FF" * 74 + "BD0E001800"
)


def test_event_stream_is_written_byte_for_byte_as_specified(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "a.es", events_of(*EXAMPLE))
    assert (tmp_path / "a.es").read_bytes() == EXAMPLE_BYTES


def test_a_real_event_stream_is_written_as_it_was(tmp_path: pathlib.Path) -> None:
    path = recording("dvs.es")
    assert run("convert", path, tmp_path / "again.es") == 0
    assert (tmp_path / "again.es").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("block", (1, 2, 3, 5, 7, 64, 1000))
def test_event_stream_does_not_depend_on_where_it_is_cut(
    block: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.es").write_bytes(EXAMPLE_BYTES)
    monkeypatch.setattr(event_stream, "_BLOCK", block)
    assert_same(read(tmp_path / "a.es")[0], events_of(*EXAMPLE))


def plain(data: bytes, kind: int) -> list[tuple[int, int, int, int]]:
    """The specification, byte by byte."""
    events: list[tuple[int, int, int, int]] = []
    t = place = 0
    while place < len(data):
        byte = data[place]
        if kind == 1 and byte >= 0xFE:
            t += 127 * (byte & 1)
            place += 1
        elif kind == 2 and byte >= 0xFC:
            t += 63 * (byte & 3)
            place += 1
        elif place + 5 > len(data):
            break
        else:
            t += byte >> kind
            x, y = struct.unpack_from("<HH", data, place + 1)
            if kind == 1:
                events.append((t, x, y, byte & 1))
            elif byte & 1 == 0:
                events.append((t, x, y, byte >> 1 & 1))
            place += 5
    return events


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", (1, 2))
def test_any_bytes_of_an_event_stream_mean_what_the_plain_reader_says(kind: int, seed: int, tmp_path: pathlib.Path) -> None:
    random = np.random.default_rng(seed)
    # Half of the bytes are such as could begin an overflow.
    data = np.where(random.random(5000) < 0.5, random.integers(0, 256, 5000), random.integers(250, 256, 5000)).astype(np.uint8)
    header = b"Event Stream\x02\x00\x00" + bytes([kind]) + struct.pack("<HH", 65535, 65535)
    (tmp_path / "a.es").write_bytes(header + data.tobytes())
    wanted = plain(data.tobytes(), kind)
    assert_same(read(tmp_path / "a.es")[0], events_of(*wanted))


def test_an_event_stream_that_ends_within_an_event_says_so(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.es").write_bytes(EXAMPLE_BYTES[:-2])
    events, _, reader = read(tmp_path / "a.es")
    assert_same(events, events_of(*EXAMPLE[:-1]))
    assert reader.notes == ["the file ends within an event: 3 bytes are left over"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({12: 1}, "version 1, not 2"), ({15: 4}, "type colour"), ({15: 0}, "type generic"), ({0: 0}, "is not an Event Stream")],
)
def test_event_streams_of_other_kinds_are_refused(change: dict[int, int], sentence: str, tmp_path: pathlib.Path) -> None:
    data = bytearray(EXAMPLE_BYTES)
    for place, value in change.items():
        data[place] = value
    (tmp_path / "a.es").write_bytes(data)
    with pytest.raises(formats.FormatError, match=sentence):
        formats.open_reader(tmp_path / "a.es")


def test_a_long_silence_is_written_without_much_memory(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "_BLOCK", 1000)
    events = events_of((5, 1, 2, 1), (10**6, 3, 4, 0), (10**6 + 1, 5, 6, 1), (3 * 10**6, 7, 8, 0))
    write(tmp_path / "a.es", events)
    assert_same(read(tmp_path / "a.es")[0], events)


def test_time_that_begins_in_1970_needs_zero_time_in_an_event_stream(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = 1_700_000_000_000_000
    write(tmp_path / "a.csv", random_events(1000, start=start))
    assert run("convert", tmp_path / "a.csv", tmp_path / "a.es") == 1
    assert "use --zero-time" in capsys.readouterr().err
    assert run("convert", tmp_path / "a.csv", tmp_path / "a.es", "--zero-time") == 0
    events = random_events(1000, start=start)
    np.testing.assert_array_equal(read(tmp_path / "a.es")[0].t, events.t - events.t[0])


# ---- CSV ----


@pytest.mark.parametrize(
    "text",
    [
        "t,x,y,on\n5,1,2,1\n7,3,4,0\n",
        "5,1,2,1\n7,3,4,0",
        "# a comment\n\nx,y,p,timestamp\n1,2,1,5\n3,4,-1,7\n",
        "t,x,y,on\r\n5,1,2,1\r\n7,3,4,0\r\n\r\n",
        '"t";"x";"y";"polarity"\n5;1;2;1\n7;3;4;0\n',
        "t\tx\ty\textra\ton\n5\t1\t2\t-9\t1\n7\t3\t4\t-9\t0\n",
    ],
)
@pytest.mark.parametrize("block", (1, 8, 1 << 22))
def test_csv_of_many_kinds_is_read(text: str, block: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv, "_BLOCK", block)
    (tmp_path / "a.csv").write_bytes(text.encode())
    assert_same(read(tmp_path / "a.csv")[0], events_of((5, 1, 2, 1), (7, 3, 4, 0)))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("t,x,y,on\n5,1,2\n", "something else than 4 integers in a line"),
        ("t,x,y,on\n5,1,2\n5,1,2,3,4\n", "something else than 4 integers in a line"),
        ("t,x,y,on\n5,1,two,1\n", "something else than 4 integers in a line"),
        ("t,x,y,on\n5,1,2.5,1\n", "something else than 4 integers in a line"),
        ("t,x,y\n5,1,2\n", "no column on or p"),
        ("5,1,2\n", "3 columns and no line that names them"),
        ("t,x,y,on\n-5,1,2,1\n", "t is -5, but can be 0 to"),
        ("t,x,y,on\n5,70000,2,1\n", "x is 70000, but can be 0 to 65535"),
    ],
)
def test_csv_that_is_wrong_is_refused_in_a_sentence(text: str, sentence: str, tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(formats.FormatError, match=sentence):
        read(tmp_path / "a.csv")


def test_csv_has_a_line_for_each_event(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "a.csv", events_of((0, 0, 0, 0), (9, 10, 99, 1), (1234567890123, 345, 100, 0)))
    assert (tmp_path / "a.csv").read_text() == "t,x,y,on\n0,0,0,0\n9,10,99,1\n1234567890123,345,100,0\n"


# ---- NumPy ----


def test_npy_is_what_numpy_loads(tmp_path: pathlib.Path) -> None:
    events = random_events(1000)
    write(tmp_path / "a.npy", events)
    loaded = np.load(tmp_path / "a.npy")
    assert loaded.dtype == PolarityEvents.dtype
    np.testing.assert_array_equal(loaded, np.asarray(events))


def test_npz_is_what_numpy_loads(tmp_path: pathlib.Path) -> None:
    events, triggers = random_events(1000), random_triggers(10)
    write(tmp_path / "a.npz", events, triggers)
    loaded = np.load(tmp_path / "a.npz")
    for name in ("t", "x", "y", "on"):
        np.testing.assert_array_equal(loaded[name], events.column(name))
    np.testing.assert_array_equal(loaded["trigger_t"], triggers.t)
    assert (loaded["width"], loaded["height"]) == (WIDTH, HEIGHT)


def test_arrays_that_other_programs_saved_are_read(tmp_path: pathlib.Path) -> None:
    events = random_events(100)
    records = np.zeros(100, [("x", "<i2"), ("y", "<i2"), ("p", "<i2"), ("t", "<i8")])
    records["x"], records["y"], records["p"], records["t"] = events.x, events.y, events.on, events.t
    np.save(tmp_path / "a.npy", records)
    np.savez_compressed(tmp_path / "a.npz", **{name: records[name] for name in records.dtype.names or ()})
    for name in ("a.npy", "a.npz"):
        assert_same(read(tmp_path / name)[0], events)


@pytest.mark.parametrize("array", [np.zeros((5, 4)), np.zeros(5), np.zeros(5, [("t", "u8"), ("x", "u2")])])
def test_arrays_that_are_no_events_are_refused(array: np.ndarray, tmp_path: pathlib.Path) -> None:
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(formats.FormatError):
        read(tmp_path / "a.npy")


def test_archives_whose_columns_differ_in_length_are_refused(tmp_path: pathlib.Path) -> None:
    np.savez(tmp_path / "a.npz", t=np.zeros(3, "u8"), x=np.zeros(3, "u2"), y=np.zeros(2, "u2"), on=np.zeros(3, "?"))
    with pytest.raises(formats.FormatError, match="different lengths"):
        read(tmp_path / "a.npz")


def test_an_archive_that_is_cut_off_is_refused(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "a.npz", random_events(1000))
    (tmp_path / "b.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:-500])
    with pytest.raises(formats.FormatError, match="not a NumPy archive"):
        read(tmp_path / "b.npz")
    assert zipfile.is_zipfile(tmp_path / "a.npz")


# ---- HDF5 ----


def test_hdf5_has_the_layout_and_the_index_of_prophesee_s_tools(tmp_path: pathlib.Path) -> None:
    h5py = pytest.importorskip("h5py")
    events, triggers = random_events(70_000), random_triggers(5)
    write(tmp_path / "a.hdf5", events, triggers)
    with h5py.File(tmp_path / "a.hdf5") as file:
        table, index = file["CD/events"][:], file["CD/indexes"][:]
        assert table.dtype.names == ("x", "y", "p", "t") and table.dtype["p"] == "<i2" and table.dtype["t"] == "<i8"
        assert file["EXT_TRIGGER/events"].dtype.names == ("p", "t", "id")
        assert file.attrs["geometry"] == f"{WIDTH}x{HEIGHT}"
    np.testing.assert_array_equal(index["ts"], 2000 * np.arange(len(index)))
    np.testing.assert_array_equal(index["id"], np.searchsorted(table["t"], index["ts"]))
    assert index["ts"][-1] <= table["t"][-1] < index["ts"][-1] + 2000


def test_hdf5_with_a_data_set_for_each_column_is_read(tmp_path: pathlib.Path) -> None:
    h5py = pytest.importorskip("h5py")
    events = random_events(1000)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, column in (("t", events.t - 50), ("x", events.x), ("y", events.y), ("p", events.on.astype("u1"))):
            file[f"events/{name}"] = column
        file["t_offset"] = 50
    assert_same(read(tmp_path / "a.h5")[0], events)


def test_hdf5_that_needs_prophesee_s_filter_says_so(tmp_path: pathlib.Path) -> None:
    h5py = pytest.importorskip("h5py")
    dtype = np.dtype([("x", "<u2"), ("y", "<u2"), ("p", "<i2"), ("t", "<i8")])
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        layout.set_chunk((100,))
        layout.set_filter(0x8ECF, h5py.h5z.FLAG_OPTIONAL)
        group = file.create_group("CD")
        table = h5py.h5d.create(group.id, b"events", h5py.h5t.py_create(dtype), h5py.h5s.create_simple((100,)), layout)
        table.write_direct_chunk((0,), b"compressed somehow", 0)
    with pytest.raises(formats.FormatError, match="ECF filter.*HDF5_PLUGIN_PATH"):
        read(tmp_path / "a.hdf5")


def test_hdf5_without_events_is_refused(tmp_path: pathlib.Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        file["something/else"] = np.zeros(3)
    with pytest.raises(formats.FormatError, match="neither CD/events nor"):
        read(tmp_path / "a.hdf5")


# ---- Parquet and Arrow ----


def test_tables_of_other_programs_are_read(tmp_path: pathlib.Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    events = random_events(100)
    table = pa.table(
        {
            "timestamp": pa.array(events.t.astype(np.int64)).cast(pa.timestamp("us")),
            "x": pa.array(events.x.astype(np.int32)),
            "y": pa.array(events.y),
            "polarity": pa.array(np.where(events.on, 1, -1).astype(np.int8)),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    assert_same(read(tmp_path / "a.parquet")[0], events)


def test_tables_with_missing_values_are_refused(tmp_path: pathlib.Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"t": [1, None], "x": [1, 2], "y": [1, 2], "on": [True, False]}), tmp_path / "a.parquet")
    with pytest.raises(formats.FormatError, match="rows without a value"):
        read(tmp_path / "a.parquet")


def test_a_table_says_its_geometry_where_pandas_and_others_keep_it(tmp_path: pathlib.Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    write(tmp_path / "a.parquet", random_events(100))
    schema = pq.read_schema(tmp_path / "a.parquet")
    assert schema.names == ["t", "x", "y", "on"]
    assert schema.metadata[b"width"] == str(WIDTH).encode() and schema.metadata[b"height"] == str(HEIGHT).encode()


# ---- AEDAT 4 ----


def test_aedat4_keeps_the_camera_s_name_and_serial_number(tmp_path: pathlib.Path) -> None:
    need(".aedat4")
    write(tmp_path / "a.aedat4", random_events(100))
    metadata = read(tmp_path / "a.aedat4")[2].metadata
    assert (metadata.camera, metadata.serial, metadata.encoding) == ("A camera", "00000042", "NONE")


def test_aedat4_that_is_cut_off_gives_what_is_whole(tmp_path: pathlib.Path) -> None:
    need(".aedat4")
    events = random_events(50_000)
    write(tmp_path / "a.aedat4", events)
    data = (tmp_path / "a.aedat4").read_bytes()
    (tmp_path / "b.aedat4").write_bytes(data[: len(data) // 2])
    found, _, _ = read(tmp_path / "b.aedat4")
    assert 0 < len(found) < len(events)
    assert_same(found, events[: len(found)])


def test_aedat4_places_every_part_where_its_reader_may_expect_it(tmp_path: pathlib.Path) -> None:
    """Follows the flatbuffers' offsets by hand: header, packets, and the table of the packets."""
    events, triggers = random_events(25_000), random_triggers(3)
    write(tmp_path / "a.aedat4", events, triggers, size=25_000)
    data = (tmp_path / "a.aedat4").read_bytes()
    assert data[:14] == b"#!AER-DAT4.0\r\n"

    def field(start: int, table: int, number: int) -> int:
        vtable = table - struct.unpack_from("<i", data, start + table)[0]
        return table + struct.unpack_from("<H", data, start + vtable + 4 + 2 * number)[0]

    def root(start: int, identifier: bytes) -> int:
        assert data[start + 8 : start + 12] == identifier
        return 4 + struct.unpack_from("<I", data, start + 4)[0]

    def vector(start: int, place: int) -> tuple[int, int]:
        place += struct.unpack_from("<I", data, start + place)[0]
        return struct.unpack_from("<I", data, start + place)[0], place + 4

    header = root(14, b"IOHE")
    place = field(14, header, 1)
    assert place % 8 == 0
    end = struct.unpack_from("<q", data, 14 + place)[0]
    count, first = vector(end, field(end, root(end, b"FTAB"), 0))
    told = 0
    for index in range(count):
        table = first + 4 * index
        table += struct.unpack_from("<I", data, end + table)[0]
        offset, number, begin, last = (struct.unpack_from("<q", data, end + field(end, table, k))[0] for k in (0, 2, 3, 4))
        stream, size = struct.unpack_from("<ii", data, end + field(end, table, 1))
        assert struct.unpack_from("<ii", data, offset - 8) == (stream, size)
        elements, places = vector(offset, field(offset, root(offset, b"EVTS" if stream == 0 else b"TRIG"), 0))
        assert elements == number and begin <= last
        if stream == 0:
            assert places % 8 == 0
            told += number
    assert told == len(events)
    assert end + 4 + struct.unpack_from("<I", data, end)[0] == len(data)


# ---- RAW ----


def test_raw_files_are_not_made_of_events(tmp_path: pathlib.Path) -> None:
    with pytest.raises(formats.FormatError, match="can't be made of events"):
        formats.open_writer(tmp_path / "a.raw", formats.Metadata(WIDTH, HEIGHT))


def test_a_raw_file_s_name_may_have_a_question_mark(tmp_path: pathlib.Path) -> None:
    events = random_events(1000)
    write_evt2(tmp_path / "what?.raw", events)
    found, _, reader = read(tmp_path / "what?.raw")
    assert_same(found, events)
    assert reader.metadata.serial == "00000042" and reader.metadata.fields["geometry"] == "1280x720"


def test_the_header_of_a_raw_file_is_told_as_it_stands(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_evt2(tmp_path / "a.raw", random_events(1000))
    assert run("info", tmp_path / "a.raw", "--json") == 0
    about = json.loads(capsys.readouterr().out)
    assert about["header"] == {"evt": "2.0", "format": "EVT2;height=720;width=1280", "geometry": "1280x720",
                               "serial_number": "00000042"}  # fmt: skip


def test_times_at_both_ends_of_the_range_are_kept_by_what_is_not_ordered() -> None:
    with pytest.raises(formats.FormatError, match="t is"):
        base.polarity_events(np.array([2**63], np.uint64), *(np.zeros(1, np.uint16),) * 3)
