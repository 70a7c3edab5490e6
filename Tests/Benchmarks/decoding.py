"""Measures decoders on the profiles, in interleaved rounds; prints tables, and writes decoding.csv and decoding.png.

    python decoding.py PROGRAM PROFILES RESULTS [RECORDING]

PROGRAM is the compiled decoding.c, PROFILES and RESULTS are folders, RECORDING is for the profile `real`. ROUNDS,
FORMATS and ONLY (profiles) in the environment say what is measured; a run that leaves out some writes part.csv into
PROFILES instead.
"""

import csv
import datetime
import math
import operator
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from importlib.metadata import version
from pathlib import Path

from peers import PEERS
from picture import draw
from profiles import FORMATS, GARBAGE, PROFILES, read_manifest, write_all

LIBRARY = "libneuromorphic"
KERNELS = ("plain", "portable", "avx512")
WRITE_LIMIT = "write-cached"
LIMITS = ("memcpy", WRITE_LIMIT, "write-reused", "write-fresh")
NO_SUCH_KERNEL = 3
VARIABLE = "NEUROMORPHIC_KERNEL"


UNPRINTED = {"is_printed": False}


@dataclass
class Row:
    """A line of decoding.csv; figures that there aren't are None, and the note says why."""
    format: str
    profile: str
    decoder: str
    version: str
    measurement: str
    events: int | None = None
    events_per_word: float | None = None
    seconds: float | None = None
    mev_per_s: float | None = None
    mb_per_s: float | None = None
    ratio_to_evutils: float | None = None
    share_of_write_limit: float | None = None
    note: str = ""
    bytes: int = field(default=0, metadata=UNPRINTED)
    rounds: list[float] = field(default_factory=list, metadata=UNPRINTED)
    # What write-cached took in the same process right after each round, if that was asked.
    limits: list[float] = field(default_factory=list, metadata=UNPRINTED)


class Worker:
    """A decoder's process, which measures when it is told to and says what it took."""

    def __init__(self, command: Sequence[str | Path], kernel: str = "") -> None:
        environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
        if kernel:
            environment[VARIABLE] = kernel
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([*command], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, text=True)

    def line(self) -> str | None:
        """What it said; nothing when it has ended instead."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return line.rstrip("\n") if line else None

    def measure(self, measurement: str) -> float | None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(measurement + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        answer = self.line()
        return float(answer) if answer else None

    def reason(self) -> str:
        """Why it has ended."""
        if self.process.wait() == NO_SUCH_KERNEL:
            return "not in this library, or not on this processor"
        self.errors.seek(0)
        return (self.errors.read().strip().splitlines() or [f"ended with {self.process.returncode}"])[-1]

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
        self.errors.close()


@dataclass
class Contestant:
    row: Row
    worker: Worker


def time_ratio(row: Row, other: Row) -> float:
    """How many times as long a byte takes: the median of the rounds' ratios, since a round is of one moment."""
    return statistics.median(one / another for one, another in zip(row.rounds, other.rounds)) * other.bytes / row.bytes


def rate_ratio(row: Row, other: Row | None) -> float | None:
    """How many times as many events a second: the median of the rounds' ratios."""
    if other is None or not row.rounds or not other.rounds or row.events is None or other.events is None:
        return None
    speed = statistics.median(another / one for one, another in zip(row.rounds, other.rounds))
    return speed * row.events / other.events


def library_version(root: Path) -> str:
    header = (root / "include/neuromorphic.h").read_text().splitlines()
    words = [line.split() for line in header if line.startswith("#define NEUROMORPHIC_VERSION_M")
             or line.startswith("#define NEUROMORPHIC_VERSION_PATCH")]
    commit = subprocess.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    sources = ("Sources", "include", "Package.swift")
    changed = subprocess.run(["git", "-C", root, "diff", "--quiet", "HEAD", "--", *sources], capture_output=True)
    mark = f" ({'after ' if changed.returncode else ''}{commit.stdout.strip()})" if commit.returncode == 0 else ""
    return ".".join(word[2] for word in words) + mark


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else 'unknown'}, {os.cpu_count()} cores"


def library_knows_kernels(program: Path) -> bool:
    """One that doesn't would decode as it always does, under the name of any kernel."""
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    library = next(line.split()[2] for line in listing.splitlines() if LIBRARY in line)
    return VARIABLE.encode() in Path(library).read_bytes()


