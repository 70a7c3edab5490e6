"""The live viewer: what it keeps, what it serves to whom, and what a real browser shows of it."""

from __future__ import annotations

import asyncio
import base64
import json
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import neuromorphic
from neuromorphic.arrays import PolarityEvents
from neuromorphic.commands.view_command import source_to_show

aiohttp = pytest.importorskip("aiohttp", reason="the viewer's server needs aiohttp")

import chromium  # noqa: E402

from neuromorphic.viewer import reader as readers  # noqa: E402
from neuromorphic.viewer.protocol import Encoder, Kind  # noqa: E402
from neuromorphic.viewer.reader import Reader, State  # noqa: E402
from neuromorphic.viewer.server import Viewer  # noqa: E402
from neuromorphic.viewer.surface import TICK_US, Surface  # noqa: E402

TAU_US = 100e3
GROUND, ON, OFF = (np.array(colour, float) for colour in ((0x05, 0x07, 0x0A), (0xFF, 0xB1, 0x4A), (0x3F, 0x9B, 0xFF)))

Array = npt.NDArray[Any]


# ---- Material ----


def events_of(t: Any, x: Any, y: Any, on: Any) -> PolarityEvents:
    return PolarityEvents.from_columns(
        {"t": np.array(t, "<u8"), "x": np.array(x, "<u2"), "y": np.array(y, "<u2"), "on": np.array(on, "?")}
    )


def write_recording(path: pathlib.Path, t: Array, x: Array, y: Array, on: Array, width: int, height: int) -> str:
    """A RAW file of EVT2 words: each event after the word that has the upper bits of its time."""
    upper = 0x8 << 28 | t >> 6
    events = on.astype(np.int64) << 28 | (t & 63) << 22 | x << 11 | y
    words = np.stack((upper, events), axis=1).astype("<u4")
    path.write_bytes(f"% evt 2.0\n% format EVT2;height={height};width={width}\n% end\n".encode() + words.tobytes())
    return f"file:{path}"


def letter(tmp_path: pathlib.Path, mirrored: bool = False) -> str:
    """A recording of an F that is drawn from left to right within 0.3 s: ON at the top, OFF at the bottom."""
    width, height = 320, 240
    y, x = np.mgrid[0:height, 0:width]
    shape = (abs(x - 80) < 25) | ((abs(y - 45) < 20) & (x > 80) & (x < 270)) | ((abs(y - 120) < 15) & (x > 80) & (x < 200))
    shape &= (y > 20) & (y < 220)
    y, x = np.nonzero(shape)
    order = np.argsort(x, kind="stable")
    y, x = y[order].astype(np.int64), x[order].astype(np.int64)
    t = 5_000_000 + x * 900
    shown = width - 1 - x if mirrored else x
    return write_recording(tmp_path / f"letter{mirrored}.raw", t, shown, y, y < 130, width, height)


def expected_picture(source: str) -> Array:
    """(height, width, 3): what is to be seen of a source that has ended, worked out in another way than the viewer does."""
    with neuromorphic.open(source) as device:
        width, height = device.properties().width, device.properties().height
        last, on, now = np.full((height, width), -np.inf), np.zeros((height, width), bool), 0
        for status, packet in device:
            events = packet.polarity_events
            assert status.ring is not None
            now = status.ring.current_t
            if events is not None:
                order = np.lexsort((np.arange(len(events)), events.y, events.x))
                x, y = events.x[order], events.y[order]
                newest = np.append((x[1:] != x[:-1]) | (y[1:] != y[:-1]), True)
                last[y[newest], x[newest]] = events.t[order][newest]
                on[y[newest], x[newest]] = events.on[order][newest]
    strength = np.exp((last - now) / TAU_US)[..., np.newaxis]
    return GROUND + (np.where(on[..., np.newaxis], ON, OFF) - GROUND) * strength


