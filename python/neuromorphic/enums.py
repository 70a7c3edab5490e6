"""Names of devices, and how they are connected; the texts are those of neuromorphic_drivers."""

import enum


class Name(enum.Enum):
    """What a device is."""

    PROPHESEE_EVK3_HD = "Prophesee EVK3 HD"
    PROPHESEE_EVK4 = "Prophesee EVK4"
    RECORDING = "Recording"
    UNKNOWN = "Unknown"
    """A camera that can't be told apart: of its USB ids there are several, and it doesn't answer."""


class Speed(enum.Enum):
    """How fast a USB connection is. UNKNOWN also for what is not on USB."""

    UNKNOWN = "USB Unknown speed"
    LOW = "USB 1.0 Low Speed (1.5 Mb/s)"
    FULL = "USB 1.1 Full Speed (12 Mb/s)"
    HIGH = "USB 2.0 High Speed (480 Mb/s)"
    SUPER = "USB 3.0 SuperSpeed (5.0 Gb/s)"
    SUPER_PLUS = "USB 3.1 SuperSpeed+ (10.0 Gb/s)"

    # The names that neuromorphic_drivers 0.18 gives them.
    USB_UNKNOWN = UNKNOWN
    USB_LOW = LOW
    USB_FULL = FULL
    USB_HIGH = HIGH
    USB_SUPER = SUPER
    USB_SUPER_PLUS = SUPER_PLUS


Connection = Speed

SPEEDS: tuple[Speed, ...] = (Speed.UNKNOWN, Speed.LOW, Speed.FULL, Speed.HIGH, Speed.SUPER, Speed.SUPER_PLUS)
"""By the C header's numbers."""

NAMES = (Name.RECORDING, Name.PROPHESEE_EVK4, Name.PROPHESEE_EVK3_HD)
"""By the C header's numbers of models."""
