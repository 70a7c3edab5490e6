"""Looks for what keeps cameras from working, or from working well, and says what to do about it.

Each finding is ok, a hint (it works, but not as well as it could) or a problem (it doesn't work), and ends with the remedy.
The exit status is 0 whatever is found, and 1 only where a check itself failed.
"""

from __future__ import annotations

import argparse
import ctypes.util
import dataclasses
import fnmatch
import importlib.util
import os
import pathlib
import re
import resource
from collections.abc import Callable, Iterator

from .. import __version__
from ..discovery import list_devices
from ..prophesee import UsbConfiguration
from ..udev import rules
from .output import print_json

NAME = "doctor"
HELP = "what is wrong with USB, permissions and limits, and the remedy"

ROOT = pathlib.Path("/")

OK, HINT, PROBLEM, FAILED = "ok", "hint", "problem", "failed"

_RULES = "65-neuromorphic.rules"
_RULES_FOLDERS = ("etc/udev/rules.d", "run/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d")

_EXTRAS = (
    ("pyarrow", "arrow", "Parquet and Arrow files, and compressed AEDAT 4"),
    ("aedat", "aedat", "reading AEDAT 4 files"),
    ("h5py", "hdf5", "HDF5 files"),
    ("matplotlib", "plot", "pictures of hot pixels"),
    ("aiohttp", "view", "the viewer"),
)