class Page:
    """A browser's part, without a browser."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self.connection = connection
        self.greeting: dict[str, Any] = {}
        self.stamps = np.zeros(0, np.uint16)
        self.counts = np.zeros(0, np.uint8)
        self.news: dict[str, Any] = {}
        self.kinds: list[Kind] = []
        self.tick = 0
        self.t = 0.0

    async def next(self, acknowledge: bool = True) -> dict[str, Any]:
        """Takes a message, and returns its JSON."""
        message = await asyncio.wait_for(self.connection.receive(), 10)
        assert message.type is aiohttp.WSMsgType.BINARY, message
        data: bytes = message.data
        kind, _, tick, number, length, text, t = struct.unpack_from("<BBHIIId", data)
        news = json.loads(data[24 : 24 + text]) if text else {}
        kind, start = Kind(kind), 24 + text
        self.kinds.append(kind)
        if kind is not Kind.NOTHING:
            self.tick, self.t = tick, t
        if kind is Kind.ALL_STAMPS:
            self.stamps = np.frombuffer(data, "<u2", length, start).copy()
        elif kind is Kind.SOME_STAMPS:
            self.stamps[np.frombuffer(data, "<u4", length, start)] = np.frombuffer(data, "<u2", length, start + 4 * length)
        elif kind is Kind.ALL_COUNTS:
            self.counts = np.frombuffer(data, "u1", length, start).copy()
        elif kind is Kind.SOME_COUNTS:
            self.counts = np.zeros(self.greeting["width"] * self.greeting["height"], np.uint8)
            self.counts[np.frombuffer(data, "<u4", length, start)] = np.frombuffer(data, "u1", length, start + 4 * length)
        self.news.update(news)
        if acknowledge:
            await self.say({"drawn": number})
        return news

    async def say(self, wish: Any) -> None:
        await self.connection.send_str(json.dumps(wish))

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        """Takes messages until it holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, (self.news, self.kinds[-5:])
            await self.next()

    async def rates(self, seconds: float = 0.6) -> tuple[float, float]:
        """The means of the ON and the OFF rate from now on. What was on its way before doesn't count."""
        on: list[float] = []
        off: list[float] = []
        start = time.monotonic()
        while time.monotonic() < start + 0.4 + seconds:
            news = await self.next()
            if time.monotonic() > start + 0.4:
                on += news.get("on", [])
                off += news.get("off", [])
        return float(np.median(on)), float(np.median(off))


class Served:
    """A source that is being served."""

    def __init__(self, viewer: Viewer, reader: Reader, session: aiohttp.ClientSession) -> None:
        self.viewer, self.reader, self.session = viewer, reader, session

    async def page(self) -> Page:
        page = Page(await self.session.ws_connect(self.viewer.url + "socket", max_msg_size=0))
        page.greeting = await page.connection.receive_json(timeout=10)
        return page


def serve(source: str, test: Callable[[Served], Coroutine[Any, Any, None]], device: Any = None) -> None:
    """Runs a test with a source that is served."""

    async def run() -> None:
        opened = neuromorphic.open(source, iterator_timeout=0.05) if device is None else device
        reader = Reader(opened, source, may_skip="speed=max" not in source)
        viewer = Viewer(reader, port=0)
        reader.start()
        try:
            async with viewer.serving(), aiohttp.ClientSession() as session:
                await test(Served(viewer, reader, session))
        finally:
            reader.stop()

    asyncio.run(run())


# ---- What is kept ----


