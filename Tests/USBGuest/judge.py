#!/usr/bin/env python3
"""Judges the emulated cameras by a driver that is not ours: neuromorphic_drivers, of the Python package index.

In a guest it must list and open an emulated EVK4 and EVK3 HD, measure temperature and illuminance where the camera can, and receive
every event of a recording. Where the sheets of what it sends are present ($NEUROMORPHIC_PROTOCOLS, by default ../shared/protocols
beside the repository), the operations the camera saw must be theirs, one by one, with their waits.

usage: judge.py [MODEL…]; exits with 77 where the recording ($NEUROMORPHIC_TEST_DATA, by default ../shared/data) is absent.
"""

import csv
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

DRIVER = ("neuromorphic_drivers==0.16.1", "numpy>=1.26,<3")
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = pathlib.Path(os.environ.get("USB_GUEST_CACHE", ROOT / ".build/usb-guest")).resolve()
DATA = pathlib.Path(os.environ.get("NEUROMORPHIC_TEST_DATA", ROOT / "../shared/data")).resolve()
PROTOCOLS = pathlib.Path(os.environ.get("NEUROMORPHIC_PROTOCOLS", ROOT / "../shared/protocols")).resolve()

# What the driver must say of each model, and the sheet of what it must send.
MODELS = {
    "prophesee_evk4": ("Prophesee EVK4", "prophesee-evk4-init.csv", True),
    "prophesee_evk3_hd": ("Prophesee EVK3 HD", "prophesee-evk3-hd-init.csv", False),
}
SERIAL, TEMPERATURE, ILLUMINANCE = "0005A1B7", 41.5, 123456

# Rows of a sheet hold on a condition; the driver is opened with its defaults. Anything else is a remark.
NOT_DEFAULT = ("rate_limiter set", "enable_external_trigger false", "mask_intersection_only true",
               "clock INTERNAL_WITH_OUTPUT_ENABLED", "clock EXTERNAL")


