"""Prophesee EVK4 (Sony IMX636, 1280 x 720 pixels), and cameras built like it.

Biases are the raw 8-bit values of their registers, as in neuromorphic_drivers up to 0.16. `BiasesOffsets` has offsets from
the values that a camera's factory set, which is what 0.18 calls Biases.
"""

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

NAME = Name.PROPHESEE_EVK4


@dataclasses.dataclass
class Biases:
    """The thirteen bias currents of an IMX636, each the raw value of its register, 0 .. 255."""

    pr: int = 0x7C
    """Photoreceptor bandwidth."""
    fo: int = 0x53
    """Low-pass filter: higher lets faster changes through."""
    hpf: int = 0x00
    """High-pass filter: higher removes slower changes."""
    diff_on: int = 0x66
    """Threshold of ON events: further above diff is less sensitive."""
    diff: int = 0x4D
    """Reference of both thresholds."""
    diff_off: int = 0x49
    """Threshold of OFF events: further below diff is less sensitive."""
    inv: int = 0x5B
    """Inverter."""
    refr: int = 0x14
    """Refractory (dead) time of a pixel."""
    reqpuy: int = 0x8C
    """Readout request, rows."""
    reqpux: int = 0x7C
    """Readout request, columns."""
    sendreqpdy: int = 0x94
    """Readout request, release."""
    unknown_1: int = 0x74
    """At address 0x104C; its purpose is not public."""
    unknown_2: int = 0x51
    """At address 0x1050; its purpose is not public."""

    def serialize(self) -> bytes:
        """As neuromorphic_drivers lays it out in bytes (bincode)."""
        return bytes(dataclasses.astuple(self))


@dataclasses.dataclass(frozen=True)
class BiasesBounds:
    """For each bias, the smallest and the largest offset."""

    pr: Bounds = Bounds()
    fo: Bounds = Bounds()
    hpf: Bounds = Bounds()
    diff_on: Bounds = Bounds()
    diff: Bounds = Bounds()
    diff_off: Bounds = Bounds()
    inv: Bounds = Bounds()
    refr: Bounds = Bounds()
    reqpuy: Bounds = Bounds()
    reqpux: Bounds = Bounds()
    sendreqpdy: Bounds = Bounds()
    unknown_1: Bounds = Bounds()
    unknown_2: Bounds = Bounds()


@dataclasses.dataclass
class BiasesOffsets:
    """How far each bias is moved from where the factory set it; 0 leaves it there."""

    pr: int = 0
    fo: int = 0
    hpf: int = 0
    diff_on: int = 0
    diff: int = 0
    diff_off: int = 0
    inv: int = 0
    refr: int = 0
    reqpuy: int = 0
    reqpux: int = 0
    sendreqpdy: int = 0
    unknown_1: int = 0
    unknown_2: int = 0

    @staticmethod
    def bounds(factory: Biases) -> BiasesBounds:
        """How far each bias may be moved from these: its register has 8 bits."""
        return BiasesBounds(**offset_bounds(factory))

    def biases(self, factory: Biases) -> Biases:
        """The biases that these offsets make of a camera's own.

        `device.chip_firmware_configuration().biases` has a camera's own. Raises ArgumentError for an offset out of bounds.
        """
        return moved(factory, self)


@dataclasses.dataclass
class Configuration(BaseConfiguration):
    """All settings of an EVK4. Masks count rows from the bottom, as neuromorphic_drivers does; `region` from the top."""

    MODEL: ClassVar[int] = 1

    biases: Biases = dataclasses.field(default_factory=Biases)
    x_mask: tuple[int, ...] = (0,) * 20
    """Bit i % 64 of word i // 64: column i is masked."""
    y_mask: tuple[int, ...] = (0,) * 12
    """Bit i % 64 of word i // 64: row i, from the bottom, is masked."""
    pixel_mask: tuple[int, ...] = (0,) * 21
    """64 single pixels, as PropheseeEvk4PixelMask makes it."""
    mask_intersection_only: bool = False
    """False: a pixel is off where its column or row is masked. True: where both are."""
    enable_external_trigger: bool = True
    clock: Clock = Clock.INTERNAL
    rate_limiter: RateLimiter | None = None
    enable_output: bool = True
    region: Region | None = None
    noise_filter: NoiseFilter = dataclasses.field(default_factory=NoiseFilter)
    antiflicker: Antiflicker = dataclasses.field(default_factory=Antiflicker)

    @staticmethod
    def type() -> str:
        """The model's name in sources: "prophesee_evk4"."""
        return "prophesee_evk4"

    @classmethod
    def from_c(cls, struct: Any) -> Configuration:
        """The settings of a C struct."""
        return cls(**cls.fields_of(struct, Biases))

    def serialize(self) -> bytes:
        """As neuromorphic_drivers 0.16 lays its fields out in bytes (bincode); region and filters are not in it."""
        return b"".join(
            (
                self.biases.serialize(),
                struct.pack("<20Q12Q21Q", *self.x_mask, *self.y_mask, *self.pixel_mask),
                struct.pack("<??I", self.mask_intersection_only, self.enable_external_trigger, self.clock.value),
                serialized_limiter(self.rate_limiter),
                struct.pack("<?", self.enable_output),
            )
        )


class RowColumnMask(mask.RowColumnMask):
    """A mask of this sensor's rows and columns."""

    def __init__(self, set: bool) -> None:
        super().__init__(Properties.width, Properties.height, set)


# One class serves all of what neuromorphic_drivers has protocols for.
PropheseeEvk4Device = PropheseeEvk4DeviceOptional = Device
PropheseeEvk4DeviceRaw = PropheseeEvk4DeviceRawOptional = RawDevice