def test_the_last_event_of_a_pixel_is_kept() -> None:
    surface = Surface(4, 3)
    surface.add(events_of([1000, 2000, 3000, 3000], [1, 1, 3, 1], [2, 2, 0, 2], [True, False, False, True]), 3100)
    picture = surface.picture()
    tick = 3000 // TICK_US
    assert picture.t == 3100 and picture.counts is None
    assert picture.stamps.reshape(3, 4).tolist() == [[0, 0, 0, 2 * tick], [0, 0, 0, 0], [0, 2 * tick + 1, 0, 0]]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_stamp_is_never_mistaken_for_a_newer_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    surface, last, t = Surface(16, 16), np.full(256, -(10**9)), 10**12
    for _ in range(400):
        times = t + np.sort(random.integers(0, random.choice([10, 10_000, 300_000, 9_000_000]), 3))
        pixels = random.integers(0, 256, 3)
        t = int(times[-1])
        surface.add(events_of(times, pixels % 16, pixels // 16, pixels % 2 == 0), t)
        for pixel, when in zip(pixels, times):
            last[pixel] = when
        picture = surface.picture()
        ages = (picture.tick - (picture.stamps >> 1).astype(int)) % 32768
        is_there = picture.stamps != 0
        difference = ages[is_there] * TICK_US - (t - last[is_there])
        assert np.all(abs(difference) <= 2 * TICK_US)
        # Whatever is not too faint is there.
        assert np.all(is_there[t - last < 4_000_000])


def test_events_are_counted_only_when_it_is_asked_for() -> None:
    surface = Surface(2, 1)
    many = events_of(range(20), [0] * 17 + [1] * 3, [0] * 20, [True] * 16 + [False] * 4)
    surface.add(many, 20)
    first, none = surface.picture(with_counts=True), surface.picture(with_counts=True)
    surface.add(many, 40)
    counted = surface.picture(with_counts=True)
    assert first.counts is not None and none.counts is not None and counted.counts is not None
    assert first.counts.tolist() == none.counts.tolist() == [0, 0]
    assert counted.counts.tolist() == [15 << 4 | 1, 3]


def test_messages_tell_what_has_changed() -> None:
    surface, encoder = Surface(100, 100), Encoder()
    lengths = []
    for t in (1000, 2000):
        surface.add(events_of([t] * 3, [5, 6, 7], [1, 2, 3], [True] * 3), t)
        lengths.append(len(encoder.message(1, {"a": 1}, surface.picture())))
    assert lengths == [24 + 8 + 20000, 24 + 8 + 3 * 6]


# ---- Who may look ----


def test_only_who_has_the_token_gets_in() -> None:
    async def test(served: Served) -> None:
        viewer, session = served.viewer, served.session
        base = f"http://127.0.0.1:{viewer.port}"
        refused = [
            (f"{base}/wrong/", {}, 403),
            (f"{base}/wrong/viewer.js", {}, 403),
            (f"{base}/wrong/socket", {}, 403),
            (f"{base}/", {}, 404),
            (f"{base}/start/wrong", {}, 403),
            (viewer.url + "server.py", {}, 404),
            (viewer.url + "..%2Fserver.py", {}, 404),
            (viewer.url, {"Host": "example.com"}, 403),
            (viewer.url, {"Host": f"example.com:{viewer.port}"}, 403),
            (viewer.url + "socket", {"Origin": "http://example.com"}, 403),
            (viewer.url + "socket", {"Origin": "null"}, 403),
        ]
        for url, headers, status in refused:
            async with session.get(url, headers=headers) as answer:
                text = await answer.text()
                assert (answer.status, viewer.token in text) == (status, False), (url, headers, text)
        for url, headers in ((f"{base}/wrong/socket", {}), (viewer.url + "socket", {"Origin": "http://127.0.0.1:1"})):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url, headers=headers)
        for name in ("", "viewer.js", "viewer.css"):
            # A tunnel has a port of its own.
            headers = {"Host": "localhost:9000", "Origin": "http://localhost:9000"}
            async with session.get(viewer.url + name, headers=headers) as answer:
                assert answer.status == 200
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                # Nothing comes from elsewhere: besides comments there is only a name that looks like an address.
                text = re.sub(r"^\s*//.*$", "", await answer.text(), flags=re.MULTILINE)
                assert "//" not in text.replace("http://www.w3.org/2000/svg", "")

    serve("sim:prophesee_evk4?rate=1e5", test)


def test_a_ticket_works_once() -> None:
    async def test(served: Served) -> None:
        ticket = served.viewer.ticket_url()
        assert served.viewer.token not in ticket
        async with served.session.get(ticket) as answer:
            assert answer.status == 200 and str(answer.url) == served.viewer.url
        async with served.session.get(ticket) as answer:
            assert answer.status == 403

    serve("sim:prophesee_evk4?rate=1e5", test)


# ---- What is sent ----


def test_pictures_are_what_the_recording_shows(tmp_path: pathlib.Path) -> None:
    source = letter(tmp_path)

    async def test(served: Served) -> None:
        page = await served.page()
        assert page.greeting["name"] == "letterFalse.raw" and page.greeting["biases"] == []
        await page.until(lambda: page.news.get("state") == "ended")
        await page.next()
        on = (page.stamps & 1).reshape(240, 320, 1) == 1
        age = (page.tick - (page.stamps >> 1).astype(int)) % 32768 * TICK_US
        strength = np.where(page.stamps == 0, 0, np.exp(-age / TAU_US)).reshape(240, 320, 1)
        picture = GROUND + (np.where(on, ON, OFF) - GROUND) * strength
        assert abs(picture - expected_picture(source)).max() < 1.5
        assert page.news["sentence"] == "The recording has ended."
        # Also for who comes later.
        later = await served.page()
        await later.until(lambda: later.news.get("state") == "ended")
        assert np.array_equal(later.stamps, page.stamps)

    serve(source, test)


def test_a_page_is_told_what_it_shows() -> None:
    async def test(served: Served) -> None:
        page = await served.page()
        assert page.greeting["name"] == "Prophesee EVK4 (simulated)"
        assert (page.greeting["width"], page.greeting["height"]) == (1280, 720)
        followed = {bias["name"] for bias in page.greeting["biases"] if bias["followed"]}
        assert followed == {"diff_on", "diff", "diff_off"} and len(page.greeting["biases"]) == 13
        on, off = await page.rates()
        assert on == pytest.approx(5e5, rel=0.2) and off == pytest.approx(5e5, rel=0.2)
        assert {"delay", "backlog", "lost_bytes", "cleared_bytes", "overflows", "t", "skipped"} <= page.news.keys()
        assert page.news["t"] > 500_000 and Kind.SOME_STAMPS in page.kinds

    serve("sim:prophesee_evk4?rate=1e6&scene=dots", test)


def test_counting_can_be_chosen() -> None:
    async def test(served: Served) -> None:
        page = await served.page()
        await page.say({"mode": "counts"})
        await page.until(lambda: len(page.counts) > 0 and np.count_nonzero(page.counts) > 1000)
        fading = await served.page()
        await fading.until(lambda: Kind.SOME_STAMPS in fading.kinds)
        assert len(fading.counts) == 0
        await page.say({"mode": "decay"})
        await page.until(lambda: page.kinds[-1] in (Kind.ALL_STAMPS, Kind.SOME_STAMPS))

    serve("sim:prophesee_evk4?rate=1e6&scene=dots", test)


def test_a_paused_page_gets_numbers_and_no_pictures() -> None:
    async def test(served: Served) -> None:
        page = await served.page()
        await page.until(lambda: page.news.get("t", 0) > 200_000)
        await page.say({"paused": True})
        await page.until(lambda: page.kinds[-1] is Kind.NOTHING)
        seen, t, events = len(page.kinds), page.news["t"], page.news["events"]
        await page.until(lambda: page.news["t"] > t + 700_000)
        assert set(page.kinds[seen:]) == {Kind.NOTHING}
        # The camera goes on being read.
        assert page.news["events"] > events + 500_000 and page.news["backlog"] < 64
        await page.say({"paused": False})
        await page.until(lambda: page.kinds[-1] is not Kind.NOTHING)
        assert page.t > t + 700_000

    serve("sim:prophesee_evk4?rate=1e6", test)


def test_biases_change_the_events() -> None:
    async def test(served: Served) -> None:
        page, other = await served.page(), await served.page()
        on, off = await page.rates()
        await page.until(lambda: "biases" in page.news)
        default = page.news["biases"]["diff_on"]
        await page.say({"biases": {"diff_on": default + 30}})
        less_on, same_off = await page.rates()
        assert less_on < 0.6 * on and same_off == pytest.approx(off, rel=0.3)
        await other.until(lambda: other.news.get("biases", {}).get("diff_on") == default + 30)
        for wish, words in (
            ({"biases": {"diff_on": 999}}, "biases.diff_on is 999, but can be 0 to 255"),
            ({"biases": {"nonsense": 1}}, 'has no bias "nonsense"'),
            ({"biases": {"diff_on": "1"}}, "can only be a whole number"),
            ({"biases": 7}, "does not understand"),
            (["no object"], "does not understand"),
        ):
            await page.say(wish)
            await page.until(lambda: "errors" in page.news)
            assert words in page.news.pop("errors")[0]
        await page.say({"reset": True})
        await page.until(lambda: page.news["biases"]["diff_on"] == default)
        on_again, _ = await page.rates()
        assert on_again == pytest.approx(on, rel=0.3)
        assert "errors" not in other.news

    serve("sim:prophesee_evk4?rate=1e6&scene=dots", test)


def test_a_slow_page_only_misses_pictures() -> None:
    async def test(served: Served) -> None:
        slow, quick = await served.page(), await served.page()
        await slow.next(acknowledge=False)
        await quick.until(lambda: quick.news.get("t", 0) > 1_500_000)
        assert len(quick.kinds) > 15
        assert quick.news["lost_bytes"] == 0
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(slow.connection.receive(), 0.2)
        await slow.say({"drawn": 1})
        await slow.next()
        await slow.until(lambda: slow.news.get("skipped", 0) > 15)
        # It hasn't missed what has happened meanwhile.
        await slow.until(lambda: slow.t >= quick.t)
        assert np.count_nonzero(slow.stamps) > 0

    serve("sim:prophesee_evk4?rate=1e6&scene=dots", test)


def test_several_pages_see_the_same(tmp_path: pathlib.Path) -> None:
    async def test(served: Served) -> None:
        pages = [await served.page() for _ in range(4)]

        async def watch(page: Page) -> None:
            await page.until(lambda: page.news.get("state") == "ended")
            await page.next()

        await asyncio.gather(*map(watch, pages))
        for page in pages[1:]:
            assert np.array_equal(page.stamps, pages[0].stamps)
        await pages[0].connection.close()
        await pages[1].next()
        await pages[1].until(lambda: pages[1].news["clients"] == 3)

    serve(letter(tmp_path) + "?speed=realtime", test)


class Troubled:
    """A device that does as it is told by a test, and is otherwise a simulation."""

    temperature_celsius: Callable[[], float]
    illuminance_lux: Callable[[], float]

    def __init__(self, source: str, step: Callable[[], None]) -> None:
        self.device = neuromorphic.open(source, iterator_timeout=0.05)
        self.step = step

    def __getattr__(self, name: str) -> Any:
        return getattr(self.device, name)

    def __next__(self) -> Any:
        self.step()
        return next(self.device)


def test_an_unplugged_camera_is_told() -> None:
    source = "sim:prophesee_evk4?rate=1e5"
    steps = iter(range(200))

    def unplug() -> None:
        if next(steps, None) is None:
            raise neuromorphic.errors.UnpluggedError("the camera was unplugged: plug it in again")

    async def test(served: Served) -> None:
        page = await served.page()
        await page.until(lambda: page.news.get("state") == "failed")
        assert page.news["sentence"] == "The camera was unplugged: plug it in again"
        assert served.reader.state is State.FAILED
        # The last picture stays.
        await page.next()
        assert np.count_nonzero(page.stamps) > 0

    serve(source, test, Troubled(source, unplug))


def test_what_a_camera_measures_is_told() -> None:
    source = "sim:prophesee_evk4?rate=1e5"
    device = Troubled(source, lambda: None)
    device.temperature_celsius, device.illuminance_lux = lambda: 41.5, lambda: 300.0

    async def test(served: Served) -> None:
        page = await served.page()
        await page.until(lambda: (page.news.get("celsius"), page.news.get("lux")) == (41.5, 300.0))

    serve(source, test, device)


def test_a_reader_that_is_too_slow_leaves_out_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_DELAY_S", 0.02)
    monkeypatch.setattr(readers, "PATIENCE_S", 0.1)
    source = "sim:prophesee_evk4?rate=1e6"

    async def test(served: Served) -> None:
        page = await served.page()
        await page.until(lambda: page.news.get("cleared_buffers", 0) > 0)
        assert page.news["delay"] < 1.0

    serve(source, test, Troubled(source, lambda: time.sleep(0.15)))


# ---- The command ----


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("usb:", "usb:"),
        ("sim:prophesee_evk4?rate=1e6", "sim:prophesee_evk4?rate=1e6"),
        ("file:a.raw", "file:a.raw?speed=realtime&loop"),
        ("file:a.raw?", "file:a.raw?speed=realtime&loop"),
        ("file:a.raw?loop", "file:a.raw?loop&speed=realtime"),
        ("file:a.raw?speed=0.1", "file:a.raw?speed=0.1&loop"),
        ("file:a?b.raw?speed=max", "file:a?b.raw?speed=max&loop"),
    ],
)
def test_recordings_are_shown_in_real_time(source: str, shown: str) -> None:
    assert source_to_show(source) == shown


