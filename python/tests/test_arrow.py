"""Packets and devices as Arrow data, in the packets' own memory."""

from __future__ import annotations

import gc
import pathlib

import numpy as np
import pytest

import neuromorphic as nd

pyarrow = pytest.importorskip("pyarrow")

FAST = "sim:prophesee_evk4?rate=20e6&speed=max&duration=0.05&triggers=1000"


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def test_a_packet_is_a_record_batch_in_the_same_memory() -> None:
    with nd.open(FAST) as device:
        _, packet = next(device)
        events, triggers = packet.polarity_events, packet.trigger_events
        assert events is not None and triggers is not None
        batch = pyarrow.record_batch(packet)
        assert batch.schema.names == ["t", "x", "y", "on"] and batch.num_rows == len(events)
        assert batch.schema.equals(pyarrow.schema(packet)) and not batch.schema.field("t").nullable
        for name in events.fields:
            assert batch.column(name).buffers()[1].address == address(events[name])
            assert np.array_equal(batch.column(name).to_numpy(), events[name])
        edges = pyarrow.record_batch(packet.arrow_triggers)
        assert edges.schema.names == ["t", "id", "rising"] and edges.num_rows == len(triggers)
        assert edges.column("t").buffers()[1].address == address(triggers.t)
        assert pyarrow.record_batch(packet.arrow_counters).num_rows == 0


def test_a_record_batch_keeps_its_packet() -> None:
    with nd.open(FAST) as device:
        batch = pyarrow.record_batch(next(device)[1])
        column = batch.column("x")
        copy = column.to_numpy().copy()
        del batch
        for pair in device:
            del pair
        gc.collect()
        assert device.statistics().leases == 1 and np.array_equal(column.to_numpy(), copy)
        del column
        gc.collect()
        assert device.statistics().leases == 0


def test_a_capsule_that_nobody_takes_releases_its_packet() -> None:
    with nd.open(FAST) as device:
        capsules = next(device)[1].__arrow_c_array__()
        assert device.statistics().leases == 1
        del capsules
        assert device.statistics().leases == 0
        stream = device.__arrow_c_stream__()
        del stream
    with pytest.raises(nd.errors.ClosedError):
        device.__arrow_c_stream__()
    with pytest.raises(nd.errors.ArgumentError):
        nd.Packet().__arrow_c_array__()


def test_a_device_is_a_stream_of_record_batches(recording: pathlib.Path) -> None:
    with nd.open(f"file:{recording}") as device:
        expected = np.concatenate([packet.polarity_events.t for _, packet in device if packet.polarity_events is not None])
    with nd.open(f"file:{recording}") as device:
        table = pyarrow.RecordBatchReader.from_stream(device).read_all()
    assert np.array_equal(table.column("t").to_numpy(), expected)
    assert table.schema.metadata[b"width"] == b"1280" and table.schema.field("t").metadata[b"unit"] == b"us"


def test_polars_takes_a_device(recording: pathlib.Path) -> None:
    polars = pytest.importorskip("polars")
    with nd.open(f"file:{recording}") as device:
        count = sum(len(packet.polarity_events) for _, packet in device if packet.polarity_events is not None)
    with nd.open(f"file:{recording}") as device:
        frame = polars.DataFrame(device)
    assert frame.height == count and frame.columns == ["t", "x", "y", "on"]
    with nd.open(f"file:{recording}") as device:
        _, packet = next(device)
        series = polars.DataFrame(packet)["t"]
        assert packet.polarity_events is not None and address(series.to_numpy()) == address(packet.polarity_events.t)


def test_duckdb_queries_a_device(recording: pathlib.Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with nd.open(f"file:{recording}") as device:
        xs = np.concatenate([packet.polarity_events.x for _, packet in device if packet.polarity_events is not None])
    device = nd.open(f"file:{recording}")
    rows = duckdb.sql("SELECT count(*), avg(x), max(t) FROM device").fetchall()
    device.close()
    assert rows[0][0] == len(xs) and rows[0][1] == pytest.approx(float(xs.mean()))


def test_a_stream_that_fails_says_why(quiet: str) -> None:
    device = nd.open(quiet, iterator_timeout=0.01)
    reader = pyarrow.RecordBatchReader.from_stream(device)
    with pytest.raises((OSError, pyarrow.ArrowException), match="time|Time"):
        for _ in range(100):
            reader.read_next_batch()
    device.close()
    with pytest.raises((OSError, pyarrow.ArrowException), match="closed"):
        reader.read_next_batch()
