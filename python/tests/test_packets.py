"""Packets: what they hold, where their arrays are, and how long they stay."""

from __future__ import annotations

import csv
import gc
import hashlib
import pathlib
import threading
import time

import numpy as np
import pytest

import neuromorphic
from neuromorphic._library import ffi, lib

FAST = "sim:prophesee_evk4?rate=20e6&speed=max"


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def first(device: neuromorphic.Device) -> neuromorphic.PolarityEvents:
    for _, packet in device:
        if packet.polarity_events is not None:
            return packet.polarity_events
    raise AssertionError("no events")


def test_arrays_are_the_packets_memory() -> None:
    with neuromorphic.open(FAST) as device:
        _, packet = next(device)
        events = packet.polarity_events
        assert events is not None
        c_packet = packet._lease
        for name in ("t", "x", "y", "on"):
            assert address(events[name]) == int(ffi.cast("uintptr_t", getattr(c_packet, name)))
            assert events[name] is events[name]
        block = int(ffi.cast("uintptr_t", c_packet.block))
        assert block <= address(events.t) and address(events.on) + len(events) <= block + c_packet.block_length
        assert address(events[100:].x) == address(events.x) + 200, "a slice is a view"


def test_columns_have_the_types_of_the_drivers_records(recording: pathlib.Path) -> None:
    with neuromorphic.open(f"file:{recording}") as device:
        _, packet = next(device)
    events = packet.polarity_events
    assert events is not None and packet.trigger_events is not None
    assert [(name, events[name].dtype.str) for name in events.fields] == [
        ("t", "<u8"),
        ("x", "<u2"),
        ("y", "<u2"),
        ("on", "|b1"),
    ]
    records = np.asarray(events)
    assert records.dtype.itemsize == 13 and len(records) == len(events)
    for name in events.fields:
        assert np.array_equal(records[name], events[name])
    assert np.asarray(packet.trigger_events).dtype.itemsize == 10
    assert events[5] == records[5] and events[-1]["t"] == records[-1]["t"]
    chosen = events[events.on]
    assert len(chosen) == int(events.on.sum()) and bool(chosen.on.all())
    assert [tuple(record) for record in events[:3]] == [tuple(record) for record in records[:3]]


@pytest.mark.parametrize("name", ["evt2_sample.raw", "evt3_sample.raw"])
def test_a_recording_of_a_camera_decodes_to_the_expected_events(data: pathlib.Path, name: str) -> None:
    expected = next(row for row in csv.DictReader((data / "expected.csv").open()) if row["file"] == name)
    hashes = {field: hashlib.sha256() for field in ("t", "x", "y", "on")}
    count = 0
    with neuromorphic.open(f"file:{data / name}") as device:
        for _, packet in device:
            if packet.polarity_events is not None:
                count += len(packet.polarity_events)
                for field, digest in hashes.items():
                    digest.update(packet.polarity_events[field].data)
    assert count == int(expected["events"])
    for field, kind in (("t", "t_u64"), ("x", "x_u16"), ("y", "y_u16"), ("on", "on_u8")):
        assert hashes[field].hexdigest() == expected[f"sha256_{kind}"], field


def test_a_kept_array_stays_as_it_is_while_a_thousand_million_events_pass(recording: pathlib.Path) -> None:
    with neuromorphic.open(f"file:{recording}?loop") as device:
        kept = [first(device) for _ in range(5)]
        copies = [np.array(events) for events in kept]
        views = [(events.t, events.x[::2]) for events in kept[:2]]
        passed = 0
        for _, packet in device:
            passed += 0 if packet.polarity_events is None else len(packet.polarity_events)
            if passed > 1_000_000_000:
                break
        del packet
        assert device.statistics().leases == 5
        for events, copy in zip(kept, copies):
            assert np.array_equal(np.asarray(events), copy)
        assert np.array_equal(views[0][0], copies[0]["t"]) and np.array_equal(views[1][1], copies[1]["x"][::2])


def test_memory_returns_when_the_last_array_goes() -> None:
    with neuromorphic.open(FAST) as device:
        pieces = [first(device).x[10:20] for _ in range(8)]
        gc.collect()
        assert device.statistics().leases == 8
        del pieces[:7]
        assert device.statistics().leases == 1
        del pieces
        assert device.statistics().leases == 0


def test_too_many_kept_packets_give_a_sentence_and_lose_nothing() -> None:
    with neuromorphic.open(FAST, maximum_leases=3) as device:
        held = [first(device) for _ in range(3)]
        with pytest.raises(neuromorphic.errors.LeasesSpentError, match="3"):
            next(device)
        expected = int(held[-1].t[-1])
        held.clear()
        assert int(first(device).t[0]) >= expected


def test_arrays_outlive_the_device() -> None:
    device = neuromorphic.open(FAST)
    events = first(device)
    copy = np.array(events)
    device.close()
    del device
    gc.collect()
    assert np.array_equal(np.asarray(events), copy)


def test_a_status_says_when_and_what(recording: pathlib.Path) -> None:
    with neuromorphic.open(f"file:{recording}") as device:
        status, packet = next(device)
    assert status.ring is not None and packet.polarity_events is not None
    assert abs(status.system_time - time.time()) < 60
    delay = status.delay()
    assert delay is not None and 0 <= delay < 60
    assert status.system_time - status.ring.system_time == pytest.approx(delay, abs=1e-5)
    assert status.ring.current_t >= int(packet.polarity_events.t[-1])
    assert status.sequence == 0 and status.bytes > 0
    assert not status.ring.clutch_engaged and status.ring.dropped_packets == 0
    assert "current_t=" in repr(status) and "polarity_events=" in repr(packet)