class Benchmark:
    def __init__(self, program: Path, folder: Path, rounds: int) -> None:
        self.program, self.folder, self.rounds = program, folder, rounds
        self.version = library_version(Path(__file__).parents[2])
        self.knows_kernels = library_knows_kernels(program)
        self.compiler = ""
        self.rows: list[Row] = []

    def contestants(self, format: str, profile: str) -> list[Contestant]:
        path = self.folder / f"{profile}.{format}.raw"
        manifest = read_manifest(path.with_suffix(".txt"))
        result = []

        def enter(decoder: str, version: str, worker: Worker, *measurements: str) -> None:
            said = worker.line()
            for measurement in measurements:
                row = Row(format, profile, decoder, version, measurement)
                self.rows.append(row)
                if said is None:
                    row.note = worker.reason()
                    continue
                # The library's process tells how many events it has found, also where the manifest doesn't.
                row.events = int(manifest["events"]) if "events" in manifest else int(said.split()[1])
                row.events_per_word = round(row.events / int(manifest["words"]), 3)
                if decoder.startswith(LIBRARY):
                    self.compiler = said.rpartition(" compiled by ")[2].partition(" (")[0]
                else:
                    row.note = said
                result.append(Contestant(row, worker))

        others = ("decode-transfers", "decode-file", "decode-file-once", *LIMITS) if profile in PROFILES else ()
        enter(LIBRARY, self.version, Worker([self.program, path]), "decode", *others)
        for kernel in KERNELS:
            if self.knows_kernels:
                enter(f"{LIBRARY}, {kernel}", self.version, Worker([self.program, path], kernel), "decode")
            else:
                self.rows.append(Row(format, profile, f"{LIBRARY}, {kernel}", self.version, "decode",
                                     note=f"this library doesn't know {VARIABLE}"))
        for name, peer in PEERS.items():
            if format in peer.formats and profile in PROFILES:
                script = Path(__file__).with_name("peers.py")
                enter(name, version(name), Worker([sys.executable, script, name, path]), "decode")
        return result

    def measure(self, format: str, profiles: Sequence[str]) -> None:
        """Measures those profiles in the same rounds: they are compared with one another."""
        contestants = [contestant for profile in profiles for contestant in self.contestants(format, profile)]
        # What is compared comes one after the other: the machine may be in another mood a second later.
        contestants.sort(key=lambda contestant: self.turn(contestant.row))
        for round in range(self.rounds):
            # Another one begins each time, so that nobody always runs behind the same neighbour.
            first = round % len(contestants)
            for contestant in contestants[first:] + contestants[:first]:
                seconds = contestant.worker.measure(contestant.row.measurement)
                if seconds is None:
                    continue
                row = contestant.row
                row.rounds.append(seconds)
                if row.decoder.startswith(LIBRARY) and row.measurement == "decode" and row.profile in PROFILES:
                    row.limits.append(contestant.worker.measure(WRITE_LIMIT) or math.nan)
        for row in (contestant.row for contestant in contestants):
            if len(row.rounds) < self.rounds:
                row.note = next(contestant.worker.reason() for contestant in contestants if contestant.row is row)
                row.rounds.clear()
                continue
            assert row.events is not None
            row.bytes = int(read_manifest(self.folder / f"{row.profile}.{format}.txt")["bytes"])
            row.seconds = statistics.median(row.rounds)
            row.mev_per_s = 1e-6 * row.events / row.seconds
            row.mb_per_s = 1e-6 * row.bytes / row.seconds
        for worker in {id(contestant.worker): contestant.worker for contestant in contestants}.values():
            worker.close()
        for profile in profiles:
            self.compare(format, profile)

    @staticmethod
    def turn(row: Row) -> tuple[bool, bool, bool, str]:
        """Beside each other what is compared: the kernels, each with garbage, evutils and the limit; then the rest."""
        is_library = row.decoder.startswith(LIBRARY)
        return (row.measurement != "decode" and row.measurement != WRITE_LIMIT,
                not is_library and row.decoder != "evutils", row.decoder.endswith("plain"), row.decoder)

    def find(self, format: str, profile: str, decoder: str, measurement: str = "decode") -> Row | None:
        for row in self.rows:
            if (row.format, row.profile, row.decoder, row.measurement) == (format, profile, decoder, measurement):
                return row
        return None

    def compare(self, format: str, profile: str) -> None:
        evutils = self.find(format, profile, "evutils")
        limit = self.find(format, profile, LIBRARY, WRITE_LIMIT)
        for row in self.rows:
            if (row.format, row.profile) == (format, profile):
                if row.limits and row.rounds:
                    row.share_of_write_limit = statistics.median(map(operator.truediv, row.limits, row.rounds))
                else:
                    row.share_of_write_limit = rate_ratio(row, limit)
                if row.measurement.startswith("decode"):
                    row.ratio_to_evutils = rate_ratio(row, evutils)

    def print_table(self, format: str, profiles: list[str]) -> None:
        width = 24
        print(f"\n{format.upper()}: millions of events a second of processor time; as a multiple of evutils' rate; "
              "as a share of write-cached")
        print(" " * 34 + "".join(profile.rjust(width) for profile in profiles))
        notes = []
        for name in dict.fromkeys((row.decoder, row.measurement) for row in self.rows
                                  if row.format == format and row.profile in profiles):
            cells = []
            for profile in profiles:
                row = self.find(format, profile, *name)
                assert row is not None
                if row.note:
                    notes.append(f"{row.decoder}: {row.note}")
                rate = f"{row.mev_per_s:.0f}" if row.mev_per_s is not None else "-"
                ratio = f"{row.ratio_to_evutils:.2f} x" if row.ratio_to_evutils is not None else ""
                share = f"{row.share_of_write_limit:.1%}" if row.share_of_write_limit is not None else ""
                cells.append(f"{rate}{ratio:>9}{share:>8}".rjust(width))
            label = name[0] if name[1] == "decode" else name[1].replace("decode-", f"{LIBRARY}, ")
            print(label.ljust(34) + "".join(cells))
        for note in dict.fromkeys(notes):
            print(f"    {note}")

    def print_garbage(self, formats: list[str], profiles: list[str]) -> None:
        kinds = [*(profile for profile in profiles if profile != "mixed"), *GARBAGE]
        print("\nGood streams and garbage: time a byte, as a multiple of that for the profile mixed")
        print(" " * 34 + "".join(kind.rjust(12) for kind in kinds))
        for format in formats:
            for decoder in (LIBRARY, *(f"{LIBRARY}, {kernel}" for kernel in KERNELS)):
                good = self.find(format, "mixed", decoder)
                if good is None or not good.rounds:
                    continue
                cells = []
                for kind in kinds:
                    other = self.find(format, kind, decoder)
                    cells.append("-" if other is None or not other.rounds else f"{time_ratio(other, good):.2f} x")
                print(f"{format.upper()} {decoder}".ljust(34) + "".join(cell.rjust(12) for cell in cells))

    def print_files(self, formats: list[str], profiles: list[str]) -> None:
        print("\nFiles: time of what next_packet gives, as a multiple of that of decoding alone, as many bytes a call")
        print(" " * 34 + "".join(profile.rjust(12) for profile in profiles))
        for format in formats:
            for measurement, label in (("decode-file", "over and over"), ("decode-file-once", "once")):
                cells = []
                for profile in profiles:
                    file = self.find(format, profile, LIBRARY, measurement)
                    alone = self.find(format, profile, LIBRARY, "decode-transfers")
                    if file is None or alone is None or not file.rounds or not alone.rounds:
                        cells.append("-")
                    else:
                        cells.append(f"{time_ratio(file, alone):.2f} x")
                print(f"{format.upper()} {label}".ljust(34) + "".join(cell.rjust(12) for cell in cells))


