"""The rules that let a user open cameras without being root."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

DEFAULT_PATH = pathlib.Path("/etc/udev/rules.d/65-neuromorphic.rules")


def rules() -> str:
    """The rules' text."""
    return pathlib.Path(__file__).with_name("65-neuromorphic.rules").read_text()


def install_udev_rules(
    output: pathlib.Path = DEFAULT_PATH,
    skip_system_check: bool = False,
    skip_system_warn: bool = False,
    skip_root_check: bool = False,
) -> None:
    """Writes the rules and makes udev read them. Cameras that are plugged in get them at once.

    Elsewhere than on Linux it says so and exits with 1 (with `skip_system_warn`: silently with 0). A user who isn't root
    is told the command to run.

    Args:
        output: The file to write.
        skip_system_check: Don't look which system it is.
        skip_system_warn: Say nothing where the system has no udev.
        skip_root_check: Try it without being root.
    """
    if not skip_system_check and not sys.platform.startswith("linux"):
        if skip_system_warn:
            sys.exit(0)
        sys.stderr.write(f"udev rules are for Linux, not for {sys.platform}\n")
        sys.exit(1)
    if not skip_root_check and os.geteuid() != 0:
        sys.stdout.write(f"Only root may do this:\n\n    sudo {sys.executable} -m neuromorphic udev --output {output}\n\n")
        sys.exit(0)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(rules())
    if shutil.which("udevadm") is None:
        sys.stdout.write(f"{output} is written, but there is no udevadm: the rules hold once udev has started\n")
        return
    for command in (["udevadm", "control", "--reload-rules"], ["udevadm", "trigger", "--subsystem-match=usb"]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            why = done.stderr.strip() or f"exit status {done.returncode}"
            sys.stdout.write(f"{output} is written, but `{' '.join(command)}` failed ({why}): plug the camera in again\n")
            return
    sys.stdout.write(f"{output} is written, and holds for cameras that are plugged in\n")