def use_environment() -> None:
    """Makes the environment that has the driver, once, and goes on in there."""
    environment = CACHE / "judge-venv"
    if not (environment / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
        subprocess.run([environment / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *DRIVER], check=True)
        (environment / "ready").touch()
    if pathlib.Path(sys.prefix) != environment:
        os.execv(environment / "bin/python", [environment / "bin/python", __file__, *sys.argv[1:]])


def decode_evt3(path: pathlib.Path) -> list[tuple[int, int, int]]:
    """x, y and polarity of every event of a RAW file of EVT3."""
    data = path.read_bytes()
    begin = 0
    while data[begin : begin + 1] == b"%":
        begin = data.index(b"\n", begin) + 1
    events = []
    x = y = on = 0
    for word in memoryview(data[begin : begin + (len(data) - begin) // 2 * 2]).cast("H"):
        kind = word >> 12
        if kind == 0x0:  # row
            y = word & 0x7FF
        elif kind == 0x2:  # one event
            events.append((word & 0x7FF, y, word >> 11 & 1))
        elif kind == 0x3:  # where a vector begins
            x, on = word & 0x7FF, word >> 11 & 1
        elif kind in (0x4, 0x5):  # a vector of 12 or 8 pixels
            width = 12 if kind == 0x4 else 8
            events.extend((x + i, y, on) for i in range(width) if word >> i & 1)
            x += width
    return events


def range_value(row: dict, index: int) -> int:
    """The sheet's formulas, for an open with no pixel masked."""
    if re.fullmatch("0x[0-9A-Fa-f]+", row["value"]):
        return int(row["value"], 16)
    address = int(row["address"], 16)
    if address == 0x6400:
        return (2 * index + 1) << 16 | 2 * index
    return 0x00FF0000 if address == 0x4000 and index == 22 else 0


def expected_operations(path: pathlib.Path) -> list[tuple[str, int, str]]:
    """What the camera should see, with the wait before it in microseconds and the sheet's step."""
    expected, wait = [], 0
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["source"] != "ND" or row["condition"] in NOT_DEFAULT:
                continue
            kind, texts = row["op"], []
            if kind == "DELAY":
                wait += int(row["delay_us"])
            elif kind == "CTRL_IN":
                texts = ["CTRL_IN c0 72 00 00 00 00 02 00"]
            elif kind == "TZ_REQUEST":
                texts = ["TZ_REQUEST " + row["value"].lower()]
            elif kind == "READ":
                texts = ["READ " + row["address"]]
            elif kind == "WRITE":
                texts = [f"WRITE {row['address']} {row['value']}"]
            elif kind == "WRITE_RANGE":
                first, stride = int(row["address"], 16), int(row["stride"])
                texts = [f"WRITE 0x{first + stride * i:08X} 0x{range_value(row, i):08X}" for i in range(int(row["count"]))]
            # What is left is the kernel's (claims, string descriptors), or the stream's.
            for text in texts:
                expected.append((text, wait, f"{row['step']} {row['phase']}"))
                wait = 0
    return expected


def logged_operations(*paths: pathlib.Path) -> list[tuple[str, int]]:
    """Control operations from the camera's log, and when they came, in microseconds."""
    logged = []
    for path in paths:
        for line in path.read_text().splitlines():
            time, kind, *words = line.split()
            if kind == "READ":
                words = words[:1]  # without the value that was read
            elif kind == "LEGACY_READ":
                kind, words = "TZ_REQUEST", ["55 00 00 00", int(words[0], 16).to_bytes(4, "little").hex(" ")]
            elif kind == "LEGACY_WRITE":
                kind = "WRITE"
            if kind in ("CTRL_IN", "CTRL_OUT", "TZ_REQUEST", "READ", "WRITE", "BAD_REQUEST"):
                logged.append((" ".join([kind, *words]), int(time)))
    return logged


def compare_with_sheet(sheet: pathlib.Path, folder: pathlib.Path) -> list[str]:
    """Every difference, as a sentence. What is sent to find out which camera it is comes first, and is in no sheet."""
    expected = expected_operations(sheet)
    logged = logged_operations(folder / "opening.log", folder / "closing.log")
    probing = max(len(logged) - len(expected), 0)
    for text, _ in logged[:probing]:
        print(f"  before the sheet begins: {text}")
    if probing > 8:
        probing = 0
    logged = logged[probing:]
    differences = []
    if [text for text, _ in logged] != [text for text, _, _ in expected]:
        matcher = difflib.SequenceMatcher(None, [t for t, _, _ in expected], [t for t, _ in logged], autojunk=False)
        for kind, i, i_end, j, j_end in matcher.get_opcodes():
            if kind != "equal":
                steps = ", ".join(f"{text} (step {step})" for text, _, step in expected[i:i_end]) or "nothing"
                seen = ", ".join(text for text, _ in logged[j:j_end]) or "nothing"
                differences.append(f"the sheet has {steps}; the camera saw {seen}")
        return differences
    for (text, wait, step), (_, before), (_, now) in zip(expected[1:], logged, logged[1:]):
        if now - before < wait:
            differences.append(f"{text} (step {step}) came {now - before} us after the one before, not {wait}")
    print(f"  {len(expected)} control operations and the waits between them are the sheet's")
    return differences


def judge(model: str, recording: pathlib.Path, reference: list) -> list[str]:
    """Every complaint about one model, as a sentence."""
    import numpy as np

    name, sheet, measures = MODELS[model]
    description = f"{model}?serial={SERIAL}&temperature={TEMPERATURE}&illuminance={ILLUMINANCE}&stream=file:{recording}"
    command = 'number=$(camera-plug "$1") && exec "$2" "$3" "$4" "$5" "$number"'
    complaints = []

    def check(what: str, got, wanted) -> None:
        print(f"  {what}: {got}")
        if got != wanted:
            complaints.append(f"{model}: {what} is {got}, not {wanted}")

    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        arguments = [description, sys.executable, HERE / "guest/other_driver.py", folder, str(len(reference))]
        status = subprocess.run(
            [HERE / "run", "--time-limit", "120", "bash", "-c", command, "judge", *arguments],
            env={**os.environ, "USB_GUEST_SCRATCH": scratch}, check=False,
        ).returncode
        if status != 0:
            return [f"{model}: the driver failed in the guest, status {status}"]
        facts = json.loads((folder / "facts.json").read_text())
        check("listed", facts["listed"], [[name, SERIAL, "USB 3.0 SuperSpeed (5.0 Gb/s)"]])
        check("opened", facts["opened"], [name, SERIAL])
        if measures:
            check("temperature within a degree", abs(facts["temperature_celsius"] - TEMPERATURE) <= 1, True)
            check("illuminance", facts["illuminance"], ILLUMINANCE)
        events = np.load(folder / "events.npy")
        wanted = np.array(reference, dtype=np.uint16)
        check("events", len(events), len(wanted))
        if len(events) != len(wanted):
            print(f"  the camera counts {facts['counters']}")
            same = min(len(events), len(wanted))
            wrong = np.flatnonzero((events[:same] != wanted[:same]).any(axis=1))
            print(f"  equal up to event {wrong[0] if len(wrong) > 0 else same}")
        else:
            wrong = np.flatnonzero((events != wanted).any(axis=1))
            check("events that differ in x, y or polarity", len(wrong), 0)
        if (PROTOCOLS / sheet).exists():
            complaints += [f"{model}: {difference}" for difference in compare_with_sheet(PROTOCOLS / sheet, folder)]
        else:
            print(f"  {sheet} is absent: control operations are not compared")
    return complaints


def main() -> int:
    recording = DATA / "evt3_sample.raw"
    if not recording.exists():
        print(f"judge: skipped, there is no {recording.name} in {DATA} (NEUROMORPHIC_TEST_DATA)")
        return 77
    use_environment()
    reference = decode_evt3(recording)
    complaints = []
    for model in sys.argv[1:] or MODELS:
        print(model, flush=True)
        complaints += judge(model, recording, reference)
    for complaint in complaints:
        print(f"judge: {complaint}", file=sys.stderr)
    print("judge: " + (f"{len(complaints)} complaints" if complaints else "no complaint"))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
