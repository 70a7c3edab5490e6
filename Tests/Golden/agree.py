"""Asks other people's decoders, where they are installed, what they make of the golden streams.

    python3 -m venv .venv && .venv/bin/pip install evutils evt3 expelliarmus faery evlib
    .venv/bin/python Tests/Golden/agree.py

They are run as programs, and only on streams that are one piece and hold an event. README.md has the outcome.
"""

import contextlib
import io
import multiprocessing
import os
import sys
import tempfile

from make_golden import CASES, FINISH, items_of

VERSION = {"evt2": "2.0", "evt21": "2.1", "evt21legacy": "2.1", "evt3": "3.0"}


def header(program, format, sensor):
    width, height = sensor
    if program == "faery":  # It is told all else beside the file.
        return b"% end\n"
    name = "EVT21" if format.startswith("evt21") else format.upper()
    order = {"evt21": "endianness=little;", "evt21legacy": "endianness=legacy;"}.get(format, "")
    lines = ["% camera_integrator_name Prophesee"]
    if order:
        lines.append(f"% {order[:-1].replace('=', ' ')}")
    lines += [f"% evt {VERSION[format]}", f"% format {name};{order}height={height};width={width}",
              f"% geometry {width}x{height}", "% plugin_integrator_name Prophesee", "% sensor_generation 4.2",
              "% system_ID 49", "% end"]
    return ("\n".join(lines) + "\n").encode()


def evutils(format, path, sensor):
    from evutils.io import EventReader
    batches = EventReader(path, n_events=100000)
    return [(int(e["t"]), int(e["x"]), int(e["y"]), int(e["p"])) for batch in batches for e in batch]


def evt3(format, path, sensor):
    import evt3
    e = evt3.decode_file(path)
    return list(zip(e.t.tolist(), e.x.tolist(), e.y.tolist(), e.p.tolist()))


def expelliarmus(format, path, sensor):
    import expelliarmus
    return [(int(t), int(x), int(y), int(p)) for t, x, y, p in
            expelliarmus.Wizard(encoding=format).read(path)[["t", "x", "y", "p"]].tolist()]


def faery(format, path, sensor):
    import faery
    events = []
    with faery.evt.Decoder(path, sensor, format) as decoder:
        for packet in decoder:
            array = packet["events"] if isinstance(packet, dict) else packet
            array = array if not isinstance(array, bytes) else []
            events += [(int(e["t"]), int(e["x"]), int(e["y"]), int(e["on"])) for e in array]
    return events


def evlib(format, path, sensor):
    with contextlib.redirect_stdout(io.StringIO()):
        import evlib
    frame = evlib.load_events(path, sort=False).collect()
    return [(int(t.total_seconds() * 1e6 + 0.5) if hasattr(t, "total_seconds") else int(t), x, y, int(p > 0))
            for t, x, y, p in zip(frame["t"], frame["x"], frame["y"], frame["polarity"])]


# Which formats each can read: of EVT2.1's two byte orders one at most, of EVT4 none.
PROGRAMS = {
    "evutils": (evutils, ["evt2", "evt21legacy", "evt3"]),
    "evt3": (evt3, ["evt3"]),
    "expelliarmus": (expelliarmus, ["evt2", "evt3"]),
    "faery": (faery, ["evt2", "evt3"]),
    "evlib": (evlib, ["evt2", "evt21", "evt3"]),
}


def ask(arguments):
    program, format, index = arguments
    case = CASES[format][index]
    data = b"".join(item for item in items_of(format, case) if isinstance(item, bytes))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "case.raw")
        with open(path, "wb") as file:
            file.write(header(program, format, case.sensor) + data)
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                got = PROGRAMS[program][0](format, path, case.sensor)
                # Most of them emit what lies outside the sensor.
                got = [event for event in got if event[1] < case.sensor[0] and event[2] < case.sensor[1]]
        except BaseException as error:
            return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return "agrees" if got == case.events else f"{got[:4]} for {case.events[:4]}"


def main():
    agreed = {}
    for program, (_, formats) in PROGRAMS.items():
        for format in formats:
            indices = [i for i, case in enumerate(CASES[format]) if case.events
                       and all(item == FINISH or not isinstance(item, (bytes, str)) for item in case.items)]
            with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=100) as pool:
                answers = []
                for i in indices:
                    try:
                        answers.append(pool.apply_async(ask, ((program, format, i),)).get(60))
                    except multiprocessing.TimeoutError:
                        answers.append("no answer")
            agreeing = sum(answer == "agrees" for answer in answers)
            print(f"{program}, {format}: agrees in {agreeing} of {len(indices)}")
            for i, answer in zip(indices, answers):
                agreed.setdefault((format, CASES[format][i].name), []).extend([program] * (answer == "agrees"))
                if "-v" in sys.argv and answer != "agrees":
                    print(f"    {CASES[format][i].name}: {answer}")
    print("No other program agrees with")
    for (format, name), programs in agreed.items():
        if not programs:
            print(f"    {format}: {name}")


if __name__ == "__main__":
    main()