def test_a_path_is_a_source(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.raw", "a?b.raw"):
        pathlib.Path(name).touch()
    assert source_to_show("a.raw", once=True) == "file:a.raw?speed=realtime"
    assert source_to_show("a?b.raw", once=True) == "file:a?b.raw?speed=realtime"


def command(*arguments: str, code: str = "") -> subprocess.Popen[str]:
    program = f"{code}\nimport sys\nfrom neuromorphic.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", program, "view", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_a_signal(number: signal.Signals) -> None:
    async def watch(url: str, process: subprocess.Popen[str]) -> Any:
        async with aiohttp.ClientSession() as session, session.ws_connect(url + "socket", max_msg_size=0) as connection:
            await connection.receive(timeout=10)
            process.send_signal(number)
            while (message := await connection.receive(timeout=10)).type is aiohttp.WSMsgType.BINARY:
                pass
            return message

    process = command("sim:prophesee_evk4?rate=1e5", "--port", "0", "--no-browser")
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split()[-1]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{24}/", url), line
        message = asyncio.run(watch(url, process))
        assert (message.data, message.extra) == (1001, "The viewer was ended.")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("sim:prophesee_evk4",), "import sys; sys.modules['aiohttp'] = None", "pip install 'neuromorphic[view]'"),
        (("file:/nowhere.raw",), "", "/nowhere.raw"),
        (("sim:nothing",), "", "sim:nothing"),
    ],
)
def test_what_cannot_be_shown_is_said(arguments: tuple[str, ...], code: str, words: str) -> None:
    process = command(*arguments, "--no-browser", "--port", "0", code=code)
    output, errors = process.communicate(timeout=10)
    assert process.returncode == 1 and output == ""
    assert words in errors and "Traceback" not in errors and errors.startswith("neuromorphic: ")