_SUPER_SPEED = 5000
"""Mb/s."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """What a check found."""

    check: str
    """What was looked at, a word or two."""
    level: str
    """ok, hint, problem or failed."""
    sentence: str
    remedy: str = ""
    """What to do about it; "" where there is nothing to do."""


@dataclasses.dataclass(frozen=True)
class KnownCamera:
    """A device on USB whose ids the udev rules have."""

    name: str
    """Of its folder in /sys/bus/usb/devices, such as 2-1."""
    product: str
    vendor_id: str
    product_id: str
    speed: int
    """Mb/s; 0 where the system doesn't tell."""
    node: pathlib.Path
    """Its file in /dev/bus/usb."""
    drivers: tuple[str, ...]
    """Of the kernel, that have an interface of it."""

    def __str__(self) -> str:
        return f"{self.product or 'camera'} ({self.vendor_id}:{self.product_id}) at {self.name}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> int:
    findings = examine()
    if arguments.json:
        print_json([dataclasses.asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{finding.level:<8} {finding.check + ':':<17} {finding.sentence}")
            if finding.remedy:
                print(f"{'':<26} {finding.remedy}")
        problems = sum(finding.level == PROBLEM for finding in findings)
        hints = sum(finding.level == HINT for finding in findings)
        print(f"\n{problems or 'No'} problem{'s' * (problems != 1)}, {hints or 'no'} hint{'s' * (hints != 1)}.")
    return int(any(finding.level == FAILED for finding in findings))


def examine(root: pathlib.Path = ROOT) -> list[Finding]:
    """All checks, of the system or of a folder that is like one."""
    checks: tuple[tuple[str, Callable[[pathlib.Path], Iterator[Finding]]], ...] = (
        ("library", library),
        ("libusb", libusb),
        ("kernel", kernel),
        ("USB devices", usb_folder),
        ("USB memory", usb_memory),
        ("udev rules", udev_rules),
        ("camera", cameras),
        ("cameras", usable_cameras),
        ("shared memory", shared_memory),
        ("limits", limits),
        ("extras", extras),
    )
    findings: list[Finding] = []
    for name, check in checks:
        try:
            findings += check(root)
        except Exception as error:
            findings.append(Finding(name, FAILED, f"the check itself failed: {type(error).__name__}: {error}"))
    return findings


def library(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """Which libneuromorphic is loaded."""
    path = _mapped(root, "libneuromorphic")
    yield Finding("library", OK, f"libneuromorphic {__version__} is loaded{f' from {path}' if path else ''}")


def libusb(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """Whether libusb is there, without which no camera is found."""
    path = _mapped(root, "libusb-1.0")
    if path:
        yield Finding("libusb", OK, f"libusb is loaded from {path}")
    elif ctypes.util.find_library("usb-1.0"):
        yield Finding("libusb", OK, "libusb is there")
    else:
        # The library has its own within it, where it was built so.
        yield Finding(
            "libusb", HINT, "the system has no libusb-1.0", "If no camera is found: sudo apt install libusb-1.0-0 (or alike)"
        )


def kernel(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """Whether the kernel speaks USB, and USB 3."""
    if not (root / "sys/bus/usb").is_dir():
        yield Finding(
            "kernel", PROBLEM, "this system has no USB (no /sys/bus/usb)", _elsewhere(root) or "sudo modprobe usbcore xhci_pci"
        )
        return
    devices = root / "sys/bus/usb/devices"
    speeds = [_number(hub / "speed") for hub in _folder(devices) if hub.name.startswith("usb")]
    if any(speed >= _SUPER_SPEED for speed in speeds):
        yield Finding("kernel", OK, "the kernel has USB 3")
    elif speeds:
        yield Finding(
            "kernel",
            HINT,
            "the kernel knows of no USB 3 controller",
            "Cameras need USB 3: sudo modprobe xhci_pci, or let a virtual machine have a USB 3 controller",
        )
    else:
        yield Finding("kernel", PROBLEM, "the kernel has USB, but knows of no USB controller", _elsewhere(root))


def usb_folder(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """Whether programs can reach USB devices at all."""
    folder = root / "dev/bus/usb"
    if not folder.is_dir():
        yield Finding(
            "USB devices",
            PROBLEM,
            "there is no /dev/bus/usb, so that no program can reach a camera; recordings and simulations work",
            _elsewhere(root) or "Look whether udev (or mdev) runs, and whether a USB controller is there: lsusb -t",
        )
        return
    nodes = [node for bus in _folder(folder) for node in _folder(bus)]
    if nodes:
        yield Finding("USB devices", OK, f"/dev/bus/usb has {len(nodes)} devices")
    else:
        yield Finding("USB devices", PROBLEM, "/dev/bus/usb is empty: no USB device is there", _elsewhere(root))


def usb_memory(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """Whether the kernel lets transfers be in flight."""
    parameter = root / "sys/module/usbcore/parameters/usbfs_memory_mb"
    if not parameter.exists():
        yield Finding("USB memory", HINT, "the kernel doesn't tell how much memory USB transfers may take")
        return
    limit = _number(parameter)
    buffers = UsbConfiguration()
    count = max(len(known_cameras(root)), 1)
    needed = -(-count * buffers.transfer_queue_length * buffers.buffer_length // 2**20)
    if limit == 0:
        yield Finding("USB memory", OK, "USB transfers may take any amount of memory")
    elif limit >= needed:
        yield Finding("USB memory", OK, f"USB transfers may take {limit} MB; {_cameras(count)} {needed} MB")
    else:
        yield Finding(
            "USB memory",
            PROBLEM,
            f"USB transfers may take {limit} MB, but {_cameras(count)} {needed} MB",
            "echo 128 | sudo tee /sys/module/usbcore/parameters/usbfs_memory_mb (and usbcore.usbfs_memory_mb=128 as a "
            "parameter of the kernel, to keep it)",
        )


def udev_rules(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """Whether the rules are there that let users open cameras."""
    for folder in _RULES_FOLDERS:
        file = root / folder / _RULES
        if file.exists():
            if file.read_text() == rules():
                yield Finding("udev rules", OK, f"/{folder}/{_RULES} is there")
            else:
                yield Finding(
                    "udev rules", HINT, f"/{folder}/{_RULES} is of another version", "sudo neuromorphic udev writes this one's"
                )
            return
    if os.geteuid() == 0:
        yield Finding("udev rules", OK, "there are none, but root needs none")
        return
    remedy = _elsewhere(root)
    if not remedy:
        remedy = "sudo neuromorphic udev installs them; then plug the camera in again"
    yield Finding("udev rules", HINT, "the rules that let users open cameras are not installed", remedy)


def cameras(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """Of each camera its speed, its permissions, and who has it."""
    found = known_cameras(root)
    if not found:
        yield Finding("camera", HINT, "no known camera is plugged in", "Without one, sim:prophesee_evk4 simulates one")
    for camera in found:
        if not camera.node.exists():
            yield Finding(
                "camera",
                PROBLEM,
                f"{camera} is on USB, but has no file /{camera.node.relative_to(root)}",
                _elsewhere(root) or "Look whether udev (or mdev) runs",
            )
            continue
        if os.access(camera.node, os.R_OK | os.W_OK):
            yield Finding("camera", OK, f"{camera} may be opened")
        else:
            yield Finding(
                "camera",
                PROBLEM,
                f"{camera} may not be opened by this user",
                "sudo neuromorphic udev, and plug it in again; over SSH, where nobody sits at the machine, only root may",
            )
        if 0 < camera.speed < _SUPER_SPEED:
            yield Finding(
                "camera",
                HINT,
                f"{camera} is connected with {camera.speed} Mb/s, which is too slow for a busy scene",
                "Use a USB 3 port (blue, or marked SS) and a USB 3 cable, and push the plug in quickly and all the way",
            )
        holders = [f"{name} (process {number})" for number, name in _holders(root, camera.node)]
        if holders:
            yield Finding("camera", HINT, f"{camera} is in use by {', '.join(holders)}", "End that program to use it elsewhere")
        elif "usbfs" in camera.drivers:
            yield Finding("camera", HINT, f"{camera} is in use by another program", "End that program to use it elsewhere")
        others = [driver for driver in camera.drivers if driver != "usbfs"]
        if others:
            yield Finding(
                "camera",
                PROBLEM,
                f"{camera} is held by the kernel's driver {', '.join(others)}",
                f"sudo modprobe -r {' '.join(others)}, and plug it in again",
            )


def usable_cameras(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """What the library itself says of the cameras. Nothing for a folder that is only like a system."""
    if root != ROOT:
        return
    for device in list_devices():
        name = f"{device.full_name} {device.serial or device.address}"
        level = PROBLEM if not device.usable else HINT if device.reason else OK
        yield Finding("cameras", level, f"{name}: {device.reason or 'can be used'}", device.remedy or "")


def shared_memory(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """Whether packets can have their memory, which other processes may map."""
    try:
        descriptor = os.memfd_create("neuromorphic-doctor", os.MFD_CLOEXEC)
    except OSError as error:
        yield Finding(
            "shared memory",
            PROBLEM,
            f"the kernel refuses memory files ({os.strerror(error.errno or 0)}), which hold all packets",
            "Let the sandbox or the container allow memfd_create",
        )
        return
    try:
        os.ftruncate(descriptor, 1 << 30)
    finally:
        os.close(descriptor)
    shm = root / "dev/shm"
    if shm.is_dir() and os.access(shm, os.W_OK):
        yield Finding("shared memory", OK, "packets' memory can be had, and shared with other processes")
    else:
        yield Finding(
            "shared memory",
            HINT,
            "/dev/shm can't be written to; packets don't need it, but other programs' shared memory does",
            "sudo mount -t tmpfs -o mode=1777 tmpfs /dev/shm",
        )


def limits(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """What a shell or a service may forbid."""
    space, _ = resource.getrlimit(resource.RLIMIT_AS)
    buffers = UsbConfiguration()
    needed = 4 * buffers.ring_length * buffers.buffer_length
    if space != resource.RLIM_INFINITY and space < needed:
        yield Finding(
            "limits",
            HINT,
            f"a program may have {space >> 20} MiB of address space, and an open camera wants up to {needed >> 20} MiB of it",
            "ulimit -v unlimited, or open it with fewer buffers",
        )
        return
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors != resource.RLIM_INFINITY and descriptors < 64:
        yield Finding("limits", HINT, f"a program may have only {descriptors} files open", "ulimit -n 1024")
        return
    yield Finding("limits", OK, "address space and open files suffice")


def extras(root: pathlib.Path = ROOT) -> Iterator[Finding]:
    """Which optional packages are installed."""
    for name, extra, purpose in _EXTRAS:
        if importlib.util.find_spec(name) is not None:
            yield Finding("extras", OK, f"{name} is installed: {purpose}")
        else:
            yield Finding("extras", HINT, f"{name} is not installed: {purpose}", f'pip install "neuromorphic[{extra}]"')


# ---- What the system's files say ----


def known_cameras(root: pathlib.Path = ROOT) -> list[KnownCamera]:
    """The devices on USB whose ids the udev rules have."""
    found: list[KnownCamera] = []
    patterns = known_ids(rules())
    for device in _folder(root / "sys/bus/usb/devices"):
        vendor, product = _text(device / "idVendor").lower(), _text(device / "idProduct").lower()
        if not any(vendor == known and fnmatch.fnmatchcase(product, pattern) for known, pattern in patterns):
            continue
        links = [interface / "driver" for interface in _folder(device) if interface.name.startswith(f"{device.name}:")]
        # Below the folder of the device where they are real folders, beside it where they are links only.
        interfaces = (place for place in _folder(root / "sys/bus/usb/devices") if place.name.startswith(f"{device.name}:"))
        links += [interface / "driver" for interface in interfaces]
        drivers = {os.path.basename(os.readlink(link)) for link in links if link.is_symlink()}
        found.append(
            KnownCamera(
                device.name,
                " ".join(word for word in (_text(device / "manufacturer"), _text(device / "product")) if word),
                vendor,
                product,
                _number(device / "speed"),
                root / f"dev/bus/usb/{_number(device / 'busnum'):03}/{_number(device / 'devnum'):03}",
                tuple(sorted(drivers)),
            )
        )
    return found


def known_ids(text: str) -> list[tuple[str, str]]:
    """Vendor ids and patterns of product ids of udev rules."""
    found = re.findall(r'ATTR\{idVendor\}=="([^"]*)",\s*ATTR\{idProduct\}=="([^"]*)"', text)
    return [(vendor.lower(), pattern.lower()) for vendor, patterns in found for pattern in patterns.split("|")]


def _holders(root: pathlib.Path, node: pathlib.Path) -> Iterator[tuple[int, str]]:
    """The processes that have a file open, as far as this user may see them."""
    wanted = str(node), "/" + str(node.relative_to(root))
    for process in _folder(root / "proc"):
        if process.name.isdigit():
            for descriptor in _folder(process / "fd"):
                try:
                    target = os.readlink(descriptor)
                except OSError:
                    continue
                if target in wanted:
                    yield int(process.name), _text(process / "comm") or "a program"
                    break


def _is_container(root: pathlib.Path) -> bool:
    if (root / ".dockerenv").exists() or (root / "run/.containerenv").exists():
        return True
    groups = _text(root / "proc/1/cgroup")
    return any(word in groups for word in ("docker", "kubepods", "containerd", "libpod", "lxc"))


def _elsewhere(root: pathlib.Path) -> str:
    """What to do where another system has the devices; "" where this one is the one that has them."""
    if _is_container(root):
        return (
            "This is a container: start it with -v /dev/bus/usb:/dev/bus/usb --device-cgroup-rule='c 189:* rmw', and install "
            "the udev rules outside of it"
        )
    if "microsoft" in _text(root / "proc/version").lower():
        return "This is WSL: attach the camera to it with usbipd, on the side of Windows"
    return ""


def _mapped(root: pathlib.Path, name: str) -> str:
    """The path of a library that is loaded; "" where it is not."""
    for line in _text(root / "proc/self/maps").splitlines():
        path = line.partition("/")[2]
        if name in os.path.basename(path):
            return "/" + path
    return ""


def _cameras(count: int) -> str:
    return "a camera needs" if count == 1 else f"{count} cameras need"


def _folder(path: pathlib.Path) -> list[pathlib.Path]:
    """What is in a folder; nothing where it is not there or not to be seen."""
    try:
        return sorted(path.iterdir())
    except OSError:
        return []


def _text(path: pathlib.Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""


def _number(path: pathlib.Path) -> int:
    text = _text(path).partition(".")[0]
    return int(text) if text.isdigit() else 0
