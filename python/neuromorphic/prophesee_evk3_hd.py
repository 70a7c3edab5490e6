"""Prophesee EVK3 HD (Gen4.1, 1280 x 720 pixels). Biases are the raw 8-bit values of their registers."""

from __future__ import annotations

import dataclasses
import struct
from typing import Any, ClassVar

from . import mask
from .device import Device, RawDevice
from .enums import Name
from .prophesee import (
    Antiflicker as Antiflicker,
)
from .prophesee import (
    AntiflickerMode as AntiflickerMode,
)
from .prophesee import (
    BaseConfiguration,
    moved,
    offset_bounds,
    serialized_limiter,
)
from .prophesee import (
    Bounds as Bounds,
)
from .prophesee import (
    Clock as Clock,
)
from .prophesee import (
    NoiseFilter as NoiseFilter,
)
from .prophesee import (
    NoiseFilterMode as NoiseFilterMode,
)
from .prophesee import (
    Properties as Properties,
)
from .prophesee import (
    RateLimiter as RateLimiter,
)
from .prophesee import (
    Region as Region,
)
from .prophesee import (
    RingConfiguration as RingConfiguration,
)
from .prophesee import (
    UsbConfiguration as UsbConfiguration,
)

NAME = Name.PROPHESEE_EVK3_HD


@dataclasses.dataclass
class Biases:
    """Ten bias currents of a Gen4.1, each the raw value of its register, 0 .. 255."""

    pr: int = 0x69
    """Photoreceptor bandwidth."""
    fo_p: int = 0x4A
    """Low-pass filter: higher lets faster changes through."""
    fo_n: int = 0x00
    """Its counterpart."""
    hpf: int = 0x00
    """High-pass filter: higher removes slower changes."""
    diff_on: int = 0x73
    """Threshold of ON events: further above diff is less sensitive."""
    diff: int = 0x50
    """Reference of both thresholds."""
    diff_off: int = 0x34
    """Threshold of OFF events: further below diff is less sensitive."""
    refr: int = 0x44
    """Refractory (dead) time of a pixel."""
    reqpuy: int = 0x94
    """Readout request, rows."""
    blk: int = 0x78
    """At address 0x104C."""

    def serialize(self) -> bytes:
        """As neuromorphic_drivers lays it out in bytes (bincode)."""
        return bytes(dataclasses.astuple(self))


@dataclasses.dataclass(frozen=True)
class BiasesBounds:
    """For each bias, the smallest and the largest offset."""

    pr: Bounds = Bounds()
    fo_p: Bounds = Bounds()
    fo_n: Bounds = Bounds()
    hpf: Bounds = Bounds()
    diff_on: Bounds = Bounds()
    diff: Bounds = Bounds()
    diff_off: Bounds = Bounds()
    refr: Bounds = Bounds()
    reqpuy: Bounds = Bounds()
    blk: Bounds = Bounds()


@dataclasses.dataclass
class BiasesOffsets:
    """How far each bias is moved from its default; 0 leaves it there."""

    pr: int = 0
    fo_p: int = 0
    fo_n: int = 0
    hpf: int = 0
    diff_on: int = 0
    diff: int = 0
    diff_off: int = 0
    refr: int = 0
    reqpuy: int = 0
    blk: int = 0

    @staticmethod
    def bounds(factory: Biases) -> BiasesBounds:
        """How far each bias may be moved from these: its register has 8 bits."""
        return BiasesBounds(**offset_bounds(factory))

    def biases(self, factory: Biases) -> Biases:
        """The biases that these offsets make of others. Raises ArgumentError for an offset out of bounds."""
        return moved(factory, self)


@dataclasses.dataclass
class Configuration(BaseConfiguration):
    """All settings of an EVK3 HD. Masks count rows from the bottom, as neuromorphic_drivers does; `region` from the top."""

    MODEL: ClassVar[int] = 2

    biases: Biases = dataclasses.field(default_factory=Biases)
    x_mask: tuple[int, ...] = (0,) * 20
    """Bit i % 64 of word i // 64: column i is masked."""
    y_mask: tuple[int, ...] = (0,) * 12
    """Bit i % 64 of word i // 64: row i, from the bottom, is masked."""
    mask_intersection_only: bool = False
    """False: a pixel is off where its column or row is masked. True: where both are."""
    rate_limiter: RateLimiter | None = None
    pixel_mask: tuple[int, ...] = (0,) * 21
    """64 single pixels, as PropheseeEvk4PixelMask makes it."""
    enable_external_trigger: bool = True
    clock: Clock = Clock.INTERNAL
    enable_output: bool = True
    region: Region | None = None
    noise_filter: NoiseFilter = dataclasses.field(default_factory=NoiseFilter)
    antiflicker: Antiflicker = dataclasses.field(default_factory=Antiflicker)

    @staticmethod
    def type() -> str:
        """The model's name in sources: "prophesee_evk3_hd"."""
        return "prophesee_evk3_hd"

    @classmethod
    def from_c(cls, struct: Any) -> Configuration:
        """The settings of a C struct."""
        return cls(**cls.fields_of(struct, Biases))

    def serialize(self) -> bytes:
        """As neuromorphic_drivers 0.16 lays its fields out in bytes (bincode); what it doesn't have is not in it."""
        return b"".join(
            (
                self.biases.serialize(),
                struct.pack("<20Q12Q?", *self.x_mask, *self.y_mask, self.mask_intersection_only),
                serialized_limiter(self.rate_limiter),
            )
        )


class RowColumnMask(mask.RowColumnMask):
    """A mask of this sensor's rows and columns."""

    def __init__(self, set: bool) -> None:
        super().__init__(Properties.width, Properties.height, set)


# One class serves all of what neuromorphic_drivers has protocols for.
PropheseeEvk3HdDevice = PropheseeEvk3HdDeviceOptional = Device
PropheseeEvk3HdDeviceRaw = PropheseeEvk3HdDeviceRawOptional = RawDevice