def test_a_port_that_is_taken_is_said() -> None:
    async def test(served: Served) -> None:
        port = str(served.viewer.port)
        process = command("sim:prophesee_evk4?rate=1e5", "--no-browser", "--port", port)
        _, errors = await asyncio.to_thread(process.communicate)
        assert process.returncode == 1 and port in errors and "Traceback" not in errors

    serve("sim:prophesee_evk4?rate=1e5", test)


# ---- In a browser ----

needs_chromium = pytest.mark.skipif(chromium.PROGRAM is None, reason="Chromium is not installed: apt-get install chromium")

_PIXELS = """(async () => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,%s')).blob());
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const bytes = context.getImageData(0, 0, image.width, image.height).data;
  let text = '';
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return [image.width, image.height, btoa(text)];
})()"""


async def pixels(blank: chromium.Tab, png: bytes) -> Array:
    """(height, width, 3) of a PNG, which the browser reads for us."""
    width, height, data = await blank.evaluate(_PIXELS % base64.b64encode(png).decode())
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)[..., :3].astype(float)


def sampled(picture: Array, width: int, height: int) -> Array:
    """A picture's values at the middles of width x height fields."""
    rows = ((np.arange(height) + 0.5) * picture.shape[0] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * picture.shape[1] / width).astype(int)
    return picture[rows[:, np.newaxis], columns]