def test_a_status_keeps_no_packet() -> None:
    with neuromorphic.open(FAST) as device:
        statuses = [next(device)[0] for _ in range(200)]
        assert [status.sequence for status in statuses] == list(range(200))
        assert device.statistics().leases == 0


def test_the_end_of_a_recording_ends_the_iteration(recording: pathlib.Path) -> None:
    with neuromorphic.open(f"file:{recording}") as device:
        count = sum(len(packet.polarity_events) for _, packet in device if packet.polarity_events is not None)
        assert count == device.statistics().events > 1_900_000
        assert list(device) == []


def test_a_time_out_gives_an_empty_packet_and_no_ring(quiet: str) -> None:
    with neuromorphic.open(quiet, iterator_timeout=0.02) as device:
        for _ in range(20):
            start = time.monotonic()
            status, packet = next(device)
            if status.ring is None:
                assert time.monotonic() - start >= 0.019
                assert packet.polarity_events is None and packet.trigger_events is None and status.delay() is None
                return
    raise AssertionError("data came all the time")


def test_packets_are_mappings_too(recording: pathlib.Path) -> None:
    with neuromorphic.open(f"file:{recording}") as device:
        _, packet = next(device)
    assert "dvs_events" in packet and "polarity_events" in packet and "frames" not in packet and 3 not in packet
    assert len(packet["dvs_events"]) == len(packet["polarity_events"])
    with pytest.raises(KeyError):
        packet["imu_events"]
    assert list(packet.keys()) == ["polarity_events", "trigger_events"]
    assert list(neuromorphic.Packet().keys()) == []


def test_events_can_be_made_of_ones_own_columns() -> None:
    own = {"t": np.arange(3, dtype=np.uint64), "x": np.zeros(3, np.uint16), "y": np.ones(3, np.uint16), "on": np.ones(3, bool)}
    events = neuromorphic.PolarityEvents.from_columns(own)
    assert len(events) == 3 and events.t is own["t"] and np.asarray(events)["y"].tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="lengths"):
        neuromorphic.PolarityEvents.from_columns({**own, "x": np.zeros(2, np.uint16)})
    with pytest.raises(ValueError, match="fields"):
        neuromorphic.PolarityEvents.from_columns({"t": own["t"]})
    with pytest.raises(KeyError, match="no field"):
        events["z"]


def test_columns_go_through_dlpack_without_a_copy() -> None:
    with neuromorphic.open(FAST) as device:
        events = first(device)
        for name in events.fields:
            assert address(np.from_dlpack(events[name])) == address(events[name])
        jax = pytest.importorskip("jax")
        jax.config.update("jax_enable_x64", True)
        for name in events.fields:
            array = jax.dlpack.from_dlpack(events[name])
            assert array.unsafe_buffer_pointer() == address(events[name])
            assert array.dtype == events[name].dtype
        del events
        assert device.statistics().leases == 1, "jax's last array keeps the packet"


def test_raw_packets_are_the_files_bytes(recording: pathlib.Path) -> None:
    content = recording.read_bytes()
    start = content.index(b"% end\n") + 6
    with neuromorphic.open(f"file:{recording}", raw=True) as device:
        pieces = [bytes(packet) for _, packet in device]
    assert b"".join(pieces) == content[start:]
    with neuromorphic.open(f"file:{recording}", raw=True) as device:
        status, packet = next(device)
        assert isinstance(packet, memoryview) and packet.readonly and status.ring is not None
        assert status.ring.overflow_indices == [] and len(packet) == status.bytes
        device.close()
        assert bytes(packet) == content[start : start + len(packet)]


def test_a_recording_is_written_as_it_was_read(recording: pathlib.Path, tmp_path: pathlib.Path) -> None:
    copy = tmp_path / "copy.raw"
    with neuromorphic.open(f"file:{recording}", raw=True) as device:
        with device.record(copy) as output:
            for _, packet in device:
                assert output.write(packet) == len(packet)
        with pytest.raises(neuromorphic.NeuromorphicError, match="copy.raw"):
            device.record(copy)
        with pytest.raises(neuromorphic.errors.ClosedError):
            output.write(packet)
    assert copy.read_bytes().split(b"% end\n", 1)[1] == recording.read_bytes().split(b"% end\n", 1)[1]
    with neuromorphic.open(f"file:{recording}", raw=True) as device, device.record(tmp_path / "x.raw") as output:
        with pytest.raises(neuromorphic.errors.ArgumentError):
            output.write(memoryview(b"not a packet"))
        with pytest.raises(neuromorphic.errors.ArgumentError):
            output.write(next(device)[1][4:])


def test_another_thread_interrupts_and_closes_waits(quiet: str) -> None:
    device = neuromorphic.open(quiet)
    threading.Timer(0.05, device.interrupt).start()
    with pytest.raises(neuromorphic.errors.InterruptedWait):
        for _ in device:
            pass
    threading.Timer(0.05, device.close).start()
    with pytest.raises(neuromorphic.errors.ClosedError):
        for _ in device:
            pass


def test_two_threads_cannot_take_packets_at_once(quiet: str) -> None:
    with neuromorphic.open(quiet) as device:
        seen: list[BaseException] = []

        def take() -> None:
            try:
                for _ in device:
                    pass
            except neuromorphic.NeuromorphicError as error:
                seen.append(error)

        thread = threading.Thread(target=take)
        thread.start()
        time.sleep(0.05)
        with pytest.raises((neuromorphic.errors.BusyError, neuromorphic.errors.InterruptedWait)):
            for _ in range(200):
                next(device)
        device.close()
        thread.join(5)
        assert not thread.is_alive() and len(seen) == 1


def test_the_library_is_the_one_that_was_named() -> None:
    assert neuromorphic.__version__ == ffi.string(lib.neuromorphic_version_text()).decode()
