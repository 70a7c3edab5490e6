"""The commands of the program `neuromorphic`, in the order of its help. A new one is a module and a line here."""

from __future__ import annotations

import argparse
from typing import Protocol, cast

from . import (
    convert_command,
    doctor_command,
    hot_pixels_command,
    info_command,
    list_command,
    monitor_command,
    play_command,
    record_command,
    udev_command,
    view_command,
)


class Command(Protocol):
    """What a command's module has. Its docstring is its help."""

    NAME: str
    HELP: str
    """One line."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Says what the command takes."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Does it, and returns the exit status."""
        ...


COMMANDS = cast(
    "tuple[Command, ...]",
    (
        list_command,
        info_command,
        view_command,
        play_command,
        record_command,
        convert_command,
        monitor_command,
        hot_pixels_command,
        doctor_command,
        udev_command,
    ),
)
