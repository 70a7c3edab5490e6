"""The thread that takes a device's packets, and what it has seen."""

from __future__ import annotations

import collections
import dataclasses
import enum
import pathlib
import threading
import time
from typing import Any

import numpy as np

from .. import settings
from ..arrays import PolarityEvents
from ..device import Device
from ..errors import ArgumentError, ClosedError, Code, InterruptedWait, NeuromorphicError
from ..prophesee import BaseConfiguration
from .surface import Surface

BIN_S = 0.1
"""Seconds of a point of the curve of rates."""

BINS = 300
"""Points of the curve, which is 30 seconds long."""

SILENCE_S = 0.5
"""When nothing has come for this long, the rate is 0."""

MOST_DELAY_S = 0.3
"""Age of a packet from which on it is late."""

PATIENCE_S = 0.5
"""When all packets have been late for this long, those that wait are left out, so that what is shown is never far behind."""


class State(enum.Enum):
    """How far a device has come."""

    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True)
class Bias:
    """A bias that the page has a slider for."""

    name: str
    about: str
    minimum: int
    maximum: int
    default: int
    """What the factory set in this very camera, where the camera tells."""
    live: bool
    followed: bool
    """Whether events follow it: a simulation follows only some."""


_ABOUT = {
    "pr": "Photoreceptor bandwidth",
    "fo": "Low-pass filter: higher lets faster changes through",
    "fo_p": "Low-pass filter: higher lets faster changes through",
    "fo_n": "Low-pass filter's counterpart",
    "hpf": "High-pass filter: higher removes slower changes",
    "diff_on": "Threshold of ON events: further above diff is less sensitive",
    "diff": "Reference of both thresholds",
    "diff_off": "Threshold of OFF events: further below diff is less sensitive",
    "inv": "Inverter",
    "refr": "Refractory (dead) time of a pixel",
    "reqpuy": "Readout request, rows",
    "reqpux": "Readout request, columns",
    "sendreqpdy": "Readout request, release",
}
_FIRST = ("diff_on", "diff", "diff_off", "fo", "fo_p", "hpf", "pr", "refr")


class _Part:
    """What has come within a short time."""

    def __init__(self, begun: float, t: int | None = None) -> None:
        """`begun` by this computer's clock, `t` by the sensor's; None where that is not known."""
        self.begun = begun
        self.t = t
        self.packets = self.backlog = 0
        self.delay = 0.0
        """The longest."""
        self._begun_t = t
        self._on = self._off = 0

    def add(self, events: PolarityEvents | None, t: int, backlog: int, delay: float) -> None:
        """Adds a packet's events, and what its status says."""
        if self._begun_t is None or t < self._begun_t:
            self._begun_t = t if events is None else min(t, int(events.t[0]))
        if events is not None:
            on = int(np.count_nonzero(events.on))
            self._on += on
            self._off += len(events) - on
        self.packets += 1
        self.t, self.backlog, self.delay = t, backlog, max(self.delay, delay)

    def rates(self) -> tuple[float, float]:
        """ON and OFF events for each second of the sensor's time."""
        if self.t is None or self._begun_t is None or self.t <= self._begun_t:
            return 0.0, 0.0
        seconds = (self.t - self._begun_t) * 1e-6
        return self._on / seconds, self._off / seconds


