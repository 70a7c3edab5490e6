"""One run of the program under test, and what is said of it."""

import dataclasses
import os
import pathlib
import re
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable

TIME_LIMIT_SECONDS = 10
MEMORY_LIMIT_KIB = 64 * 1024

# A program's peak memory includes that of the process it was forked from, so a small one starts it and writes the
# number down.
MEASURE = """
import os, sys
child = os.fork()
if child == 0:
    try:
        os.execv(sys.argv[2], sys.argv[2:])
    finally:
        os._exit(127)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    file.write(str(usage.ru_maxrss))
if os.WIFSIGNALED(status):
    os.kill(os.getpid(), os.WTERMSIG(status))
os._exit(os.waitstatus_to_exitcode(status))
"""


class Skipped(Exception):
    """What a trial needs cannot be had here."""


@dataclasses.dataclass
class Written:
    """Exit status 0 and both files; their bytes if these are given."""

    files: tuple[bytes, bytes] | None = None
    slot: int = 0


@dataclasses.dataclass
class Refused:
    """A sentence on standard error that has all patterns in it, and an untouched output folder.

    `line` must be named. `only_line` need not be, but if a line is, it is this one.
    """

    patterns: tuple[str, ...] = ()
    line: int | None = None
    only_line: int | None = None
    statuses: tuple[int, ...] = (1,)


@dataclasses.dataclass
class Trial:
    name: str
    build: Callable[[pathlib.Path], None]  # makes the image's folder
    outcomes: tuple  # any of these will do
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    # Makes what the output folder has before; what it returns is called at the end.
    prepare: Callable[[pathlib.Path], Callable[[], None] | None] = lambda output: None
    # The whole command line, where it is not the image, --output and the arguments. {image} and {output} are replaced;
    # without --output the output folder is the working directory.
    command: tuple[str, ...] | None = None
    measured: bool = False  # peak memory too


def snapshot(folder: pathlib.Path, contents: bool) -> dict:
    """What is in a folder and below: kind, mode, time of change, and the bytes of plain files if wanted."""
    found = {}
    for root, folders, names in os.walk(folder):
        for name in folders + names:
            path = pathlib.Path(root, name)
            status = path.lstat()
            size = status.st_size if not stat.S_ISDIR(status.st_mode) else None
            content = path.read_bytes() if contents and stat.S_ISREG(status.st_mode) else None
            found[str(path.relative_to(folder))] = (status.st_mode, status.st_mtime_ns, size, content)
    return found


def changes(before: dict, after: dict) -> str:
    return ", ".join(
        f"{name} is " + ("new" if name not in before else "gone" if name not in after else "changed")
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def difference(name: str, wanted: bytes, got: bytes) -> str | None:
    """The first line that differs, and both lengths."""
    if wanted == got:
        return None
    ours, theirs = wanted.split(b"\n"), got.split(b"\n")
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))

    def line(lines: list[bytes]) -> str:
        return repr(lines[at][:60].decode(errors="replace")) if at < len(lines) else "nothing"

    return (
        f"{name} differs from line {at + 1} on: expected {line(ours)}, came {line(theirs)} "
        f"(expected {len(wanted)} bytes, came {len(got)})"
    )


def judge_written(wanted: Written, output: pathlib.Path, before: dict, after: dict) -> list[str]:
    names = (f"{wanted.slot}PROG_A", f"{wanted.slot}PROG_D")
    complaints = []
    rest = lambda entries: {name: entry for name, entry in entries.items() if name not in names}
    if changed := changes(rest(before), rest(after)):
        complaints.append(f"expected nothing but {names[0]} and {names[1]} to be written; {changed}")
    for i, name in enumerate(names):
        path = output / name
        if not path.is_file():
            complaints.append(f"expected {name}; there is no such file")
        elif wanted.files is not None and (different := difference(name, wanted.files[i], path.read_bytes())):
            complaints.append(different)
    return complaints


