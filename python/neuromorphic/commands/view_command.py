"""Shows a camera, a recording or a simulation live, as a page in a browser. The page is served on this computer only; on a
computer without a screen, it is seen through a tunnel: `ssh -L 8765:127.0.0.1:8765 COMPUTER`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import pathlib
import re
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Generator

from ..device import Device
from ..opening import open as open_device

NAME = "view"
HELP = "show a camera, a recording or a simulation in a browser"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        nargs="?",
        default="usb:",
        help="usb: (default), usb:serial=00050423, file:drive.raw, drive.raw, sim:prophesee_evk4; recordings are shown in "
        "real time, unless the source has another ?speed=, and again and again",
    )
    parser.add_argument("--port", type=int, help="of the page's address (8765, or any where that is taken; 0 is any)")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (%(default)s: only this computer reaches it)")
    parser.add_argument("--no-browser", action="store_true", help="only print the page's address")
    parser.add_argument("--once", action="store_true", help="show the recording once, not again and again")
    parser.add_argument("--frame-rate", type=_frame_rate, default=30.0, metavar="HZ", help="pictures per second (%(default)g)")


def run(arguments: argparse.Namespace) -> int:
    try:
        import aiohttp as _  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        sys.stderr.write("neuromorphic: the viewer needs aiohttp: pip install 'neuromorphic[view]'\n")
        return 1
    source = source_to_show(arguments.source, arguments.once)
    if source.startswith("usb:"):
        sys.stderr.write("Opening the camera, which takes some seconds...\n")
    # Short waits, so that the numbers go on while nothing comes.
    device = open_device(source, iterator_timeout=0.05)
    try:
        return asyncio.run(_serve(device, source, arguments))
    finally:
        device.close()


async def _serve(device: Device, source: str, arguments: argparse.Namespace) -> int:
    from ..viewer.reader import Reader, State
    from ..viewer.server import Viewer

    reader = Reader(device, source, may_skip=not _is_without_loss(source))
    viewer = Viewer(reader, arguments.host, arguments.port, arguments.frame_rate)

    def greet() -> None:
        print(f"{reader.name} is shown at {viewer.url}", flush=True)
        if not arguments.no_browser and _has_screen():
            # In a thread, as a browser may take its time.
            threading.Thread(target=webbrowser.open, args=(viewer.ticket_url(),), daemon=True).start()
        elif viewer.host == "127.0.0.1" and not _has_screen():
            tunnel = f"ssh -L {viewer.port}:127.0.0.1:{viewer.port} {socket.gethostname()}"
            sys.stderr.write(f"To see it on another computer, run `{tunnel}` there, and open that address there.\n")
        sys.stderr.write("Ctrl-C ends it.\n")

    reader.start()
    try:
        with _signals(viewer.stop):
            await viewer.run(greet)
    finally:
        reader.stop()
    if reader.state is State.FAILED:
        sys.stderr.write(f"neuromorphic: {reader.sentence}\n")
        return 1
    return 0


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Generator[None, None, None]:
    """Ctrl-C and SIGTERM end the viewer in good order."""
    loop = asyncio.get_running_loop()
    handled = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
    for number in handled:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)


def _has_screen() -> bool:
    """Whether a browser would have a window. Without one, some systems start a browser in the terminal."""
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def source_to_show(source: str, once: bool = False) -> str:
    """The source, or that of a path. A recording is shown in real time and again and again unless it says otherwise."""
    if not re.match(r"(usb|file|sim):", source) and pathlib.Path(source).exists():
        # What follows the last '?' would be options.
        source = f"file:{source}{'?' if '?' in source else ''}"
    if not source.startswith("file:"):
        return source
    path, mark, text = source.rpartition("?")
    options = [option for option in text.split("&") if option] if mark else []
    if not any(option.startswith("speed=") for option in options):
        options.append("speed=realtime")
    if "loop" not in options and not once:
        options.append("loop")
    return f"{path if mark else source}?{'&'.join(options)}"


def _is_without_loss(source: str) -> bool:
    return "speed=max" in source.rpartition("?")[2].split("&")


def _frame_rate(text: str) -> float:
    value = float(text)
    if not 1 <= value <= 240:
        raise argparse.ArgumentTypeError(f"the frame rate is {text}, but can be 1 to 240 Hz")
    return value