class Reader:
    """Takes a device's packets in a thread of its own until the device ends, fails or `stop` is called.

    The device is the reader's from then on: `stop` closes it.
    """

    def __init__(self, device: Device, source: str, may_skip: bool) -> None:
        """`may_skip`: packets that have become too old are skipped. For what comes in real time."""
        properties = device.properties()
        self.surface = Surface(properties.width, properties.height)
        self.name: str = file_name(source) or device.full_name()
        self.serial: str = device.serial()
        self.format: str = device.format()
        self.source = source
        self.state = State.RUNNING
        self.sentence = ""
        """What there is to say about the state."""
        self.revision = 0
        """Of the biases: rises with every change."""
        self._device = device
        self._may_skip = may_skip
        self._configure_lock = threading.Lock()
        self._lock = threading.Lock()
        self._bins: collections.deque[tuple[float, float]] = collections.deque(maxlen=BINS)
        self._bins_made = 0
        self._numbers: dict[str, Any] = {}
        self._measured: dict[str, float] = {}
        self._is_stopping = False
        self.biases = self._find_biases()
        self._thread = threading.Thread(target=self._run, name="neuromorphic viewer's reader", daemon=True)

    def start(self) -> None:
        """Begins to take packets."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and closes the device."""
        self._is_stopping = True
        try:
            self._device.interrupt()
        except ClosedError:
            pass
        if self._thread.is_alive():
            self._thread.join()
        self._device.close()

    # ---- Packets ----

    def _run(self) -> None:
        try:
            self._take()
        except NeuromorphicError as error:
            self._end(State.FAILED, str(error))
        except Exception as error:  # A page that says so is better than one that stands still.
            self._end(State.FAILED, f"the viewer's reader failed: {error!r}")

    def _end(self, state: State, sentence: str) -> None:
        with self._lock:
            self.state, self.sentence = state, standing_alone(sentence)

    def _take(self) -> None:
        device, surface = self._device, self.surface
        part = _Part(time.monotonic())
        late_since: float | None = None
        while not self._is_stopping:
            try:
                status, packet = next(device)
            except StopIteration:
                self._tell(part, 1)
                what = "recording" if self.source.startswith("file:") else "simulation"
                self._end(State.ENDED, f"The {what} has ended.")
                return
            except InterruptedWait:
                continue
            now = time.monotonic()
            ring = status.ring
            if ring is not None:
                surface.add(packet.polarity_events, ring.current_t)
                delay = status.delay() or 0.0
                part.add(packet.polarity_events, ring.current_t, ring.backlog, delay)
                if delay <= MOST_DELAY_S:
                    late_since = None
                elif late_since is None:
                    late_since = now
            if self._may_skip and late_since is not None and now - late_since > PATIENCE_S:
                device.clear_backlog()
                late_since = None
            # Where nothing has come, it may only be late.
            if now - part.begun >= (BIN_S if part.packets else SILENCE_S):
                self._tell(part, max(1, round((now - part.begun) / BIN_S)))
                part = _Part(now, part.t)

    def _tell(self, part: _Part, points: int) -> None:
        """Adds a part of the stream to the curve, as that many points of it."""
        statistics = self._device.statistics()
        numbers = {
            "t": part.t or 0,
            "events": statistics.events,
            "backlog": part.backlog,
            "delay": part.delay,
            "lost_bytes": statistics.bytes_lost_newest + statistics.bytes_lost_oldest,
            "lost_buffers": statistics.buffers_lost_newest + statistics.buffers_lost_oldest,
            "overflows": statistics.overflows,
            "cleared_bytes": statistics.bytes_cleared,
            "cleared_buffers": statistics.buffers_cleared,
        }
        with self._lock:
            self._numbers = numbers
            self._bins.extend([part.rates()] * points)
            self._bins_made += points

    def news(self, known_bins: int) -> tuple[dict[str, Any], int]:
        """Numbers for the page, with the points of the curve after the first `known_bins`; and how many there are now."""
        with self._lock:
            count = min(self._bins_made - known_bins, len(self._bins))
            fresh = list(self._bins)[len(self._bins) - count :]
            numbers: dict[str, Any] = {
                "on": [round(on) for on, _ in fresh],
                "off": [round(off) for _, off in fresh],
                "state": self.state.value,
                "sentence": self.sentence,
                **self._measured,
                **self._numbers,
            }
            return numbers, self._bins_made

    def measure(self) -> bool:
        """Asks the sensor for its temperature and the light. False where it has no such meters; takes as long as USB takes."""
        try:
            measured = {"celsius": self._device.temperature_celsius(), "lux": self._device.illuminance_lux()}
        except NeuromorphicError:
            return False
        with self._lock:
            self._measured = measured
        return True

    # ---- Biases ----

    def _find_biases(self) -> list[Bias]:
        """Those of the device, the most useful ones first; none for a recording."""
        try:
            now = self._device.current_configuration()
        except (NeuromorphicError, KeyError):
            return []
        table = settings.table(now.MODEL)
        defaults = {name: setting.default for name, setting in table.items()}
        try:
            factory = self._device.chip_firmware_configuration()
            defaults.update((f"biases.{name}", value) for name, value in dataclasses.asdict(_biases(factory)).items())
        except NeuromorphicError:
            pass
        is_simulated = self.source.startswith("sim:")
        found = [
            Bias(
                name.removeprefix("biases."), _ABOUT.get(name.removeprefix("biases."), ""), setting.minimum, setting.maximum,
                defaults[name], setting.live, setting.simulated or not is_simulated,
            )
            for name, setting in table.items() if name.startswith("biases.")
        ]  # fmt: skip
        order = {name: place for place, name in enumerate(_FIRST)}
        return sorted(found, key=lambda bias: order.get(bias.name, len(order)))

    def bias_values(self) -> dict[str, int]:
        """The biases as they are."""
        return dataclasses.asdict(_biases(self._device.current_configuration())) if self.biases else {}

    def set_biases(self, changes: dict[str, int]) -> None:
        """Changes biases by name. Raises NeuromorphicError, with nothing changed, where one is refused."""
        known = {bias.name for bias in self.biases}
        for name, value in changes.items():
            if name not in known:
                raise ArgumentError(f'{self.name} has no bias "{name}"', Code.INVALID_ARGUMENT)
            if type(value) is not int:
                raise ArgumentError(f"biases.{name} is {value!r}, but can only be a whole number")
        with self._configure_lock:
            configuration: Any = self._device.current_configuration()
            biases = dataclasses.replace(configuration.biases, **changes)
            self._device.update_configuration(dataclasses.replace(configuration, biases=biases))
            self.revision += 1

    def reset_biases(self) -> None:
        """Sets every bias to its default."""
        self.set_biases({bias.name: bias.default for bias in self.biases})


def file_name(source: str) -> str:
    """The name of a recording's file; "" for other sources."""
    if not source.startswith("file:"):
        return ""
    path, mark, _ = source.removeprefix("file:").rpartition("?")
    return pathlib.PurePath(path if mark else source.removeprefix("file:")).name


def standing_alone(sentence: str) -> str:
    """A sentence with its first letter large, unless it begins with a name such as biases.diff_on."""
    first = sentence.partition(" ")[0]
    return sentence[:1].upper() + sentence[1:] if first.isalpha() else sentence


def _biases(configuration: BaseConfiguration) -> Any:
    return configuration.biases
