"""Opening, settings, statistics, and what goes wrong."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import os
import pathlib
import select
import struct
import subprocess
import sys
import time

import numpy as np
import pytest

import neuromorphic as nd
from neuromorphic import prophesee_evk3_hd, prophesee_evk4, settings
from neuromorphic._library import ffi, lib

MODULES = (prophesee_evk4, prophesee_evk3_hd)
SIMULATION = "sim:prophesee_evk4?rate=2e6"


def test_error_codes_are_the_headers() -> None:
    names = ffi.typeof("neuromorphic_status").relements
    ours = {code.name: code.value for code in nd.Code}
    assert ours == {name.replace("NEUROMORPHIC_", "").replace("ERROR_", ""): value for name, value in names.items()}


@pytest.mark.parametrize("kind, fields", [("neuromorphic_statistics", nd.Statistics), ("neuromorphic_defects", nd.Defects)])
def test_what_is_counted_is_what_the_header_has(kind: str, fields: type) -> None:
    ours = [field.name for field in dataclasses.fields(fields)]
    assert ["struct_size", *ours] == [name for name, _ in ffi.typeof(kind).fields]


@pytest.mark.parametrize("module", MODULES)
def test_default_configurations_are_the_librarys(module) -> None:
    model = module.Configuration.MODEL
    struct_ = nd.settings.prepared("neuromorphic_configuration")
    assert lib.neuromorphic_default_configuration(model, struct_) == 0
    assert module.Configuration.from_c(struct_) == module.Configuration()
    assert set(module.Configuration(rate_limiter=module.RateLimiter(1, 1), region=module.Region(0, 0, 1, 1)).values()) == set(
        settings.table(model)
    ), "every setting of the library has its field, and none has more"


@pytest.mark.parametrize("module", MODULES)
def test_a_configuration_survives_the_way_through_the_library(module) -> None:
    mask = module.RowColumnMask(set=True)
    mask.clear_rectangle(10, 20, 300, 200)
    pixels = nd.PropheseeEvk4PixelMask()
    pixels.set(0, 0, 0)
    pixels.set(62, 1279, 719)
    pixels.set(63, 1026, 664)
    configuration = module.Configuration(
        biases=module.Biases(diff_on=200, diff_off=3),
        x_mask=mask.x_mask(),
        y_mask=mask.y_mask(),
        pixel_mask=pixels.pixel_mask(),
        enable_external_trigger=False,
        clock=module.Clock.EXTERNAL,
        rate_limiter=module.RateLimiter(150, 4_000_000),
        enable_output=False,
        region=module.Region(1, 2, 3, 4),
        noise_filter=module.NoiseFilter(module.NoiseFilterMode.TRAIL, 20),
        antiflicker=module.Antiflicker(module.AntiflickerMode.BAND_STOP, 90, 110, 40, 5, 3),
    )
    c_configuration = configuration.to_c()
    assert module.Configuration.from_c(c_configuration) == configuration
    c_masks = getattr(c_configuration.settings, module.Configuration.type()).pixel_masks
    assert (c_masks[0].x, c_masks[0].y, c_masks[0].enabled) == (0, 719, 1), "rows count from the top in the library"
    assert (c_masks[62].x, c_masks[62].y) == (1279, 0) and (c_masks[63].x, c_masks[63].y) == (1026, 719 - 664)
    c_rows = getattr(c_configuration.settings, module.Configuration.type()).y_mask
    assert [c_rows[y // 64] >> (y % 64) & 1 for y in (719 - 219, 719 - 220, 719 - 20, 719 - 19)] == [0, 1, 0, 1]


def test_configurations_are_laid_out_in_bytes_as_in_neuromorphic_drivers() -> None:
    plain = prophesee_evk4.Configuration()
    assert len(plain.serialize()) == 445 and len(prophesee_evk3_hd.Configuration().serialize()) == 268
    limited = dataclasses.replace(plain, rate_limiter=prophesee_evk4.RateLimiter(200, 70000))
    assert len(limited.serialize()) == 451
    assert plain.serialize()[:13] == bytes.fromhex("7c5300664d495b148c7c947451")
    assert limited.serialize()[-8:] == b"\1" + struct.pack("<HI", 200, 70000) + b"\1"
    assert prophesee_evk4.UsbConfiguration().serialize() == struct.pack("<QQQ?", 131072, 4096, 32, False)
    assert prophesee_evk4.Configuration.type() == "prophesee_evk4"


@pytest.mark.parametrize(
    "change, message",
    [
        ({"biases": prophesee_evk4.Biases(diff_on=256)}, r"biases\.diff_on is 256, but can be 0 to 255"),
        ({"biases": prophesee_evk4.Biases(fo=-1)}, r"biases\.fo is -1, but can be 0 to 255"),
        ({"rate_limiter": prophesee_evk4.RateLimiter(201, 5)}, r"rate_limiter_period_us is 201, but can be 1 to 200 us"),
        ({"x_mask": (0,) * 19}, r"x_mask has 20 elements, not 19"),
        ({"x_mask": (1 << 64,) + (0,) * 19}, r"x_mask\[0\] is 18446744073709551616"),
        ({"pixel_mask": (0x1FFFFF,) + (0,) * 20}, r"pixel_mask's slot 0 is 2097151"),
        ({"pixel_mask": (0,)}, r"pixel_mask has 21 words, not 1"),
        ({"region": prophesee_evk4.Region(1000, 0, 400, 10)}, r"region"),
    ],
)
def test_a_setting_out_of_range_is_refused_by_name(change: dict, message: str) -> None:
    configuration = prophesee_evk4.Configuration(**change)
    with nd.open(SIMULATION) as device:
        with pytest.raises(nd.errors.ArgumentError, match=message):
            device.update_configuration(configuration)
        assert device.current_configuration() == prophesee_evk4.Configuration(), "nothing was applied"


def test_settings_apply_to_a_simulation() -> None:
    region = prophesee_evk4.Region(576, 296, 100, 50)
    with nd.open(SIMULATION + "&speed=max") as device:
        device.update_configuration(prophesee_evk4.Configuration(region=region))
        assert device.current_configuration() == prophesee_evk4.Configuration(region=region)
        device.clear_backlog()
        seen = 0
        for _, packet in device:
            events = packet.polarity_events
            if events is not None and device.backlog() == 0 and seen > 20:
                assert int(events.x.min()) >= 576 and int(events.x.max()) < 676
                assert int(events.y.min()) >= 296 and int(events.y.max()) < 346
            seen += 1
            if seen > 60:
                break


def test_a_configuration_can_be_given_at_opening() -> None:
    configuration = prophesee_evk4.Configuration(biases=prophesee_evk4.Biases(diff_on=150))
    with nd.open(configuration, source=SIMULATION) as device:
        assert device.current_configuration() == configuration
    with pytest.raises(nd.errors.ArgumentError):
        nd.open(prophesee_evk3_hd.Configuration(), source=SIMULATION)


def test_offsets_of_biases_are_relative_to_given_ones() -> None:
    factory = prophesee_evk4.Biases()
    offsets = prophesee_evk4.BiasesOffsets(diff_on=10, diff_off=-0x49)
    assert offsets.biases(factory) == prophesee_evk4.Biases(diff_on=0x70, diff_off=0)
    bounds = prophesee_evk4.BiasesOffsets.bounds(factory)
    assert bounds.diff_on == prophesee_evk4.Bounds(-0x66, 255 - 0x66) and bounds.hpf == prophesee_evk4.Bounds(0, 255)
    with pytest.raises(nd.errors.ArgumentError, match="offset of bias diff_off is -74, but can be -73 to 182"):
        prophesee_evk4.BiasesOffsets(diff_off=-0x4A).biases(factory)


def test_devices_say_what_they_are(recording: pathlib.Path) -> None:
    with nd.open(SIMULATION) as device:
        assert device.name() == nd.Name.PROPHESEE_EVK4 and device.properties() == nd.Properties(1280, 720)
        assert device.serial() == "00000001" and device.speed() == device.connection() == nd.Speed.UNKNOWN
        assert device.format() == "EVT3" and "simulated" in device.full_name() and "simulated" in repr(device)
    with nd.open(f"file:{recording}") as device:
        assert device.name() == nd.Name.RECORDING and device.properties().width == 1280
        with pytest.raises(RuntimeError):
            device.temperature_celsius()
        with pytest.raises(RuntimeError):
            device.illuminance()
        with pytest.raises(RuntimeError):
            device.update_configuration(prophesee_evk4.Configuration())


def test_every_method_of_a_closed_device_says_so() -> None:
    with nd.open(SIMULATION) as device:
        pass
    device.close()
    arguments = {"update_configuration": (prophesee_evk4.Configuration(),), "record": ("/tmp/never.raw",)}
    for name, method in inspect.getmembers(device, callable):
        if not name.startswith("_") and name != "close":
            with pytest.raises(RuntimeError, match=f"{name} called after __exit__"):
                method(*arguments.get(name, ()))
    with pytest.raises(RuntimeError, match="__next__ called after __exit__"):
        next(device)
    assert "closed" in repr(device)


@pytest.mark.parametrize(
    "arguments, kind, message",
    [
        (("file:/nowhere/at/all.raw",), nd.errors.NotFoundError, "all.raw"),
        (("sim:nothing",), nd.errors.ArgumentError, "nothing"),
        (("sim:prophesee_evk4?rate=-1",), nd.errors.ArgumentError, "rate"),
        (("usb:serial=FFFFFFFF",), nd.errors.NotFoundError, "FFFFFFFF|no known camera"),
        ((SIMULATION, -1.0), ValueError, "iterator_timeout"),
        ((SIMULATION, float("nan")), ValueError, "iterator_timeout"),
    ],
)
def test_opening_what_cannot_be_opened_says_why(arguments: tuple, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        nd.open(*arguments)


@pytest.mark.parametrize(
    "options",
    [
        {"iterator_maximum_raw_packets": -1},
        {"maximum_leases": 1 << 70},
        {"packet_capacity": 3},
        {"usb_configuration": prophesee_evk4.UsbConfiguration(ring_length=32, transfer_queue_length=32)},
        {"usb_configuration": prophesee_evk4.UsbConfiguration(buffer_length=-5)},
        {"ring_configuration": prophesee_evk4.RingConfiguration(buffer_length=1000)},
        {"serial": "00050423"},
        {"address": "1:2"},
        {"source": "sim:prophesee_evk4"},
        {
            "usb_configuration": prophesee_evk4.UsbConfiguration(),
            "ring_configuration": prophesee_evk4.RingConfiguration(),
        },
    ],
)
def test_options_that_cannot_be_are_refused(options: dict) -> None:
    with pytest.raises(nd.errors.ArgumentError):
        nd.open(SIMULATION, **options)


def test_buffers_are_those_that_were_asked_for() -> None:
    small = prophesee_evk4.UsbConfiguration(buffer_length=4096, ring_length=8, transfer_queue_length=2)
    with nd.open("sim:prophesee_evk4?rate=50e6", raw=True, usb_configuration=small, iterator_maximum_raw_packets=1) as device:
        time.sleep(0.1)
        assert device.overflow() and not device.overflow()
        assert device.statistics().buffers_lost_newest > 0 and device.backlog() <= 8
        status, packet = next(device)
        assert len(packet) <= 4096 and status.ring is not None
        next_lost = [next(device)[0].ring.dropped_packets for _ in range(20)]
        assert sum(next_lost) > 0
    renamed = prophesee_evk4.RingConfiguration(buffer_length=4096, ring_length=8, parallel_submissions=2)
    with nd.open("sim:prophesee_evk4?rate=50e6", raw=True, ring_configuration=renamed, drop_oldest=True) as device:
        time.sleep(0.1)
        assert device.statistics().buffers_lost_oldest > 0


def test_clearing_the_backlog_counts_what_is_lost() -> None:
    with nd.open("sim:prophesee_evk4?rate=50e6", iterator_maximum_raw_packets=1) as device:
        deadline = time.monotonic() + 10
        while (before := device.backlog()) <= 4:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        device.clear_backlog(until=2)
        counted = device.statistics()
        assert counted.buffers_cleared >= before - 2
        assert counted.bytes_produced == counted.bytes_delivered + counted.bytes_waiting + counted.bytes_cleared
        _, packet = next(device)
        assert packet.polarity_events_overflow_indices is not None
        with pytest.raises(nd.errors.ArgumentError):
            device.clear_backlog(until=-1)


def test_a_descriptor_is_readable_while_packets_wait(recording: pathlib.Path, quiet: str) -> None:
    with nd.open(f"file:{recording}") as device:
        assert select.select([device], [], [], 1)[0] == [device]
        for _ in device:
            pass
        assert select.select([device], [], [], 1)[0] == [device], "the end is there as well"
    with nd.open(quiet) as device:
        for _, _ in zip(range(3), device):
            pass


def test_another_process_maps_the_same_memory() -> None:
    with nd.open(SIMULATION) as device:
        packet = next(packet for _, packet in device if packet.polarity_events is not None)
        events = packet.polarity_events
        place = packet.offset_of(events.t)
        with pytest.raises(nd.errors.ArgumentError):
            packet.offset_of(np.array(events.t))
        program = (
            "import mmap, sys; fd, place, count = map(int, sys.argv[1:]); import numpy as np;"
            "m = mmap.mmap(fd, 0, prot=mmap.PROT_READ); print(int(np.frombuffer(m, '<u8', count, place).sum()))"
        )
        descriptor = device.arena_fileno()
        arguments = [sys.executable, "-c", program, str(descriptor), str(place), str(len(events))]
        done = subprocess.run(arguments, pass_fds=[descriptor], capture_output=True, text=True, check=True)
        assert int(done.stdout) == int(events.t.sum())


def test_async_for_takes_packets_while_other_tasks_run(recording: pathlib.Path) -> None:
    async def count_all() -> tuple[int, int]:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        task = asyncio.create_task(other())
        events = 0
        with nd.open(f"file:{recording}?loop") as device:
            async for _, packet in device:
                events += 0 if packet.polarity_events is None else len(packet.polarity_events)
                if events > 10_000_000:
                    break
        task.cancel()
        return events, turns

    events, turns = asyncio.run(count_all())
    assert events > 10_000_000 and turns >= 3


def test_async_for_ends_times_out_and_is_cancelled(recording: pathlib.Path, quiet: str) -> None:
    async def all_of(source: str) -> int:
        with nd.open(source, raw=True) as device:
            return sum([len(packet) async for _, packet in device])

    size = recording.stat().st_size - recording.read_bytes().index(b"% end\n") - 6
    assert asyncio.run(all_of(f"file:{recording}")) == size

    async def wait() -> None:
        with nd.open(quiet, iterator_timeout=0.02) as device:
            for _ in range(5):
                status, packet = await device.__anext__()
            assert status.ring is None and packet.polarity_events is None
        with nd.open(quiet) as device:

            async def for_ever() -> None:
                async for _ in device:
                    pass

            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(for_ever(), 0.1)

    asyncio.run(wait())

    async def live() -> None:
        with nd.open(SIMULATION) as device:
            start = time.monotonic()
            async for _ in device:
                if time.monotonic() - start > 0.1:
                    break
        with pytest.raises(nd.errors.ClosedError):
            await device.__anext__()

    asyncio.run(live())


def test_signals_end_a_wait(quiet: str) -> None:
    program = f"import neuromorphic\nfor _ in neuromorphic.open({quiet!r}): pass"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    time.sleep(1.0)
    process.send_signal(2)
    start = time.monotonic()
    process.communicate(timeout=5)
    assert time.monotonic() - start < 1 and process.returncode in (-2, 130)


def test_masks_count_as_in_neuromorphic_drivers(tmp_path: pathlib.Path) -> None:
    mask = nd.RowColumnMask(width=1280, height=720, set=True)
    mask.clear_rectangle(x=576, y=296, width=100, height=100)
    pixels = mask.pixels()
    assert pixels.shape == (720, 1280) and pixels.sum() == 10_000
    assert pixels[720 - 296 - 100 : 720 - 296, 576:676].all()
    assert len(mask.x_mask()) == 20 and len(mask.y_mask()) == 12
    assert [i for i in range(1280) if not mask.x_mask()[i // 64] >> (i % 64) & 1] == list(range(576, 676))
    mask = nd.RowColumnMask(16, 9, set=False)
    mask.set_y_range(0, 9, 4)
    mask.set_x_range(3, 5)
    assert mask.y_mask() == (0b100010001,) and mask.x_mask() == (0b11000,)
    mask.clear_y_range(4, 5, 1)
    assert mask.y_mask() == (0b100000001,)
    with pytest.raises(nd.errors.ArgumentError, match="16"):
        mask.set_x_range(10, 17)
    path = tmp_path / "mask.png"
    nd.write_mask_as_png(pixels, path)
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", content[16:24]) == (1280, 720)
    pillow = pytest.importorskip("PIL.Image")
    assert np.array_equal(np.asarray(pillow.open(path)), pixels)


def test_pixel_masks_have_slots_of_21_bits() -> None:
    mask = nd.PropheseeEvk4PixelMask()
    mask.set(63, 1026, 664)
    code = 1 + 1026 + 1280 * 664
    assert mask.pixel_mask() == tuple((code >> bit & 1) << 63 for bit in range(21))
    mask.set(1, 5, 0)
    assert mask.pixel_mask()[0] & ~(1 << 63) == 6 << 21
    assert mask.pixels()[719 - 664, 1026] and mask.pixels()[719, 5] and mask.pixels().sum() == 2
    mask.clear(1)
    assert mask.pixels().sum() == 1
    for wrong in ((64, 0, 0), (-1, 0, 0), (0, 1280, 0), (0, 0, 720)):
        with pytest.raises(nd.errors.ArgumentError):
            mask.set(*wrong)


def test_listing_without_a_camera_is_an_empty_table(capsys: pytest.CaptureFixture[str]) -> None:
    nd.print_device_list(color=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("┌") and "Name" in lines[1] and lines[-1].startswith("└")
    assert isinstance(nd.list_devices(), list)


def test_speeds_have_the_drivers_texts_and_both_names() -> None:
    assert nd.Speed("USB 3.0 SuperSpeed (5.0 Gb/s)") is nd.Speed.SUPER is nd.Connection.USB_SUPER
    assert nd.Name("Prophesee EVK4") is nd.Name.PROPHESEE_EVK4


def test_udev_rules_are_written_whole(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rules.d" / "65-neuromorphic.rules"
    nd.install_udev_rules(path, skip_root_check=True)
    assert path.read_text() == nd.udev.rules() and '"8e00"' in path.read_text()
    assert str(path) in capsys.readouterr().out
    if os.geteuid() != 0:
        with pytest.raises(SystemExit) as ended:
            nd.install_udev_rules(tmp_path / "other")
        assert ended.value.code == 0 and not (tmp_path / "other").exists()
