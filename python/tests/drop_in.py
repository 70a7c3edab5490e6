"""Runs neuromorphic_drivers' own example programs, as they are, with this package in its place: `drop_in.py FOLDER [NAME…]`.

Each runs until it has shown what it is for, and is then interrupted, as a person would do it with Ctrl-C. A camera (or an
emulated one) must be plugged in. FOLDER has the examples of neuromorphic_drivers' source distribution; they are copied, as they
write beside themselves. Programs that draw with plotly get a stand-in that writes arrays as they are where plotly is not
installed.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

LIMIT_S = 180.0


@dataclasses.dataclass
class Example:
    """What a program must print, and how often, and the files that it makes."""

    pattern: str
    lines: int
    files: tuple[str, ...] = ()
    ends: bool = False
    """Whether it ends by itself."""
    silent_s: float = 0.0
    """How long a program that prints nothing must run."""


EXAMPLES = {
    "any_print_packets": Example(r"^Packet\(polarity_events=PolarityEvents\(\d+: t=\[.*, x=\[.*, y=\[.*, on=\[", 5),
    "any_print_backlog": Example(r"^\d+ µs, backlog: \d+$|^Status\(system_time=", 5),
    "any_monitor_backlog": Example(r"^\d+ µs, backlog: \d+$|^Status\(system_time=", 5),
    "any_record_raw": Example(r"^\d+\.\d MB \(backlog: \d+, raw: \d+\)$", 50, ("*.raw",)),
    "evk4_update_biases": Example(r"^[1-9]\d*\.\d\d events/s$|^update biases$", 7),
    "evk4_region_of_interest": Example(r".", 0, ("evk4_row_column_mask.png",), silent_s=4.0),
    "evk4_temperature_illuminance": Example(r"^\d+(\.\d+)?ºC, \d+(\.\d+)?(e[+-]\d+)? lux$", 3),
    "evk4_mask": Example(r"^\(9223372036854775808, ", 1, ("evk4_mask.png", "evk4_mask_accumulated.png"), ends=True),
    "evk4_plot_hot_pixels": Example(r"^diff_off=\d+, maximum=", 15, ("hot_pixels/diff_off_60_map.png",
                                                                "hot_pixels/diff_off_46_count.png"), ends=True),
}  # fmt: skip

ALIAS = "import sys, neuromorphic\nsys.modules[__name__] = neuromorphic\n"

STAND_IN = """
import numpy

class Figure:
    def __init__(self, data): self.data = data
    def update_layout(self, **_): pass
    def update_coloraxes(self, **_): pass
    def write_image(self, path): open(path, "wb").write(numpy.asarray(self.data, dtype=float).tobytes())

def imshow(data, **_): return Figure(data)
def line(x, y, **_): return Figure((x, y))
"""


def run(name: str, example: Example, folder: pathlib.Path) -> str | None:
    """Runs one program. Returns what is wrong, if something is."""
    # -X faulthandler costs nothing, and a crash of the library would show where it came from.
    command = [sys.executable, "-u", "-X", "faulthandler", f"{name}.py"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()), daemon=True)
    reader.start()
    start = time.monotonic()
    # As a program that prints nothing may still be opening its camera, its time begins with its first file.
    silent_since = None
    while process.poll() is None and time.monotonic() - start < LIMIT_S:
        time.sleep(0.05)
        found = sum(re.search(example.pattern, line) is not None for line in list(lines))
        if example.silent_s:
            if silent_since is None and all(any(folder.glob(file)) for file in example.files):
                silent_since = time.monotonic()
            if silent_since is not None and time.monotonic() - silent_since > example.silent_s + 8:
                break
        elif found >= example.lines and not example.ends:
            break
    was_running = process.poll() is None
    if was_running:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        return "does not end after an interrupt"
    reader.join(5)
    text = "".join(lines)
    found = sum(re.search(example.pattern, line) is not None for line in lines)
    errors = [line.strip() for line in lines if re.match(r"\w*(Error|Exception)\b", line)]
    if errors:
        return f"{errors[0]}\n{text[-3000:]}"
    if example.ends and process.returncode != 0:
        return f"exit status {process.returncode}\n{text[-3000:]}"
    if not example.ends and not was_running:
        return f"ended by itself with status {process.returncode}\n{text[-3000:]}"
    if found < example.lines:
        return f"{found} lines like {example.pattern!r} instead of {example.lines}\n{text[-3000:]}"
    for file in example.files:
        if not any(path.stat().st_size > 0 for path in folder.glob(file)):
            return f"{file} was not written"
    shown = [line.strip()[:110] for line in lines if re.search(example.pattern, line)] if example.lines else []
    seconds = time.monotonic() - start
    print(f"{name}: {len(shown)} lines as expected in {seconds:.1f} s{': ' + shown[-1] if shown else ''}", flush=True)
    return None


def white_pixels(path: pathlib.Path) -> list[tuple[int, int]]:
    """Columns and rows of the white pixels of a picture as write_mask_as_png makes it."""
    content = path.read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    start = content.index(b"IDAT")
    rows = zlib.decompress(content[start + 4 : start + 4 + struct.unpack(">I", content[start - 4 : start])[0]])
    stride = 1 + width // 8
    return [(x, y) for y in range(height) for x in range(width) if rows[y * stride + 1 + x // 8] >> (7 - x % 8) & 1]


def check_pictures(folder: pathlib.Path) -> str | None:
    """The masks' pictures, as neuromorphic_drivers draws them: rows count from the bottom."""
    region = folder / "evk4_row_column_mask.png"
    if region.exists() and set(white_pixels(region)) != {(x, y) for x in range(576, 676) for y in range(324, 424)}:
        return "the region of interest's picture is wrong"
    mask = folder / "evk4_mask.png"
    if mask.exists() and white_pixels(mask) != [(1026, 719 - 664)]:
        return "the pixel mask's picture is wrong"
    return None


def main() -> int:
    examples = pathlib.Path(sys.argv[1])
    names = sys.argv[2:] or list(EXAMPLES)
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "neuromorphic_drivers.py").write_text(ALIAS)
        if importlib.util.find_spec("plotly") is None:
            (folder / "plotly").mkdir()
            (folder / "plotly" / "__init__.py").touch()
            (folder / "plotly" / "express.py").write_text(STAND_IN)
        for name in names:
            shutil.copy(examples / f"{name}.py", folder)
            wrong = run(name, EXAMPLES[name], folder)
            if wrong is not None:
                failed += 1
                print(f"{name}: FAILED: {wrong}", flush=True)
        wrong = check_pictures(folder)
        if wrong is not None:
            failed += 1
            print(wrong)
    print(f"{len(names) - failed} of {len(names)} examples ran")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
