"""Writes the golden transcripts: what is done to a camera, register by register, for many configurations.

    python3 Tests/Golden/cameras/transcripts.py             writes them
    python3 Tests/Golden/cameras/transcripts.py --check     tells whether they are up to date

Both need our notes of the cameras' protocols (--protocols, ../shared/protocols by default): tables of the operations of
neuromorphic-drivers (ND) and OpenEB (OEB) in order, and sheets that describe settings. Order and values are ND's; what
differs is marked with its reason. README.md describes the files.
"""

import argparse
import csv
import difflib
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH, HEIGHT = 1280, 720


# ---------------------------------------------------------------------------------------------------------- operations


class Op:
    """One operation: its verb, its numbers, how long to wait after it, and why it is not as in ND."""

    def __init__(self, verb, *numbers, wait=0, note="", table=False):
        self.verb, self.numbers, self.wait, self.note, self.table = verb, numbers, wait, note, table

    @property
    def address(self):
        return self.numbers[0] if self.verb in ("write", "modify", "expect", "read") else None


def write(address, *values, wait=0, note=""):
    """Several values go to consecutive registers."""
    ops = [Op("write", address + 4 * i, v, note=note, table=len(values) > 1) for i, v in enumerate(values)]
    ops[-1].wait = wait
    return ops


def modify(address, mask, value, wait=0, note=""):
    return [Op("modify", address, mask, value, wait=wait, note=note)]


def lines(ops):
    """The words of a table share lines, eight to each."""
    out, row = [], None
    for op in ops:
        follows = (op.table and row and row.table and len(row.numbers) < 9
                   and op.address == row.numbers[0] + 4 * (len(row.numbers) - 1))
        if follows:
            row.numbers, row.wait = row.numbers + op.numbers[1:], op.wait
            continue
        if row:
            out += text(row)
        row = Op(op.verb, *op.numbers, wait=op.wait, note=op.note, table=op.table)
    return out + (text(row) if row else [])


def text(op):
    numbers = [str(op.numbers[0])] if op.verb == "drain" else [f"0x{n:08X}" for n in op.numbers]
    note = f"  # {op.note}" if op.note else ""
    if op.verb == "wait":
        return [f"wait {op.wait}{note}"]
    if not op.wait:
        return [" ".join([op.verb] + numbers) + note]
    return [" ".join([op.verb] + numbers), f"wait {op.wait}{note}"]


# -------------------------------------------------------------------------------------------------------- the tables


def rows(path, source):
    with open(path, newline="") as file:
        return [row for row in csv.DictReader(file) if row["source"] == source]


def asked(text):
    """A question's frame: property, length, and maybe a word."""
    data = bytes.fromhex(text)
    words = [int.from_bytes(data[i:i + 4], "little") for i in range(0, len(data), 4)]
    if words[0] == 0x55:  # a register read without a length
        return Op("touch", words[1])
    assert words[1] == len(data) - 8
    return Op("ask", words[0], *words[2:])


def holds(condition, c):
    clocks = {"clock INTERNAL": 0, "clock INTERNAL_WITH_OUTPUT_ENABLED": 1, "clock EXTERNAL": 2}
    if condition in clocks:
        return c["clock"] == clocks[condition]
    known = {
        "rate_limiter set": c["rate_limiter_enabled"] == 1,
        "rate_limiter absent": c["rate_limiter_enabled"] == 0,
        "enable_external_trigger true": c["enable_external_trigger"] == 1,
        "enable_external_trigger false": c["enable_external_trigger"] == 0,
        "mask_intersection_only true": c["mask_intersection_only"] == 1,
        "mask_intersection_only false": c["mask_intersection_only"] == 0,
        "enable_output true": True,  # with 2 instead of 0 where it is false, see `operations`
    }
    if condition in known:
        return known[condition]
    assert not condition or condition == "errors ignored" or condition.startswith("timeout"), condition
    return True


