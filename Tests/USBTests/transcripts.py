"""What a camera is told, seen from the camera: opens an emulated one with the library, changes every setting by itself, measures,
closes, and compares the emulator's log with the golden transcripts, operation by operation; waits are at least as long.

    transcripts.py LIBRARY        CAMERA_SOCKET is the emulator's command socket; any surroundings do

Tests/Golden/cameras/README.md says where the transcripts come from, and in what they differ from other drivers.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile

import cffi

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


class Library:
    """The C functions, declared by the header itself."""

    def __init__(self, path: str) -> None:
        self.ffi = cffi.FFI()
        # The compiler needs no cameras: what is preloaded for us would plug them in there as well.
        environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        self.ffi.cdef(subprocess.run(
            [os.environ.get("CC") or "cc", "-E", "-P", "-nostdinc", f"-I{ROOT}/Tests/HeaderTests/plain",
             "-D__attribute__(x)=", f"{ROOT}/include/neuromorphic.h"],
            check=True, capture_output=True, text=True, env=environment).stdout)
        self.c = self.ffi.dlopen(path)

    def struct(self, name: str):
        value = self.ffi.new(f"{name} *")
        value.struct_size = self.ffi.sizeof(name)
        return value

    def check(self, status: int) -> None:
        if status != 0:
            raise RuntimeError(self.ffi.string(self.c.neuromorphic_last_error()).decode())

    def settings(self, model: int) -> dict:
        table = {}
        for index in range(self.c.neuromorphic_setting_count(model)):
            setting = self.struct("neuromorphic_setting")
            self.check(self.c.neuromorphic_setting_at(model, index, setting))
            table[self.ffi.string(setting.name).decode()] = setting
        return table

    def configuration(self, model: int, changes: str):
        """The default settings, but for such as "biases.pr=5 x_mask[3]=0xFF"."""
        configuration = self.struct("neuromorphic_configuration")
        self.check(self.c.neuromorphic_default_configuration(model, configuration))
        image = self.ffi.buffer(configuration)
        table = self.settings(model)
        for name, place, value in re.findall(r"([\w.]+)(?:\[(\d+)\])?=(\w+)", changes):
            setting = table[name]
            offset = setting.offset + int(place or 0) * setting.stride
            image[offset:offset + setting.width] = int(value, 0).to_bytes(setting.width, "little")
        return configuration


class Camera:
    """The emulator's command socket."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(os.environ["CAMERA_SOCKET"])
        self.lines = self.socket.makefile("r")

    def tell(self, line: str) -> str:
        self.socket.sendall(line.encode() + b"\n")
        answer = self.lines.readline().strip()
        if not answer.startswith("ok"):
            raise RuntimeError(f"{line}: {answer}")
        return answer[2:].strip()

    def log(self) -> list:
        """The control operations since the last time: (microseconds, what)."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log")
            self.tell(f"log dump {path}")
            with open(path) as file:
                lines = [line.strip().split(" ", 1) for line in file]
        self.tell("log clear")
        operations = re.compile("WRITE|READ|LEGACY|TZ_REQUEST|CTRL_IN c0|BAD|FAULT")
        return [(int(time), what) for time, what in lines if operations.match(what)]


def load(model: str) -> dict:
    sections, lines = {}, []
    with open(f"{ROOT}/Tests/Golden/cameras/{model}.txt") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line.startswith("["):
                lines = sections.setdefault(line[1:-1], [])
            elif line:
                verb, *numbers = line.split()
                lines.append((verb, [int(number, 0) for number in numbers]))
    return sections


def frame(property_: int, payload: list) -> str:
    words = [property_, 4 * len(payload), *payload]
    return "TZ_REQUEST " + b"".join(word.to_bytes(4, "little") for word in words).hex(" ")


class Comparison:
    """Walks through a log beside what is expected."""

    def __init__(self, name: str, log: list) -> None:
        self.name, self.log, self.place, self.waited = name, log, 0, 0

    def fail(self, expected: str) -> None:
        found = self.log[self.place][1] if self.place < len(self.log) else "nothing more"
        raise AssertionError(f"{self.name}: operation {self.place + 1} is to be {expected}, and is {found}")

    def take(self, expected: str, pattern: str) -> str:
        if self.place >= len(self.log) or not re.fullmatch(pattern, self.log[self.place][1]):
            self.fail(expected)
        if self.waited and self.place:
            passed = self.log[self.place][0] - self.log[self.place - 1][0]
            if passed < self.waited:
                self.fail(f"{self.waited} us after the one before, not {passed}")
        self.waited = 0
        self.place += 1
        return self.log[self.place - 1][1]

    def read(self, address: int) -> int:
        line = self.take(f"a read of 0x{address:08X}", f"READ 0x{address:08X} 0x[0-9A-F]{{8}}")
        return int(line.split()[2], 0)

    def write(self, address: int, value: int) -> None:
        self.take(f"0x{value:08X} to 0x{address:08X}", f"WRITE 0x{address:08X} 0x{value:08X}")

    def walk(self, lines: list) -> None:
        for verb, numbers in lines:
            if verb == "write":
                for index, value in enumerate(numbers[1:]):
                    self.write(numbers[0] + 4 * index, value)
            elif verb == "read":
                self.read(numbers[0])
            elif verb == "modify":
                address, mask, value = numbers
                self.write(address, self.read(address) & ~mask & 0xFFFFFFFF | value)
            elif verb == "expect":
                address, mask, value = numbers
                while self.read(address) & mask != value:
                    pass
            elif verb == "ask":
                self.take("a question", re.escape(frame(numbers[0], numbers[1:])))
            elif verb == "wait":
                self.waited += numbers[0]
            elif verb == "drain":
                self.waited += 1000 * numbers[0]
            else:
                raise ValueError(verb)

    def end(self) -> int:
        if self.place != len(self.log):
            self.fail("none")
        return len(self.log)


class Session:
    def __init__(self, library: Library, camera: Camera, model: int, name: str) -> None:
        self.library, self.camera, self.model, self.name = library, camera, model, name
        self.sections, self.device, self.compared = load(name), None, 0

    def open(self, changes: str) -> None:
        options = self.library.struct("neuromorphic_open_options")
        options.maximum_raw_packets = 64
        configuration = self.library.configuration(self.model, changes)
        options.configuration = configuration
        out = self.library.ffi.new("neuromorphic_device **")
        self.camera.log()
        self.library.check(self.library.c.neuromorphic_open(b"usb:", options, out))
        self.device = out[0]
        comparison = Comparison(f"{self.name} opening {changes}", self.camera.log())
        comparison.take("a question for the system id", "CTRL_IN c0 72 00 00 00 00 02 00.*")
        comparison.take("a question for the serial number", re.escape(frame(0x72, [])))
        for section in ("identification", "factory biases", self.section("opening", changes), self.section("start", changes)):
            comparison.walk(self.sections.get(section, []))
        self.compared += comparison.end()

    def close(self, changes: str) -> None:
        self.camera.log()
        self.library.c.neuromorphic_close(self.device)
        comparison = Comparison(f"{self.name} closing {changes}", self.camera.log())
        comparison.walk(self.sections[self.section("closing", changes)])
        self.compared += comparison.end()

    def section(self, kind: str, changes: str) -> str:
        """The section for these changes, or where they make no difference, the one without."""
        name = f"{kind} {changes}".strip()
        return name if name in self.sections else kind

    def change(self, changes: str) -> None:
        """From the default settings to others, which is compared, and back."""
        self.configure(changes)
        comparison = Comparison(f"{self.name} {changes}", self.camera.log())
        comparison.walk(self.sections[f"live {changes}"])
        self.compared += comparison.end()
        self.configure("")
        self.camera.log()

    def configure(self, changes: str) -> None:
        configuration = self.library.configuration(self.model, changes)
        self.library.check(self.library.c.neuromorphic_configure(self.device, configuration))

    def measure(self) -> None:
        ffi, c = self.library.ffi, self.library.c
        celsius, raw, lux = ffi.new("double *"), ffi.new("uint32_t *"), ffi.new("double *")
        for section, call in (("thermometer", lambda: c.neuromorphic_temperature(self.device, celsius)),
                              ("illuminometer", lambda: c.neuromorphic_illuminance(self.device, raw, lux))):
            if section in self.sections:
                self.library.check(call())
                comparison = Comparison(f"{self.name} {section}", self.camera.log())
                comparison.walk(self.sections[section])
                self.compared += comparison.end()


def main() -> int:
    library = Library(sys.argv[1])
    # Where the emulator lives in this process, it wakes up when USB is first looked at.
    devices = library.ffi.new("neuromorphic_device_list **")
    library.check(library.c.neuromorphic_list_devices(devices))
    library.c.neuromorphic_device_list_free(devices[0])
    camera = Camera()
    name = re.search(r"model=(\w+)", camera.tell("state")).group(1)
    session = Session(library, camera, {"prophesee_evk4": 1, "prophesee_evk3_hd": 2}[name], name)
    session.open("")
    live = [section[5:] for section in session.sections if section.startswith("live ")]
    for changes in live:
        session.change(changes)
    session.measure()
    session.close("")
    # These differ at the start or at the end only; others have an opening of their own.
    others = ["clock=1", "clock=2", "enable_output=0"]
    others += [section[8:] for section in session.sections if section.startswith("opening ")]
    for changes in others:
        session.open(changes)
        session.close(changes)
    print(f"{name}: {session.compared} operations of {1 + len(others)} openings and {len(live)} changes are as they should be")
    return 0


sys.exit(main())
