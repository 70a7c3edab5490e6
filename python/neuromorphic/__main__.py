"""The program `neuromorphic`: one command for each module in `commands`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from . import __version__
from .commands import COMMANDS
from .errors import NeuromorphicError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command. Returns the exit status: 0, 1 where it failed, 2 for a wrong command line, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser("neuromorphic", description="Event cameras, their recordings and simulations.")
    parser.add_argument("--version", action="version", version=f"neuromorphic {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        part = commands.add_parser(command.NAME, help=command.HELP, description=command.__doc__)
        command.add_arguments(part)
        part.set_defaults(run=command.run)
    chosen = parser.parse_args(arguments)
    try:
        return chosen.run(chosen)
    except NeuromorphicError as error:
        sys.stderr.write(f"neuromorphic: {error}\n")
        return 1
    except BrokenPipeError:
        # Whoever read the output has seen enough. What is still in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        sys.stderr.write(f"neuromorphic: {_sentence(error)}\n")
        return 1
    except ImportError as error:
        sys.stderr.write(f"neuromorphic: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _sentence(error: OSError) -> str:
    """The system's words, and which file they are about."""
    if error.filename is None or error.strerror is None:
        return str(error)
    return f"{os.fsdecode(error.filename)}: {error.strerror}"


if __name__ == "__main__":
    sys.exit(main())