def operations(table, phase, c):
    """ND's operations of a phase, as a configuration makes them."""
    ops = []
    for row in table:
        if row["phase"] != phase or not holds(row["condition"], c):
            continue
        kind, value = row["op"], row["value"]
        if kind == "DELAY":
            if ops:
                ops[-1].wait += int(row["delay_us"])
            else:
                ops.append(Op("wait", wait=int(row["delay_us"])))
            continue
        if kind == "TZ_REQUEST":
            ops.append(asked(value))
            continue
        if kind == "READ":
            ops.append(Op("read", int(row["address"], 16)))
            continue
        assert kind in ("WRITE", "WRITE_RANGE"), kind
        address, count = int(row["address"], 16), int(row["count"] or 1)
        if value.startswith("reference_period_us"):
            words = [c["rate_limiter_period_us"] & 0x3FF]
        elif value.startswith("maximum_events"):
            words = [c["rate_limiter_maximum_events"] & 0x3FFFFF]
        elif value.startswith("((2*i+1)"):
            words = [(2 * i + 1) << 16 | 2 * i for i in range(count)]
        elif value.startswith("x_mask"):
            words = column_words(c)
        elif value.startswith("bit j of word i = y_mask"):
            words = row_words(c)
        elif "(719-y)" in value:
            words = pixel_words(c)
        else:
            words = [int(value, 16)] * count
        bias = re.match(r"bias (\w+), default shown; (?:base word |value = )(0x[0-9A-F]+)", row["comment"])
        note = ""
        if bias:
            words = [int(bias[2], 16) & ~0xFF | c["biases." + bias[1]]]
            if not words[0] >> 28:
                words, note = [words[0] | 1 << 28], "bit 28 (single) set: a change while streaming is taken over too"
        if row["condition"] == "enable_output true" or (address == 0x9028 and phase == "start"):
            if not c["enable_output"]:
                words, note = [2], "output off: written, where ND leaves it as it was"
        ops += write(address, *words, note=note)
    return ops


def longer_waits(ops, table, phase):
    """Where OEB waits longer after the same register, its wait is taken."""
    other = []
    for row in table:
        if row["phase"] != phase:
            continue
        if row["op"] == "DELAY":
            other[-1][1] += int(row["delay_us"])
        elif row["op"].startswith("WRITE"):
            for i in range(int(row["count"] or 1)):
                other.append([int(row["address"], 16) + 4 * i, 0])
    matcher = difflib.SequenceMatcher(None, [op.address for op in ops], [o[0] for o in other], autojunk=False)
    used = set()
    for a, b, size in matcher.get_matching_blocks():
        for i in range(size):
            used.add(b + i)
            if other[b + i][1] > ops[a + i].wait:
                ops[a + i].note = f"OEB's wait, ND has {ops[a + i].wait or 'none'}"
                ops[a + i].wait = other[b + i][1]
    lost = [o for i, o in enumerate(other) if o[1] and i not in used]
    assert not lost, lost
    return ops


# ----------------------------------------------------------------------------------------- settings, from the sheets


def region(c):
    if not c["region.enabled"]:
        return None
    return (range(c["region.x"], c["region.x"] + c["region.width"]),
            range(c["region.y"], c["region.y"] + c["region.height"]))


