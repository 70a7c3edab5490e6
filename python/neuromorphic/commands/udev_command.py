"""Installs the rules that let users open cameras without being root."""

from __future__ import annotations

import argparse
import pathlib

from .. import udev

NAME = "udev"
HELP = "let users open cameras without being root"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", "-o", type=pathlib.Path, default=udev.DEFAULT_PATH, help="the rules' file (%(default)s)")
    parser.add_argument("--print", action="store_true", dest="only_print", help="only print the rules")
    parser.add_argument("--skip-system-check", "-s", action="store_true", help="don't look which system it is")
    parser.add_argument("--skip-system-warn", "-w", action="store_true", help="say nothing where the system has no udev")
    parser.add_argument("--skip-root-check", "-r", action="store_true", help="try it without being root")


def run(arguments: argparse.Namespace) -> int:
    if arguments.only_print:
        print(udev.rules(), end="")
    else:
        udev.install_udev_rules(
            arguments.output, arguments.skip_system_check, arguments.skip_system_warn, arguments.skip_root_check
        )
    return 0
