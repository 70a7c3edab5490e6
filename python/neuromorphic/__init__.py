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
)
from . import (
    errors as errors,
)
from . import (
    femto as femto,
)
from . import (
    packet as packet,
)
from . import (
    prophesee_evk3_hd as prophesee_evk3_hd,
)
from . import (
    prophesee_evk4 as prophesee_evk4,
)
from . import (
    settings as settings,
)
from . import (
    status as status,
)
from ._library import lib as _lib
from ._library import text as _text
from .accounts import Defect as Defect
from .accounts import Defects as Defects
from .accounts import Statistics as Statistics
from .arrays import CounterEvents as CounterEvents
from .arrays import PolarityEvents as PolarityEvents
from .arrays import TriggerEvents as TriggerEvents
from .device import (
    Device as Device,
)
from .device import (
    GenericDevice as GenericDevice,
)
from .device import (
    GenericDeviceOptional as GenericDeviceOptional,
)
from .device import (
    GenericDeviceRaw as GenericDeviceRaw,
)
from .device import (
    GenericDeviceRawOptional as GenericDeviceRawOptional,
)
from .device import (
    Properties as Properties,
)
from .device import (
    RawDevice as RawDevice,
)
from .discovery import ListedDevice as ListedDevice
from .discovery import list_devices as list_devices
from .discovery import print_device_list as print_device_list
from .enums import Connection as Connection
from .enums import Name as Name
from .enums import Speed as Speed
from .errors import Code as Code
from .errors import NeuromorphicError as NeuromorphicError
from .mask import (
    PropheseeEvk4PixelMask as PropheseeEvk4PixelMask,
)
from .mask import (
    RowColumnMask as RowColumnMask,
)
from .mask import (
    write_mask_as_png as write_mask_as_png,
)
from .opening import open as open
from .packet import Evt3Packet as Evt3Packet
from .packet import Packet as Packet
from .prophesee import BaseConfiguration as BaseConfiguration
from .recording import Recording as Recording
from .udev import install_udev_rules as install_udev_rules

Configuration = prophesee_evk3_hd.Configuration | prophesee_evk4.Configuration
UsbConfiguration = prophesee_evk4.UsbConfiguration
RingConfiguration = prophesee_evk4.RingConfiguration

__version__: str = _text(_lib.neuromorphic_version_text())
