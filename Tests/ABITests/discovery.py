"""Lists cameras on a USB that umockdev makes up, with the real libusb: `discovery.py [LIBRARY]`.

There is a root hub, which is no camera, and a device with an EVK4's ids at USB 3 speed. Source of the description's form:
umockdev's manual. The camera's descriptors are a shape that libusb accepts, not those of a real one.
"""

import ctypes as c
import os
import shutil
import subprocess
import sys
import tempfile

DEVICE = """\
P: /devices/pci0000:00/0000:00:14.0/{path}
N: bus/usb/002/{address:03}
E: DEVNAME=/dev/bus/usb/002/{address:03}
E: DEVTYPE=usb_device
E: BUSNUM=002
E: DEVNUM={address:03}
E: MAJOR=189
E: MINOR={minor}
E: SUBSYSTEM=usb
A: busnum=2\\n
A: devnum={address}\\n
A: speed=5000\\n
A: bConfigurationValue=1\\n
A: idVendor={vendor}\\n
A: idProduct={product}\\n
H: descriptors={descriptors}

"""
HUB_DESCRIPTORS = "12010003090003096B1D020006050302010109021F0001010000E0090400000109000000070581030400FF063000000200"
CAMERA_DESCRIPTORS = (
    "1201000300000009B404F500000001020301"
    "0902370001010080320904000003FF190000"
    "07058102000400" "063000000000" "07058202000400" "063000000000" "07050202000400" "063000000000"
)


class Description(c.Structure):
    """neuromorphic_device_description."""

    _fields_ = [
        ("struct_size", c.c_size_t),
        ("name", c.c_char_p),
        ("source", c.c_char_p),
        ("serial", c.c_char_p),
        ("speed", c.c_int),
        ("vendor_id", c.c_uint16),
        ("product_id", c.c_uint16),
        ("bus", c.c_uint8),
        ("address", c.c_uint8),
        ("usable", c.c_uint8),
        ("reserved", c.c_uint8),
        ("reason", c.c_char_p),
        ("remedy", c.c_char_p),
    ]


def check_list(path: str) -> None:
    """In the made-up surroundings: exactly the camera is listed, with the reason why it can't be used."""
    library = c.CDLL(path)
    library.neuromorphic_list_devices.argtypes = [c.POINTER(c.c_void_p)]
    library.neuromorphic_device_list_count.argtypes = [c.c_void_p]
    library.neuromorphic_device_list_count.restype = c.c_size_t
    library.neuromorphic_device_list_at.argtypes = [c.c_void_p, c.c_size_t]
    library.neuromorphic_device_list_at.restype = c.POINTER(Description)
    library.neuromorphic_device_list_free.argtypes = [c.c_void_p]
    devices = c.c_void_p()
    assert library.neuromorphic_list_devices(c.byref(devices)) == 0
    assert library.neuromorphic_device_list_count(devices) == 1
    camera = library.neuromorphic_device_list_at(devices, 0).contents
    assert camera.struct_size == c.sizeof(Description)
    assert (camera.vendor_id, camera.product_id) == (0x04B4, 0x00F5)
    assert (camera.bus, camera.address) == (2, 7)
    assert camera.source == b"usb:bus=2,address=7"
    assert camera.speed == 4
    assert camera.usable == 0 and camera.serial is None
    assert b"EVK4" in camera.name and len(camera.reason) > 20 and len(camera.remedy) > 20
    library.neuromorphic_device_list_free(devices)
    print("discovery: one camera, at its place, with a reason and a remedy")


def main() -> int:
    path = sys.argv[1] if len(sys.argv) > 1 else "build/lib/libneuromorphic.so"
    if os.environ.get("NEUROMORPHIC_MADE_UP_USB"):
        check_list(path)
        return 0
    if shutil.which("umockdev-run") is None:
        print("discovery: SKIPPED, umockdev is not installed")
        return 77
    with tempfile.NamedTemporaryFile("w", suffix=".umockdev") as description:
        hub = DEVICE.format(
            path="usb2", address=1, minor=128, vendor="1d6b", product="0003", descriptors=HUB_DESCRIPTORS)
        camera = DEVICE.format(
            path="usb2/2-1", address=7, minor=134, vendor="04b4", product="00f5", descriptors=CAMERA_DESCRIPTORS)
        description.write(hub + camera)
        description.flush()
        return subprocess.run(
            ["umockdev-run", "--device", description.name, "--", sys.executable, __file__, path],
            env=os.environ | {"NEUROMORPHIC_MADE_UP_USB": "1"}, check=False).returncode


sys.exit(main())
