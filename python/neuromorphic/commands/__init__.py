"""The commands of the program `neuromorphic`, in the order in which its help lists them. A new one is a module and a line here."""

from __future__ import annotations

import argparse
from typing import Protocol, cast

from . import list_command, udev_command, view_command


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


COMMANDS = cast("tuple[Command, ...]", (list_command, view_command, udev_command))
