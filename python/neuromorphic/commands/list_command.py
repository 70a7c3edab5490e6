"""Lists the known cameras that are plugged in, those included that can't be used, with the reason and the remedy."""

from __future__ import annotations

import argparse
import sys

from ..discovery import device_table, list_devices
from .output import print_json

NAME = "list"
HELP = "cameras that are plugged in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> int:
    devices = list_devices()
    if arguments.json:
        print_json(
            [
                {
                    "name": device.full_name,
                    "serial": device.serial,
                    "speed": device.speed.name,
                    "address": device.address,
                    "source": device.source,
                    "usable": device.usable,
                    "reason": device.reason,
                    "remedy": device.remedy,
                }
                for device in devices
            ]
        )
    elif devices:
        print(device_table(devices, color=sys.stdout.isatty()))
        for device in devices:
            if device.usable and device.reason:
                print(f"{device.full_name} {device.serial or device.address}: {device.reason}. {device.remedy or ''}".rstrip())
    else:
        print("No camera is plugged in. `neuromorphic doctor` looks for what may be wrong; sim:prophesee_evk4 needs no camera.")
    return 0