def judge_refused(wanted: Refused, status: int, errors: str, image: pathlib.Path, before: dict, after: dict) -> list[str]:
    complaints = []
    if changed := changes(before, after):
        complaints.append(f"expected the output folder as it was; {changed}")
    shown = repr(errors if len(errors) < 300 else errors[:300] + "…")
    if status == 1:
        if not errors.startswith("femto_program: ") or not errors.endswith("\n") or errors.count("\n") != 1:
            complaints.append(f"expected one line that begins with 'femto_program: '; came {shown}")
        if len(errors) > 1000:
            complaints.append(f"expected a sentence; came {len(errors)} characters")
    elif not errors.strip():
        complaints.append("expected a word on standard error; came none")
    # Numbers of the folder's own path prove nothing.
    sentence = errors.replace(str(image), image.name)
    for pattern in wanted.patterns:
        if not re.search(pattern, sentence, re.IGNORECASE):
            complaints.append(f"expected the sentence to have /{pattern}/; came {shown}")
    lines = [int(number) for number in re.findall(r"\bline (\d+)", sentence)]
    if wanted.line is not None and wanted.line not in lines:
        complaints.append(f"expected 'line {wanted.line}'; came {shown}")
    if wanted.only_line is not None and lines and wanted.only_line not in lines:
        complaints.append(f"expected no line, or 'line {wanted.only_line}'; came {shown}")
    return complaints


def describe(outcome) -> str:
    if isinstance(outcome, Written):
        return "status 0"
    return "status " + " or ".join(map(str, outcome.statuses))


def run(trial: Trial, program: str, work: pathlib.Path) -> list[str]:
    """Every complaint, as a sentence."""
    image, output, elsewhere, usage = work / "image", work / "output", work / "elsewhere", work / "usage"
    trial.build(image)
    output.mkdir()
    elsewhere.mkdir()
    clean_up = trial.prepare(output)
    try:
        command = ("{image}", "--output", "{output}", *trial.arguments) if trial.command is None else trial.command
        command = [each.replace("{image}", str(image)).replace("{output}", str(output)) for each in command]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FS_")} | trial.environment
        launcher = [sys.executable, "-I", "-S", "-c", MEASURE, str(usage)] if trial.measured else []
        where = elsewhere if "--output" in command else output
        before, image_before = snapshot(output, True), snapshot(image, False) if image.is_dir() else {}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(
                [*launcher, program, *command],
                cwd=where,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
            try:
                status = process.wait(TIME_LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return [f"expected an end; it still ran after {TIME_LIMIT_SECONDS} s"]
            err.seek(0)
            errors = err.read(1 << 20).decode(errors="replace")
        if status < 0:
            return [
                f"expected {' or '.join(map(describe, trial.outcomes))}; it was ended by signal {-status}: {errors[:200]!r}"
            ]
        complaints = []
        after = snapshot(output, True)
        fitting = [
            each for each in trial.outcomes if (status == 0 if isinstance(each, Written) else status in each.statuses)
        ]
        if not fitting:
            wanted = " or ".join(map(describe, trial.outcomes))
            complaints.append(f"expected {wanted}; came status {status}: {errors[:300]!r}")
            if status != 0 and (changed := changes(before, after)):
                complaints.append(f"expected the output folder as it was; {changed}")
        else:
            # The outcome that it comes closest to.
            complaints += min(
                (
                    (
                        judge_written(each, output, before, after)
                        if isinstance(each, Written)
                        else judge_refused(each, status, errors, image, before, after)
                    )
                    for each in fitting
                ),
                key=len,
            )
        if image.is_dir() and (changed := changes(image_before, snapshot(image, False))):
            complaints.append(f"expected the image's folder as it was; {changed}")
        if changed := changes({}, snapshot(elsewhere, False)):
            complaints.append(f"expected the working directory as it was; {changed}")
        if trial.measured and (peak := int(usage.read_text())) > MEMORY_LIMIT_KIB:
            complaints.append(f"expected at most {MEMORY_LIMIT_KIB} KiB of memory; came {peak} KiB")
        return complaints
    finally:
        if clean_up:
            clean_up()
