"""What can go wrong, as exceptions. Each has the library's sentence: what failed, where, and what to do.

All of them are RuntimeError, which is what neuromorphic_drivers raises.
"""

import enum


class Code(enum.IntEnum):
    """The library's statuses, by the names of the C header."""

    OK = 0
    TIMEOUT = -1
    INTERRUPTED = -2
    END_OF_STREAM = -3
    CLOSED = -4
    UNPLUGGED = -5
    INVALID_ARGUMENT = -6
    INVALID_HANDLE = -7
    INVALID_STRUCT_SIZE = -8
    INCOMPATIBLE_VERSION = -9
    INVALID_SOURCE = -10
    NOT_FOUND = -11
    PERMISSION_DENIED = -12
    BUSY = -13
    INVALID_FILE = -14
    UNSUPPORTED = -15
    OUT_OF_RANGE = -16
    WRONG_MODEL = -17
    LEASES_SPENT = -18
    OUT_OF_MEMORY = -19
    IO = -20
    ALREADY_EXISTS = -21
    NEEDS_RESTART = -22
    NO_ANSWER = -23
    STALLED = -24
    BAD_ANSWER = -25


class NeuromorphicError(RuntimeError):
    """A call of the library failed."""

    code: int
    """The status: a Code, or a number that a newer library knows."""

    def __init__(self, message: str, code: int = Code.INVALID_ARGUMENT) -> None:
        super().__init__(message)
        self.code = code


class ArgumentError(NeuromorphicError, ValueError):
    """An argument or a setting has a value that it can't have."""


class NotFoundError(NeuromorphicError):
    """No such file, or no such camera is plugged in."""


class PermissionDeniedError(NeuromorphicError):
    """The system doesn't let this user open the file or the camera."""


class BusyError(NeuromorphicError):
    """Another program, or another thread that waits for the same device's packets, uses it."""


class UnpluggedError(NeuromorphicError):
    """The cable was pulled or the camera lost its power."""


class ClosedError(NeuromorphicError):
    """The device was closed."""


class InterruptedWait(NeuromorphicError):
    """`interrupt` ended a wait. The device goes on."""


class LeasesSpentError(NeuromorphicError):
    """The program holds as many packets, or arrays of them, as the device may have out."""


_CLASSES: dict[int, type[NeuromorphicError]] = {
    Code.INVALID_ARGUMENT: ArgumentError,
    Code.INVALID_SOURCE: ArgumentError,
    Code.OUT_OF_RANGE: ArgumentError,
    Code.WRONG_MODEL: ArgumentError,
    Code.NOT_FOUND: NotFoundError,
    Code.PERMISSION_DENIED: PermissionDeniedError,
    Code.BUSY: BusyError,
    Code.UNPLUGGED: UnpluggedError,
    Code.CLOSED: ClosedError,
    Code.INVALID_HANDLE: ClosedError,
    Code.INTERRUPTED: InterruptedWait,
    Code.LEASES_SPENT: LeasesSpentError,
}


def of(code: int, message: str) -> NeuromorphicError:
    try:
        code = Code(code)
    except ValueError:
        pass
    return _CLASSES.get(code, NeuromorphicError)(message, code)
