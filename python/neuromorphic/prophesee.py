"""Settings that Prophesee's cameras have in common. `prophesee_evk4` and `prophesee_evk3_hd` are what programs use."""

from __future__ import annotations

import dataclasses
import enum
import struct
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from . import settings
from .errors import ArgumentError

WIDTH = 1280
HEIGHT = 720


@dataclasses.dataclass(frozen=True)
class Properties:
    """Pixels of the sensor."""

    width: int = WIDTH
    height: int = HEIGHT


class Clock(enum.Enum):
    """Where the camera's time comes from."""

    INTERNAL = 0
    INTERNAL_WITH_OUTPUT_ENABLED = 1
    """Its own clock, which it also gives out, so that other cameras can follow."""
    EXTERNAL = 2


@dataclasses.dataclass
class RateLimiter:
    """Events above this rate are dropped by the sensor."""

    reference_period_us: int
    """1 .. 200 microseconds."""
    maximum_events_per_period: int

    def serialize(self) -> bytes:
        """As neuromorphic_drivers lays it out in bytes (bincode)."""
        return struct.pack("<HI", self.reference_period_us, self.maximum_events_per_period)


@dataclasses.dataclass
class Region:
    """A rectangle of pixels, outside of which the sensor is silent."""

    x: int
    """First column, pixels from the left."""
    y: int
    """First row, pixels from the top, as in events."""
    width: int
    height: int


class NoiseFilterMode(enum.Enum):
    """What the sensor's noise filter does."""

    OFF = 0
    TRAIL = 1
    """Of a pixel's burst of events of one polarity, only the first passes."""
    STC_CUT_TRAIL = 2
    """Only the second event of a burst passes."""
    STC_KEEP_TRAIL = 3
    """All but the first event of a burst pass. Not in the EVK3 HD."""


@dataclasses.dataclass
class NoiseFilter:
    """The sensor's noise filter."""

    mode: NoiseFilterMode = NoiseFilterMode.OFF
    threshold_ms: int = 10
    """Events of a burst follow one another within this time, 1 .. 100 milliseconds."""


class AntiflickerMode(enum.Enum):
    """What the sensor's anti-flicker filter does with pixels that blink within, or outside, its band."""

    OFF = 0
    BAND_STOP = 1
    BAND_PASS = 2


@dataclasses.dataclass
class Antiflicker:
    """The sensor's anti-flicker filter."""

    mode: AntiflickerMode = AntiflickerMode.OFF
    low_frequency_hz: int = 50
    """Lower end of the band, 50 .. 520 hertz."""
    high_frequency_hz: int = 520
    """Upper end of the band, 50 .. 520 hertz."""
    duty_cycle_percent: int = 50
    start_threshold: int = 6
    """Periods until a pixel counts as blinking, 0 .. 7."""
    stop_threshold: int = 4
    """Periods below which it doesn't any more, 0 .. 7."""


@dataclasses.dataclass
class UsbConfiguration:
    """The library's buffers."""

    buffer_length: int = 131072
    """Bytes of a buffer, a multiple of 1024 up to 16 MiB."""
    ring_length: int = 4096
    """Most buffers; memory is taken as they are needed."""
    transfer_queue_length: int = 32
    """USB transfers in flight, fewer than ring_length."""
    allow_dma: bool = False
    """Tries the USB controller's own memory."""

    def serialize(self) -> bytes:
        """As neuromorphic_drivers lays it out in bytes (bincode)."""
        return struct.pack("<QQQ?", self.buffer_length, self.ring_length, self.transfer_queue_length, self.allow_dma)


@dataclasses.dataclass
class RingConfiguration:
    """The library's buffers, by the names of neuromorphic_drivers 0.18."""

    buffer_length: int = 131072
    """Bytes of a buffer, a multiple of 1024 up to 16 MiB."""
    ring_length: int = 4096
    """Most buffers; memory is taken as they are needed."""
    parallel_submissions: int = 32
    """USB transfers in flight, fewer than ring_length."""

    def serialize(self) -> bytes:
        """As neuromorphic_drivers lays it out in bytes (bincode)."""
        return struct.pack("<QQQ", self.buffer_length, self.ring_length, self.parallel_submissions)


@dataclasses.dataclass(frozen=True)
class Bounds:
    """How far a bias may be moved from where the factory set it."""

    minimum: int = 0
    maximum: int = 0


BiasesT = TypeVar("BiasesT")


def offset_bounds(biases: Any) -> dict[str, Bounds]:
    """For each bias (8 bits), how far it may be moved."""
    return {field.name: Bounds(-(value := getattr(biases, field.name)), 255 - value) for field in dataclasses.fields(biases)}


def moved(biases: BiasesT, offsets: Any) -> BiasesT:
    """These biases, each moved by its offset. An offset that leads outside the register's 8 bits is refused."""
    result: dict[str, int] = {}
    for name, bounds in offset_bounds(biases).items():
        offset: int = getattr(offsets, name)
        if not bounds.minimum <= offset <= bounds.maximum:
            raise ArgumentError(f"the offset of bias {name} is {offset}, but can be {bounds.minimum} to {bounds.maximum}")
        result[name] = getattr(biases, name) + offset
    return type(biases)(**result)


# ---- Masks ----
#
# Mask helpers and the fields x_mask, y_mask and pixel_mask count rows as neuromorphic_drivers does and the sensor's registers
# do: row 0 is the lowest one. The library, and Region, count them from the top, as events do.


