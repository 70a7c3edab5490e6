"""Event cameras, their recordings and their simulations, through libneuromorphic.

    import neuromorphic

    with neuromorphic.open() as device:  # or open("file:drive.raw"), open("sim:prophesee_evk4")
        for status, packet in device:
            if packet.polarity_events is not None:
                print(packet.polarity_events.t[0], len(packet.polarity_events))

Arrays are views of the library's memory, which stays as it is for as long as an array refers to it. Programs written for
neuromorphic_drivers run with `import neuromorphic as nd`.
"""

from . import (
    arrays as arrays,
    errors as errors,
    packet as packet,
    prophesee_evk3_hd as prophesee_evk3_hd,
    prophesee_evk4 as prophesee_evk4,
    settings as settings,
    status as status,
)
from ._library import lib as _lib, text as _text
from .accounts import Defect as Defect, Defects as Defects, Statistics as Statistics
from .arrays import CounterEvents as CounterEvents, PolarityEvents as PolarityEvents, TriggerEvents as TriggerEvents
from .device import (
    Device as Device,
    GenericDevice as GenericDevice,
    GenericDeviceOptional as GenericDeviceOptional,
    GenericDeviceRaw as GenericDeviceRaw,
    GenericDeviceRawOptional as GenericDeviceRawOptional,
    Properties as Properties,
    RawDevice as RawDevice,
)
from .discovery import ListedDevice as ListedDevice, list_devices as list_devices, print_device_list as print_device_list
from .enums import Connection as Connection, Name as Name, Speed as Speed
from .errors import Code as Code, NeuromorphicError as NeuromorphicError
from .mask import (
    PropheseeEvk4PixelMask as PropheseeEvk4PixelMask,
    RowColumnMask as RowColumnMask,
    write_mask_as_png as write_mask_as_png,
)
from .opening import open as open
from .packet import Evt3Packet as Evt3Packet, Packet as Packet
from .prophesee import BaseConfiguration as BaseConfiguration
from .recording import Recording as Recording
from .udev import install_udev_rules as install_udev_rules

Configuration = prophesee_evk3_hd.Configuration | prophesee_evk4.Configuration
UsbConfiguration = prophesee_evk4.UsbConfiguration
RingConfiguration = prophesee_evk4.RingConfiguration

__version__: str = _text(_lib.neuromorphic_version_text())
