"""The C library: found, loaded and checked once, and its errors as exceptions."""

import os
import pathlib
from typing import Any, NoReturn

from . import errors
from ._header import ffi as _ffi  # pyright: ignore[reportMissingModuleSource, reportAttributeAccessIssue, reportUnknownVariableType]

ffi: Any = _ffi

_NAME = "libneuromorphic.so.0"


def _load() -> Any:
    """NEUROMORPHIC_LIBRARY first, then the one that came with the package, then the system's."""
    bundled = pathlib.Path(__file__).with_name(_NAME)
    path = os.environ.get("NEUROMORPHIC_LIBRARY") or (str(bundled) if bundled.exists() else _NAME)
    try:
        return ffi.dlopen(path)
    except OSError as error:
        raise ImportError(
            f"{path} can't be loaded ({error}). Install the package's wheel, which has the library within it, or set "
            "NEUROMORPHIC_LIBRARY to the path of libneuromorphic.so.0."
        ) from error


lib: Any = _load()

VERSION = lib.NEUROMORPHIC_VERSION_MAJOR << 16 | lib.NEUROMORPHIC_VERSION_MINOR << 8 | lib.NEUROMORPHIC_VERSION_PATCH
FOREVER = -1


def text(pointer: Any) -> str:
    """A C string; "" for NULL."""
    return ffi.string(pointer).decode(errors="replace") if pointer else ""


def error(code: int) -> errors.NeuromorphicError:
    """The exception of a status, with the sentence of this thread's latest failing call."""
    return errors.of(code, text(lib.neuromorphic_last_error()))


def fail(code: int) -> NoReturn:
    raise error(code)


def check(code: int) -> None:
    if code:
        fail(code)


def prepared(name: str) -> Any:
    """A struct of that name whose struct_size is set, and the rest 0."""
    struct = ffi.new(f"{name} *")
    struct.struct_size = ffi.sizeof(name)
    return struct


if lib.neuromorphic_check_version(VERSION):
    raise ImportError(text(lib.neuromorphic_last_error()))