def silent(c):
    """Columns and rows that are silent, both as in events."""
    columns = {x for x in range(WIDTH) if c["x_mask"][x // 64] >> x % 64 & 1}
    others = {y for y in range(HEIGHT) if c["y_mask"][y // 64] >> y % 64 & 1}
    inside = region(c)
    if inside:
        columns |= set(range(WIDTH)) - set(inside[0])
        others |= set(range(HEIGHT)) - set(inside[1])
    return columns, others


def column_words(c):
    columns, _ = silent(c)
    return [sum(1 << j for j in range(32) if 32 * k + j in columns) for k in range(40)]


def row_words(c):
    _, others = silent(c)
    words = [sum(1 << j for j in range(32) if 719 - 32 * k - j in others) for k in range(23)]
    words[22] |= 0x00FF0000
    return words


def pixel_words(c):
    masks = zip(c["pixel_masks.x"], c["pixel_masks.y"], c["pixel_masks.enabled"])
    return [0x80000000 | (719 - y) << 16 | x if on else 0 for x, y, on in masks]


def live_masks(c):
    return (write(0x2000, *column_words(c)) + write(0x4000, *row_words(c))
            + write(0x0004, 0xF0005422 if c["mask_intersection_only"] else 0xF0005462))


def live_rate_limiter(c):
    """ND changes nothing while streaming. This is what it writes at opening, without the tables."""
    if c["rate_limiter_enabled"]:
        limit = (write(0x6004, 1) + write(0x6008, c["rate_limiter_period_us"])
                 + write(0x600C, c["rate_limiter_maximum_events"]) + write(0x6028, 3))
    else:
        limit = write(0x6004, 0) + write(0x6028, 2)
    return write(0x6000, 0x155400) + limit + write(0x6050, c["rate_limiter_enabled"]) + write(0x6000, 0x155401)


def antiflicker(c):
    """Sheet of the EVK4, 5.9."""
    ops = write(0xC000, 5)
    mode = c["antiflicker.mode"]
    if mode:
        units = {end: 1_000_000 // c[f"antiflicker.{end}_frequency_hz"] // 128 for end in ("low", "high")}
        duty = min(15, (16 * (100 - c["antiflicker.duty_cycle_percent"]) * 2 + 100) // 200)
        ops += [Op("expect", 0xC0C4, 4, 4)]
        ops += modify(0xC0C0, 0xFFF, 1630)
        ops += write(0xC008, duty << 16 | units["low"] << 8 | units["high"])
        ops += modify(0xC004, 0x7F, c["antiflicker.stop_threshold"] | c["antiflicker.start_threshold"] << 3
                      | (1 << 6 if mode == 2 else 0))
        ops += write(0xC000, 1)
    return ops


def noise_filter(c, table, can_keep_trail):
    """Sheet of the EVK4, 5.8 and 7. Registers that OEB changes field by field are written whole."""
    ops = write(0xD000, 5)
    mode, ms = c["noise_filter.mode"], c["noise_filter.threshold_ms"]
    if mode:
        prescaler, multiplier, timeout = table[ms]
        on, threshold = 1, ms * 1000 << 1
        ops += modify(0xD0C4, 4, 4) + modify(0xD0C4, 1, 1)
        if mode == 1:
            ops += write(0xD004, 0) + write(0xD008, threshold | on)
        else:
            ops += write(0xD004, threshold | on | (1 << 24 if mode == 3 else 0)) + write(0xD008, 0)
        ops += write(0xD00C, prescaler | multiplier << 5 | 1 << 9 | (1 << 16 if can_keep_trail else 0))
        ops += write(0xD0C0, 4 | timeout << 12 | 10 << 24)
        ops += [Op("expect", 0xD0C4, 4, 4)]
        ops += write(0xD000, 1)
    return ops


def noise_table(sheet):
    """Section 7 of the sheet: threshold in ms to prescaler, multiplier, time-out."""
    text = open(sheet).read().split("## 7.")[1].split("## 8.")[0]
    table = {}
    for first, last, values in re.findall(r"\| (\d+)(?:-(\d+))? \| (\d+/\d+/\d+) ", text):
        for ms in range(int(first), int(last or first) + 1):
            table[ms] = tuple(int(v) for v in values.split("/"))
    assert sorted(table) == list(range(1, 101)), sorted(table)
    return table


# ------------------------------------------------------------------------------------------------------------ cameras


def defaults(biases):
    c = {"biases." + name: value for name, value in biases.items()}
    c.update({
        "mask_intersection_only": 0, "enable_external_trigger": 1, "enable_output": 1, "clock": 0,
        "rate_limiter_enabled": 0, "rate_limiter_period_us": 200, "rate_limiter_maximum_events": 10_000,
        "x_mask": [0] * 20, "y_mask": [0] * 12,
        "pixel_masks.x": [0] * 64, "pixel_masks.y": [0] * 64, "pixel_masks.enabled": [0] * 64,
        "region.enabled": 0, "region.x": 0, "region.y": 0, "region.width": 1280, "region.height": 720,
        "noise_filter.mode": 0, "noise_filter.threshold_ms": 10,
        "antiflicker.mode": 0, "antiflicker.duty_cycle_percent": 50, "antiflicker.start_threshold": 6,
        "antiflicker.stop_threshold": 4, "antiflicker.low_frequency_hz": 50, "antiflicker.high_frequency_hz": 520,
    })
    return c


def changed(c, changes):
    c = {name: list(value) if isinstance(value, list) else value for name, value in c.items()}
    for change in changes.split():
        name, value = change.split("=")
        place = re.match(r"(.*)\[(\d+)\]$", name)
        if place:
            c[place[1]][int(place[2])] = int(value, 0)
        else:
            assert not isinstance(c[name], list), name
            c[name] = int(value, 0)
    return c


class Camera:
    """`live` groups are told in the library's order; one that comes out as before is not written."""

    def __init__(self, file, protocols, table):
        self.file = file
        path = os.path.join(protocols, table)
        self.nd, self.oeb = rows(path, "ND"), rows(path, "OEB")
        self.noise = noise_table(os.path.join(protocols, "prophesee-evk4.md"))
        self.biases = [
            (match[1], int(row["address"], 16), int(match[2], 16) | 1 << 28, int(row["value"], 16) & 0xFF)
            for row in self.nd
            if (match := re.match(r"bias (\w+), default shown; (?:base word |value = )(0x[0-9A-F]+)", row["comment"]))]
        self.defaults = defaults({name: value for name, _, _, value in self.biases})

    def live(self, c):
        return self.groups_before(c) + [
            write(address, word & ~0xFF | c["biases." + name]) for name, address, word, _ in self.biases
        ] + self.groups_after(c)

    def groups_before(self, c):
        return [write(0x9028, 0 if c["enable_output"] else 2)]

    def sections(self):
        d = self.defaults
        yield "identification", "", self.identification()
        yield from self.whole(self.changes())
        for changes in ["", "clock=1", "clock=2", "enable_output=0", "mask_intersection_only=1",
                        "region.enabled=1 region.x=100 region.width=10"]:
            yield "start", changes, self.start(changed(d, changes))
        for changes in self.live_changes():
            before, after = self.live(d), self.live(changed(d, changes))
            yield "live", changes, [op for b, a in zip(before, after) if lines(b) != lines(a) for op in a]

    def whole(self, changes):
        for text in ["", changes]:
            c = changed(self.defaults, text)
            yield "opening", text, self.opening(c)
            if text:
                yield "start", text, self.start(c)
            yield "closing", text, self.closing(c)

    def changes(self):
        """All at once, clock included."""
        return (" ".join(f"biases.{name}={(value + 100) % 256}" for name, _, _, value in self.biases)
                + " enable_external_trigger=0 enable_output=0 clock=1 rate_limiter_enabled=1"
                " rate_limiter_period_us=100 rate_limiter_maximum_events=0x3FFFFF"
                " x_mask[0]=0x8000000000000001 x_mask[19]=0x7 y_mask[0]=0x1 y_mask[5]=0xFF00FF00 y_mask[11]=0x4000"
                " pixel_masks.x[0]=1279 pixel_masks.y[0]=719 pixel_masks.enabled[0]=1"
                " region.enabled=1 region.x=31 region.y=33 region.width=1200 region.height=601"
                " noise_filter.mode=2 noise_filter.threshold_ms=36"
                " antiflicker.mode=2 antiflicker.low_frequency_hz=90 antiflicker.high_frequency_hz=130")

    def live_changes(self):
        for name, _, _, value in self.biases:
            for other in sorted({0, 255, 0xA5, value ^ 1} - {value}):
                yield f"biases.{name}={other}"
        yield from [
            "enable_output=0", "enable_external_trigger=0", "mask_intersection_only=1",
            "x_mask[0]=0x1", "x_mask[0]=0x8000000000000000", "x_mask[1]=0x0123456789ABCDEF",
            "x_mask[19]=0x8000000000000000", "x_mask[10]=0xFFFFFFFF00000000",
            "y_mask[0]=0x1", "y_mask[0]=0x8000000000000000", "y_mask[3]=0x0123456789ABCDEF",
            "y_mask[11]=0x8000", "y_mask[11]=0xFFFFFFFFFFFF0000", "y_mask[11]=0xFFFF",
            "x_mask[2]=0xF0 y_mask[4]=0x3 mask_intersection_only=1",
            "region.enabled=1", "region.x=10", "region.y=10", "region.width=10", "region.height=10",
            "region.enabled=1 region.x=1 region.y=2 region.width=3 region.height=4",
            "region.enabled=1 region.x=1279 region.y=719 region.width=1 region.height=1",
            "region.enabled=1 region.x=32 region.width=32 region.y=16 region.height=688",
            "region.enabled=1 region.x=100 region.width=640 region.y=7 region.height=360 x_mask[3]=0xFF y_mask[2]=0x5",
            "pixel_masks.x[7]=100", "pixel_masks.y[7]=100", "pixel_masks.enabled[7]=1",
            "pixel_masks.x[0]=1279 pixel_masks.y[0]=719 pixel_masks.enabled[0]=1 pixel_masks.x[63]=5 pixel_masks.y[63]=3"
            " pixel_masks.enabled[63]=1 pixel_masks.x[20]=640 pixel_masks.y[20]=0 pixel_masks.enabled[20]=1"
            " pixel_masks.x[21]=9 pixel_masks.y[21]=9",
            "rate_limiter_enabled=1", "rate_limiter_period_us=100", "rate_limiter_maximum_events=4000",
            "rate_limiter_enabled=1 rate_limiter_period_us=200 rate_limiter_maximum_events=4000",
            "rate_limiter_enabled=1 rate_limiter_period_us=1 rate_limiter_maximum_events=0x3FFFFF",
            "rate_limiter_enabled=1 rate_limiter_maximum_events=0",
            "noise_filter.threshold_ms=20",
        ]
        for mode in self.noise_modes:
            for ms in [1, 10, 15, 16, 36, 37, 74, 81, 100]:
                yield f"noise_filter.mode={mode} noise_filter.threshold_ms={ms}"
        yield "noise_filter.mode=1"
        yield from ["antiflicker." + change for change in [
            "mode=1", "mode=2", "duty_cycle_percent=20", "start_threshold=1", "stop_threshold=1",
            "low_frequency_hz=60", "high_frequency_hz=500"]]
        for mode, duty, start, stop, low, high in [
            (1, 0, 7, 0, 90, 110), (2, 100, 0, 7, 50, 51), (1, 3, 6, 4, 519, 520), (2, 97, 1, 2, 100, 120),
            (1, 25, 5, 3, 77, 333),
        ]:
            yield (f"antiflicker.mode={mode} antiflicker.duty_cycle_percent={duty} antiflicker.start_threshold={start}"
                   f" antiflicker.stop_threshold={stop} antiflicker.low_frequency_hz={low}"
                   f" antiflicker.high_frequency_hz={high}")


class EVK4(Camera):
    noise_modes = [1, 2, 3]

    def identification(self):
        return operations(self.nd, "identify_questions", self.defaults)

    def __init__(self, protocols):
        super().__init__("prophesee_evk4.txt", protocols, "prophesee-evk4-init.csv")
        # Strings of the USB descriptor are asked for by name, apart from the steps.
        for row in self.nd:
            if row["phase"] == "identify" and row["op"] == "TZ_REQUEST":
                row["phase"] = "identify_questions"

    def sections(self):
        yield "factory biases", "", operations(self.nd, "read_chip_biases", self.defaults)
        yield from super().sections()
        yield "thermometer", "", write(0x4C, 0x7647) + [Op("read", 0x50)]
        yield "illuminometer", "", [Op("read", 0x10)]

    def opening(self, c):
        def nd(phase):
            return operations(self.nd, phase, c)
        return (
            nd("stop") + nd("destroy") + longer_waits(nd("init"), self.oeb, "init") + nd("thermometer")
            + longer_waits(nd("illuminometer"), self.oeb, "illuminometer")
            + nd("antiflicker_off") + antiflicker(c)[1:]
            + nd("noise_filter_off") + noise_filter(c, self.noise, can_keep_trail=True)[1:]
            + nd("rate_limiter") + nd("external_trigger") + [Op("drain", 1000)] + nd("pre_configure")
            + nd("configure"))

    def start(self, c):
        return operations(self.nd, "start", c)

    def closing(self, c):
        return operations(self.nd, "shutdown", c)

    def groups_after(self, c):
        return [live_masks(c), write(0x9100, *pixel_words(c)), operations(self.nd, "external_trigger", c),
                live_rate_limiter(c), noise_filter(c, self.noise, can_keep_trail=True), antiflicker(c)]


class EVK3HD(Camera):
    noise_modes = [1, 2]

    def __init__(self, protocols):
        super().__init__("prophesee_evk3_hd.txt", protocols, "prophesee-evk3-hd-init.csv")

    def identification(self):
        ops = operations(self.nd, "identify", self.defaults)
        ops[:0] = [Op("ask", 0x79, note="ND doesn't ask; we tell what firmware a camera has")]
        for i, op in enumerate(ops):
            if op.verb == "touch":
                ops[i] = Op("read", *op.numbers, wait=op.wait)
                ops[i].note = "a frame of property 0x10102, where ND's is of 0x55"
        return ops

    def sections(self):
        yield from super().sections()
        oeb = []
        for row in self.oeb:
            if row["phase"] == "illuminometer":
                if row["op"] == "DELAY":
                    oeb[-1].wait += int(row["delay_us"])
                else:
                    oeb += modify(int(row["address"], 16), int(row["mask"], 16), int(row["value"], 16))
        oeb[-1].wait, oeb[-1].note = 10_000, "neither has it; the first count at 1 lux is complete by then"
        yield "illuminometer", "", oeb + [Op("read", 0x10)]
        # Only the clock: its pad is all that differs.
        for text in ["clock=1", "clock=2"]:
            yield "closing", text, self.closing(changed(self.defaults, text))
        # What goes with the next opening anyway is not taken back.
        text = "enable_output=0 x_mask[4]=0x3 rate_limiter_enabled=1"
        yield "closing", text, self.closing(changed(self.defaults, text))

    def lasting(self, c):
        """Settings that ND has not."""
        if c["enable_external_trigger"]:
            trigger = modify(0x44, 0xF000, 0xF000) + modify(0x7004, 0x400, 0x400)
        else:
            trigger = modify(0x7004, 0x400, 0)
        return [write(0x9100, *pixel_words(c)), trigger, noise_filter(c, self.noise, can_keep_trail=False),
                antiflicker(c)]

    def opening(self, c):
        ops = longer_waits(operations(self.nd, "init", c), self.oeb, "init")
        ops += [Op("drain", 100, note="ND has none; a program that was killed may have left events behind")]
        ops += operations(self.nd, "configure", c)
        for default, group in zip(self.lasting(self.defaults), self.lasting(c)):
            if lines(group) != lines(default):
                ops += group
        return ops

    def start(self, c):
        ops = operations(self.nd, "start", c)
        if c["clock"]:
            index = next(i for i, op in enumerate(ops) if op.address == 0x9008)
            # Sheet of the EVK4, 5.5; of the pads' register only the field is known to be the same.
            ops[index:index + 1] = {
                1: write(0x9008, 0x64E) + modify(0x44, 0xF0000, 0xC0000, wait=1000) + write(0x9008, 0x64F),
                2: write(0x9008, 0x64B) + modify(0x44, 0xF0000, 0xF0000),
            }[c["clock"]]
        return ops

    def closing(self, c):
        ops = []
        for default, group in zip(self.lasting(self.defaults), self.lasting(c)):
            if lines(group) != lines(default):
                ops += default
        if c["clock"]:
            ops += modify(0x44, 0xF0000, 0xF0000)
        for op in ops:
            op.note = op.note or "back to what the next program expects"
        return ops + operations(self.nd, "shutdown", c)

    def groups_after(self, c):
        return [live_masks(c), live_rate_limiter(c)] + self.lasting(c)


def transcript(camera):
    out = ["# Written by transcripts.py; README.md tells how it is read."]
    for kind, changes, ops in camera.sections():
        out += ["", f"[{kind}{' ' + changes if changes else ''}]"] + lines(ops)
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--protocols", default=os.path.join(HERE, "../../../../shared/protocols"))
    parser.add_argument("--check", action="store_true", help="only tell whether the files are up to date")
    arguments = parser.parse_args()
    stale = False
    for kind in (EVK4, EVK3HD):
        camera = kind(arguments.protocols)
        path = os.path.join(HERE, camera.file)
        new = transcript(camera)
        if arguments.check:
            if not os.path.exists(path) or open(path).read() != new:
                print(f"{camera.file} is not what transcripts.py writes")
                stale = True
        else:
            with open(path, "w") as file:
                file.write(new)
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