def write_csv(path: Path, benchmark: Benchmark) -> None:
    def text(value: object) -> object:
        return f"{value:.6g}" if isinstance(value, float) else value

    with path.open("w", newline="") as file:
        file.write(f"# date: {datetime.date.today().isoformat()}\n# processor: {processor()}\n"
                   f"# limits compiled by: {benchmark.compiler}\n# rounds: {benchmark.rounds}\n")
        columns = [column.name for column in fields(Row) if column.metadata.get("is_printed", True)]
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in benchmark.rows:
            writer.writerow({name: text(getattr(row, name)) for name in columns})


def main() -> None:
    program, folder, results = (Path(argument) for argument in sys.argv[1:4])
    recording = Path(sys.argv[4]) if len(sys.argv) > 4 else None
    if recording is None or not recording.exists():
        print("the recording isn't there: the profile real is left out")
        recording = None
    there = write_all(folder, recording)
    rounds = int(os.environ.get("ROUNDS", "7"))
    formats = [format for format in FORMATS if format in os.environ.get("FORMATS", " ".join(FORMATS)).split()]
    profiles = [profile for profile in there if profile in os.environ.get("ONLY", " ".join(there)).split()]
    benchmark = Benchmark(program, folder, rounds)
    print(f"{processor()}; {LIBRARY} {benchmark.version}; medians of {rounds} interleaved rounds", flush=True)
    quiet = [profile for profile in profiles if profile == "quiet"]
    for format in formats:
        for profile in profiles:
            # Garbage is compared with good streams of many events and of few.
            if profile == "mixed":
                benchmark.measure(format, (profile, *quiet, *GARBAGE))
            elif profile != "quiet" or "mixed" not in profiles:
                benchmark.measure(format, (profile,))
        benchmark.print_table(format, profiles)
        sys.stdout.flush()
    if "mixed" in profiles:
        benchmark.print_garbage(formats, profiles)
    benchmark.print_files(formats, profiles)
    results.mkdir(parents=True, exist_ok=True)
    is_complete = formats == list(FORMATS) and profiles == there
    table = results / "decoding.csv" if is_complete else folder / "part.csv"
    write_csv(table, benchmark)
    if is_complete:
        draw(table, table.with_suffix(".png"))
    print(f"\nwritten: {table}")


if __name__ == "__main__":
    main()
