"""What commands that open a device have in common: the source, the settings, and the way they end."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import json
import pathlib
import signal
import threading
import types
from collections.abc import Generator
from typing import Any, Literal, cast, overload

from .. import prophesee_evk3_hd, prophesee_evk4, settings
from ..device import Device, RawDevice
from ..errors import ArgumentError, Code, NotFoundError
from ..formats import FORMATS
from ..opening import open as open_device
from ..prophesee import BaseConfiguration

SCHEMES = ("file:", "sim:", "usb:")

_CONFIGURATIONS: dict[str, type[BaseConfiguration]] = {
    "prophesee_evk4": prophesee_evk4.Configuration,
    "prophesee_evk3_hd": prophesee_evk3_hd.Configuration,
}

_SLICE_S = 0.1
"""How long a command waits for data before it looks whether it is to end."""


def add_source(parser: argparse.ArgumentParser, default: str | None = "usb:") -> None:
    """The source, and a camera's settings."""
    help = "usb:, usb:serial=..., sim:prophesee_evk4?rate=20e6, a RAW file"
    if default is None:
        parser.add_argument("source", metavar="SOURCE", help=help)
    else:
        parser.add_argument("source", metavar="SOURCE", nargs="?", default=default, help=f"{help} (%(default)s)")
    parser.add_argument("--config", type=pathlib.Path, metavar="FILE", help="settings of the camera: a JSON file")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting, such as biases.diff_on=110; repeatable"
    )


def source_of(text: str) -> str:
    """The source that a command line means: a file's path is one, too. Raises NotFoundError where there is no such file."""
    if text.startswith(SCHEMES):
        return text
    path = pathlib.Path(text)
    if not path.exists():
        raise NotFoundError(
            f"there is no file {text}, and it is no source either: those begin with {', '.join(SCHEMES)}", Code.NOT_FOUND
        )
    other = next((form.NAME for form in FORMATS if form.IS_WRITTEN and path.suffix.lower() in form.SUFFIXES), None)
    if other is not None:
        raise ArgumentError(f"{text} is {other}, and only RAW files can be played; info and convert read it", Code.UNSUPPORTED)
    # The library looks for options behind the last question mark.
    return f"file:{text}?" if "?" in text else f"file:{text}"


def with_option(source: str, option: str) -> str:
    """A source with a further option."""
    if "?" not in source:
        return f"{source}?{option}"
    return f"{source}{'' if source.endswith('?') else '&'}{option}"


def has_option(source: str, name: str) -> bool:
    """Whether a source says this option."""
    return any(option.partition("=")[0] == name for option in source.rpartition("?")[2].split("&")) and "?" in source


def configuration_of(arguments: argparse.Namespace) -> BaseConfiguration | None:
    """The settings of a command line; None where it has none.

    A file is a JSON object: `model` (without it the source's, or prophesee_evk4) and `settings`, by the names that
    errors and the C header spell.
    """
    model: str = "prophesee_evk3_hd" if "prophesee_evk3_hd" in arguments.source else "prophesee_evk4"
    values: dict[str, Any] = {}
    if arguments.config is not None:
        model = _read(arguments.config, values, model)
    if arguments.config is None and not arguments.set:
        return None
    table = settings.table(_CONFIGURATIONS[model].MODEL)
    for text in arguments.set:
        name, equals, value = text.partition("=")
        if not equals:
            raise ArgumentError(f"--set {text} is not NAME=VALUE")
        try:
            numbers = [int(part, 0) for part in value.split(",")]
        except ValueError:
            raise ArgumentError(f"--set {text}: {value} is not an integer, nor several with commas between them") from None
        values[name] = numbers if len(numbers) > 1 else numbers[0]
    for name, value in values.items():
        if name not in table:
            near = difflib.get_close_matches(name, table, 3, 0.4)
            hint = f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join(table)}"
            raise ArgumentError(f"{model} has no setting {name}{hint}")
        if not isinstance(value, int) and not (
            isinstance(value, list) and all(isinstance(part, int) for part in cast("list[Any]", value))
        ):
            raise ArgumentError(f"{name} is {value}, but can only be an integer or a list of integers")
    struct = settings.write(_CONFIGURATIONS[model].MODEL, values)
    return cast("Any", _CONFIGURATIONS[model]).from_c(struct)


def _read(path: pathlib.Path, values: dict[str, Any], model: str) -> str:
    try:
        read = json.loads(path.read_text())
    except ValueError as error:
        raise ArgumentError(f"{path} is not JSON: {error}") from error
    if not isinstance(read, dict):
        raise ArgumentError(f"{path} has no JSON object")
    content = cast("dict[str, Any]", read)
    found = content.get("settings")
    if not isinstance(found, dict):
        raise ArgumentError(f'{path} has no object "settings", such as {{"settings": {{"biases.diff_on": 110}}}}')
    values.update(cast("dict[str, Any]", found))
    model = str(content.get("model", model))
    if model not in _CONFIGURATIONS:
        raise ArgumentError(f"{path} is for the model {model}, but there are {', '.join(_CONFIGURATIONS)}")
    return model


@overload
def open_source(arguments: argparse.Namespace, raw: Literal[False] = False, source: str | None = None) -> Device: ...
@overload
def open_source(arguments: argparse.Namespace, raw: Literal[True], source: str | None = None) -> RawDevice: ...
def open_source(arguments: argparse.Namespace, raw: bool = False, source: str | None = None) -> Device | RawDevice:
    """Opens a command line's source, with its settings. Iterating it gives something at least ten times a second."""
    where = source_of(arguments.source) if source is None else source
    configuration = configuration_of(arguments)
    if raw:
        return open_device(configuration, _SLICE_S, raw=True, source=where)
    return open_device(configuration, _SLICE_S, source=where)


class Stop:
    """Whether Ctrl-C or SIGTERM came. A second one ends the program at once."""

    requested = False
    number: int = 0


@contextlib.contextmanager
def stopping() -> Generator[Stop, None, None]:
    """Lets a loop look whether it is to end, and then end well."""
    stop = Stop()

    def handle(number: int, frame: types.FrameType | None) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.requested = True
        stop.number = number

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def terminable() -> Generator[None, None, None]:
    """Makes of SIGTERM what Ctrl-C is: an exception, so that whatever has to be undone is undone."""

    def handle(number: int, frame: types.FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def positive(text: str) -> float:
    """An argument that is a number above 0."""
    value = float(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


def count(text: str) -> int:
    """An argument that is a number of things, 1000 or 1e3."""
    value = float(text)
    if not (1 <= value <= 1e18 and value == int(value)):
        raise argparse.ArgumentTypeError(f"{text} is not a number of things")
    return int(value)