def reversed_rows(words: Sequence[int]) -> tuple[int, ...]:
    """A mask of rows, counted from the other side. Bits that are no rows stay."""
    bits = sum(word << (64 * index) for index, word in enumerate(words))
    rows = int(f"{bits & ((1 << HEIGHT) - 1):0{HEIGHT}b}"[::-1], 2)
    bits = bits >> HEIGHT << HEIGHT | rows
    return tuple(bits >> (64 * index) & (1 << 64) - 1 for index in range(len(words)))


def mask_codes(words: Sequence[int]) -> list[int]:
    """The 64 slots of a pixel mask's 21 words; 0 is an unused one. The last slot is spread over the words' top bits."""
    if len(words) != 21:
        raise ArgumentError(f"pixel_mask has 21 words, not {len(words)}")
    codes = [words[slot // 3] >> (slot % 3 * 21) & 0x1FFFFF for slot in range(63)]
    return [*codes, sum((word >> 63) << bit for bit, word in enumerate(words))]


def mask_words(codes: Sequence[int]) -> tuple[int, ...]:
    """The inverse of `mask_codes`."""
    words = [0] * 21
    for slot, code in enumerate(codes[:63]):
        words[slot // 3] |= code << (slot % 3 * 21)
    for bit in range(21):
        words[bit] |= (codes[63] >> bit & 1) << 63
    return tuple(words)


class BaseConfiguration:
    """What the configurations of Prophesee's cameras share. Each camera's module has a dataclass of it."""

    MODEL: ClassVar[int]
    """The C header's number of the model."""

    biases: Any
    """Biases of the camera's module."""

    @staticmethod
    def type() -> str:
        """The model's name in sources."""
        raise NotImplementedError

    def values(self) -> settings.Values:
        """The fields as the library's settings. What an unused part would say is left out."""
        mine: Any = self
        values: settings.Values = {
            f"biases.{field.name}": getattr(mine.biases, field.name) for field in dataclasses.fields(mine.biases)
        }
        values["x_mask"] = mine.x_mask
        values["y_mask"] = reversed_rows(mine.y_mask)
        codes = mask_codes(mine.pixel_mask)
        for slot, code in enumerate(codes):
            if code > WIDTH * HEIGHT:
                raise ArgumentError(f"pixel_mask's slot {slot} is {code}, but the sensor has {WIDTH * HEIGHT} pixels")
        values["pixel_masks.enabled"] = [int(code != 0) for code in codes]
        values["pixel_masks.x"] = [(code - 1) % WIDTH if code else 0 for code in codes]
        values["pixel_masks.y"] = [HEIGHT - 1 - (code - 1) // WIDTH if code else 0 for code in codes]
        for name in ("mask_intersection_only", "enable_external_trigger", "enable_output"):
            values[name] = int(getattr(mine, name))
        values["clock"] = mine.clock.value
        values["rate_limiter_enabled"] = int(mine.rate_limiter is not None)
        if mine.rate_limiter is not None:
            values["rate_limiter_period_us"] = mine.rate_limiter.reference_period_us
            values["rate_limiter_maximum_events"] = mine.rate_limiter.maximum_events_per_period
        values["region.enabled"] = int(mine.region is not None)
        if mine.region is not None:
            for name in ("x", "y", "width", "height"):
                values[f"region.{name}"] = getattr(mine.region, name)
        for part in ("noise_filter", "antiflicker"):
            for field in dataclasses.fields(getattr(mine, part)):
                value = getattr(getattr(mine, part), field.name)
                values[f"{part}.{field.name}"] = value.value if isinstance(value, enum.Enum) else value
        return values

    def to_c(self) -> Any:
        """The C struct. Raises ArgumentError, which names the setting and its range."""
        return settings.write(self.MODEL, self.values())

    @classmethod
    def fields_of(cls, struct: Any, biases: type[Any]) -> dict[str, Any]:
        """The fields of a C struct's settings."""
        values = settings.read(struct)
        one = {name: elements[0] for name, elements in values.items()}
        masked = zip(values["pixel_masks.enabled"], values["pixel_masks.x"], values["pixel_masks.y"])
        return {
            "biases": biases(**{field.name: one[f"biases.{field.name}"] for field in dataclasses.fields(biases)}),
            "x_mask": tuple(values["x_mask"]),
            "y_mask": reversed_rows(values["y_mask"]),
            "pixel_mask": mask_words([1 + x + WIDTH * (HEIGHT - 1 - y) if on else 0 for on, x, y in masked]),
            "mask_intersection_only": bool(one["mask_intersection_only"]),
            "enable_external_trigger": bool(one["enable_external_trigger"]),
            "clock": Clock(one["clock"]),
            "rate_limiter": RateLimiter(one["rate_limiter_period_us"], one["rate_limiter_maximum_events"])
            if one["rate_limiter_enabled"]
            else None,
            "enable_output": bool(one["enable_output"]),
            "region": Region(one["region.x"], one["region.y"], one["region.width"], one["region.height"])
            if one["region.enabled"]
            else None,
            "noise_filter": NoiseFilter(NoiseFilterMode(one["noise_filter.mode"]), one["noise_filter.threshold_ms"]),
            "antiflicker": Antiflicker(
                AntiflickerMode(one["antiflicker.mode"]), one["antiflicker.low_frequency_hz"],
                one["antiflicker.high_frequency_hz"], one["antiflicker.duty_cycle_percent"],
                one["antiflicker.start_threshold"], one["antiflicker.stop_threshold"],
            ),
        }  # fmt: skip


def serialized_limiter(limiter: RateLimiter | None) -> bytes:
    """bincode's option: a byte, and what there is."""
    return b"\0" if limiter is None else b"\1" + limiter.serialize()