def shrunk(picture: Array) -> Array:
    """The means of 40 x 24 fields."""
    rows, columns = (np.linspace(0, size, fields + 1).astype(int)[:-1] for size, fields in zip(picture.shape, (24, 40)))
    sums = np.add.reduceat(np.add.reduceat(picture, rows, axis=0), columns, axis=1)
    lengths = np.diff(np.append(rows, picture.shape[0]))[:, np.newaxis] * np.diff(np.append(columns, picture.shape[1]))
    return sums / lengths[..., np.newaxis]


def likeness(one: Array, other: Array) -> float:
    """Correlation: 1 for the same picture, about 0 for another one."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@needs_chromium
def test_a_browser_shows_the_scene(tmp_path: pathlib.Path) -> None:
    drawing, mirrored = letter(tmp_path), letter(tmp_path, mirrored=True)
    simulation = "sim:prophesee_evk4?rate=4e6&seed=3&duration=0.4&speed=max&scene="

    async def shown(viewer: Viewer, blank: chromium.Tab, browser: chromium.Browser, way: str, keys: str) -> Array:
        tab = await browser.open(f"{viewer.url}?draw={way}", 1000, 700)
        await tab.until("document.getElementById('state').dataset.state === 'ended'")
        for key in keys:
            await tab.key(key)
        # Two more pictures, so that the last one is drawn.
        await tab.evaluate("new Promise((done) => setTimeout(done, 250))")
        assert await tab.evaluate("document.getElementById('picture').dataset.renderer") == way
        assert await tab.evaluate("document.getElementById('banner').textContent.endsWith('has ended.')")
        result = await pixels(blank, await tab.screenshot("#picture"))
        assert tab.complaints == []
        await tab.close()
        return result

    async def run() -> None:
        async with chromium.browser() as browser:
            blank = await browser.open("about:blank")
            pictures: dict[tuple[str, str, str], Array] = {}
            for name, source, tabs in (
                # The page remembers how it looked.
                ("letter", drawing, (("webgl", ""), ("2d", ""), ("webgl", "h"), ("2d", "v"))),
                ("edges", f"{simulation}edges", (("webgl", ""),)),
            ):
                reader = Reader(neuromorphic.open(source, iterator_timeout=0.05), source, may_skip=False)
                viewer = Viewer(reader, port=0)
                reader.start()
                async with viewer.serving():
                    for way, keys in tabs:
                        pictures[name, way, keys] = await shown(viewer, blank, browser, way, keys)
                reader.stop()

            plain, other = expected_picture(drawing), expected_picture(mirrored)
            for way, keys, right, wrong in (
                ("webgl", "", plain, other),
                ("2d", "", plain, other),
                ("webgl", "h", other, plain),
                ("2d", "v", other[::-1], plain),
            ):
                seen = sampled(pictures["letter", way, keys], 320, 240)
                assert abs(seen - right).mean() < 2, (way, keys)
                assert likeness(seen, right) > 0.99, (way, keys)
                assert likeness(seen, wrong) < 0.5, (way, keys)

            # A pixel of the sensor is smaller than one of the screen, so that means of fields are compared.
            seen = shrunk(pictures["edges", "webgl", ""])
            right, wrong = (shrunk(expected_picture(simulation + scene)) for scene in ("edges", "dots"))
            assert likeness(seen, right) > 0.98
            assert likeness(seen, wrong) < 0.5

    asyncio.run(run())


@needs_chromium
def test_a_browser_page_is_used(tmp_path: pathlib.Path) -> None:
    async def test(served: Served) -> None:
        async with chromium.browser() as browser:
            tab = await browser.open(served.viewer.url, 1000, 700)
            await tab.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
            text = "document.getElementById({!r}).textContent"
            await tab.until(f"parseFloat({text.format('rate')}) > 0 && {text.format('rate-frames')}.endsWith('Hz')")
            # Pause.
            await tab.key(" ")
            await tab.until("document.getElementById('state').dataset.state === 'paused'")
            # A picture that was on its way may still come.
            await asyncio.sleep(0.3)
            frozen = await tab.evaluate(text.format("time"))
            before = served.reader.news(0)[0]["t"]
            await asyncio.sleep(0.4)
            assert await tab.evaluate(text.format("time")) == frozen
            assert served.reader.news(0)[0]["t"] > before
            await tab.key(" ")
            await tab.until(f"{text.format('time')} !== {frozen!r}")
            # A bias.
            number = "document.querySelector('.bias input[type=number]')"
            await tab.evaluate(f"{number}.value = 140; {number}.dispatchEvent(new Event('change'))")
            await tab.until("document.querySelector('.bias').classList.contains('changed')")
            for _ in range(100):
                if served.reader.bias_values()["diff_on"] == 140:
                    break
                await asyncio.sleep(0.02)
            assert served.reader.bias_values()["diff_on"] == 140
            # One that is refused.
            await tab.evaluate(f"{number}.value = 999; {number}.dispatchEvent(new Event('change'))")
            await tab.until("document.getElementById('biases-error').textContent.includes('but can be 0 to 255')")
            await tab.until(f"{number}.valueAsNumber === 140")
            await tab.evaluate("document.getElementById('reset').click()")
            await tab.until(f"{number}.valueAsNumber === 102")
            # Save.
            await tab.key("s")
            for _ in range(100):
                if saved := list(tmp_path.glob("*.png")):
                    break
                await asyncio.sleep(0.05)
            assert saved and saved[0].name.startswith("prophesee_evk4-")
            assert struct.unpack(">II", saved[0].read_bytes()[16:24]) == (1280, 720)
            assert tab.complaints == []

    serve("sim:prophesee_evk4?rate=1e6&scene=dots", test)
