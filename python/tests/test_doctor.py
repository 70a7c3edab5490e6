"""The command doctor, on folders that are like systems that lack something."""

from __future__ import annotations

import json
import os
import pathlib
import resource
import subprocess
import sys

import pytest
from command_support import run

from neuromorphic.commands import doctor_command as doctor
from neuromorphic.udev import rules


def put(root: pathlib.Path, path: str, text: str = "") -> pathlib.Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def link(root: pathlib.Path, path: str, target: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(target)


@pytest.fixture
def system(tmp_path: pathlib.Path) -> pathlib.Path:
    """A system with which nothing is wrong: an EVK4 at a USB 3 port, and a mouse."""
    for bus, speed in ((1, 480), (2, 5000)):
        put(tmp_path, f"sys/bus/usb/devices/usb{bus}/speed", f"{speed}\n")
    plug_in(tmp_path, "2-1", "04b4", "00f5", 5000, 2, 3, "EVK4")
    plug_in(tmp_path, "1-4", "046d", "c077", 1.5, 1, 9, "Mouse")
    put(tmp_path, "sys/module/usbcore/parameters/usbfs_memory_mb", "16\n")
    put(tmp_path, "etc/udev/rules.d/65-neuromorphic.rules", rules())
    (tmp_path / "dev/shm").mkdir()
    return tmp_path


def plug_in(root: pathlib.Path, name: str, vendor: str, product: str, speed: float, bus: int, address: int, words: str) -> None:
    about = {"idVendor": vendor, "idProduct": product, "speed": speed, "busnum": bus, "devnum": address, "product": words}
    for key, value in about.items():
        put(root, f"sys/bus/usb/devices/{name}/{key}", f"{value}\n")
    put(root, f"dev/bus/usb/{bus:03}/{address:03}")


def levels(findings: list[doctor.Finding], check: str) -> list[str]:
    return [finding.level for finding in findings if finding.check == check]


def the(findings: object, check: str, level: str) -> doctor.Finding:
    found = [finding for finding in findings if (finding.check, finding.level) == (check, level)]  # type: ignore[attr-defined]
    assert len(found) == 1, found
    return found[0]


def test_nothing_is_wrong_with_a_system_that_has_it_all(system: pathlib.Path) -> None:
    findings = [finding for finding in doctor.examine(system) if finding.check not in ("extras", "libusb")]
    assert [finding for finding in findings if finding.level != doctor.OK] == []
    assert the(findings, "camera", doctor.OK).sentence == "EVK4 (04b4:00f5) at 2-1 may be opened"


def test_a_system_without_anything_is_examined_as_well(tmp_path: pathlib.Path) -> None:
    findings = doctor.examine(tmp_path)
    assert all(finding.level != doctor.FAILED for finding in findings)
    assert levels(findings, "kernel") == levels(findings, "USB devices") == [doctor.PROBLEM]
    assert "sim:prophesee_evk4" in the(findings, "camera", doctor.HINT).remedy


def test_a_container_is_told_how_to_be_started(tmp_path: pathlib.Path) -> None:
    put(tmp_path, ".dockerenv")
    finding = the(doctor.usb_folder(tmp_path), "USB devices", doctor.PROBLEM)
    assert "no /dev/bus/usb" in finding.sentence and "/dev/bus/usb:/dev/bus/usb" in finding.remedy


@pytest.mark.parametrize(("path", "text"), [("run/.containerenv", ""), ("proc/1/cgroup", "0::/kubepods/besteffort/pod1")])
def test_containers_of_other_kinds_are_known(path: str, text: str, tmp_path: pathlib.Path) -> None:
    put(tmp_path, path, text)
    assert "container" in the(doctor.usb_folder(tmp_path), "USB devices", doctor.PROBLEM).remedy


def test_windows_subsystem_is_told_about_usbipd(tmp_path: pathlib.Path) -> None:
    put(tmp_path, "proc/version", "Linux version 5.15.0-microsoft-standard-WSL2")
    assert "usbipd" in the(doctor.usb_folder(tmp_path), "USB devices", doctor.PROBLEM).remedy


def test_a_folder_of_devices_that_is_empty_is_a_problem(tmp_path: pathlib.Path) -> None:
    (tmp_path / "dev/bus/usb").mkdir(parents=True)
    assert "empty" in the(doctor.usb_folder(tmp_path), "USB devices", doctor.PROBLEM).sentence


def test_usb_2_alone_is_a_hint(tmp_path: pathlib.Path) -> None:
    put(tmp_path, "sys/bus/usb/devices/usb1/speed", "480\n")
    assert "xhci" in the(doctor.kernel(tmp_path), "kernel", doctor.HINT).remedy


@pytest.mark.parametrize(
    ("limit", "cameras", "level"),
    [(16, 1, doctor.OK), (16, 4, doctor.OK), (16, 5, doctor.PROBLEM), (3, 0, doctor.PROBLEM), (4, 0, doctor.OK),
     (0, 9, doctor.OK)],
)  # fmt: skip
def test_the_kernel_s_memory_must_suffice_for_all_cameras(limit: int, cameras: int, level: str, tmp_path: pathlib.Path) -> None:
    put(tmp_path, "sys/module/usbcore/parameters/usbfs_memory_mb", f"{limit}\n")
    for number in range(cameras):
        plug_in(tmp_path, f"2-{number + 1}", "31f7", "0003", 5000, 2, number + 2, "SilkyEvCam")
    finding = the(doctor.usb_memory(tmp_path), "USB memory", level)
    assert ("usbfs_memory_mb" in finding.remedy) == (level == doctor.PROBLEM)


def test_rules_that_are_missing_or_old_are_a_hint(system: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = system / "etc/udev/rules.d/65-neuromorphic.rules"
    file.write_text("# of long ago\n")
    assert "another version" in the(doctor.udev_rules(system), "udev rules", doctor.HINT).sentence
    file.unlink()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "sudo neuromorphic udev" in the(doctor.udev_rules(system), "udev rules", doctor.HINT).remedy
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert the(doctor.udev_rules(system), "udev rules", doctor.OK)
    put(system, "usr/lib/udev/rules.d/65-neuromorphic.rules", rules())
    assert "/usr/lib/udev" in the(doctor.udev_rules(system), "udev rules", doctor.OK).sentence


def test_every_id_of_the_rules_is_known() -> None:
    known = doctor.known_ids(rules())
    assert {("04b4", "00f4"), ("04b4", "00f5"), ("31f7", "0003"), ("1409", "8e00"), ("152a", "841?")} <= set(known)


def test_a_camera_that_may_not_be_opened_is_a_problem(system: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    finding = the(doctor.cameras(system), "camera", doctor.PROBLEM)
    assert "may not be opened by this user" in finding.sentence and "neuromorphic udev" in finding.remedy


def test_a_camera_without_a_file_is_a_problem(system: pathlib.Path) -> None:
    (system / "dev/bus/usb/002/003").unlink()
    assert "has no file /dev/bus/usb/002/003" in the(doctor.cameras(system), "camera", doctor.PROBLEM).sentence


def test_a_camera_at_a_usb_2_port_is_a_hint(system: pathlib.Path) -> None:
    plug_in(system, "2-1", "04b4", "00f5", 480, 2, 3, "EVK4")
    finding = the(doctor.cameras(system), "camera", doctor.HINT)
    assert "480 Mb/s" in finding.sentence and "USB 3" in finding.remedy


def test_the_program_that_holds_a_camera_is_named(system: pathlib.Path) -> None:
    put(system, "proc/4242/comm", "metavision_viewer\n")
    link(system, "proc/4242/fd/7", "/dev/bus/usb/002/003")
    link(system, "proc/4242/fd/8", "/dev/bus/usb/002/003")
    link(system, "proc/7/fd/8", "/dev/null")
    assert "metavision_viewer (process 4242)" in the(doctor.cameras(system), "camera", doctor.HINT).sentence


def test_a_program_of_another_user_is_known_by_the_kernel_s_driver(system: pathlib.Path) -> None:
    link(system, "sys/bus/usb/devices/2-1/2-1:1.0/driver", "../../../drivers/usbfs")
    assert "in use by another program" in the(doctor.cameras(system), "camera", doctor.HINT).sentence


def test_a_driver_of_the_kernel_that_took_the_camera_is_a_problem(system: pathlib.Path) -> None:
    link(system, "sys/bus/usb/devices/2-1:1.0/driver", "../../drivers/uvcvideo")
    assert "modprobe -r uvcvideo" in the(doctor.cameras(system), "camera", doctor.PROBLEM).remedy


def test_a_kernel_that_refuses_memory_files_is_a_problem(system: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "memfd_create", refuse)
    assert "refuses memory files" in the(doctor.shared_memory(system), "shared memory", doctor.PROBLEM).sentence


def test_little_address_space_is_a_hint(system: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda what: (1 << 28, 1 << 28) if what == resource.RLIMIT_AS else (1024, 1024))
    assert "256 MiB of address space" in the(doctor.limits(system), "limits", doctor.HINT).sentence


def test_extras_that_are_missing_are_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_EXTRAS", (("no_such_package", "arrow", "something"), ("json", "plot", "something else")))
    missing, there = doctor.extras()
    assert (missing.level, there.level) == (doctor.HINT, doctor.OK)
    assert missing.remedy == 'pip install "neuromorphic[arrow]"'


def test_a_check_that_fails_says_so_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(root: pathlib.Path) -> None:
        raise ValueError("oh")

    monkeypatch.setattr(doctor, "usb_memory", fail)
    assert run("doctor", "--json") == 1
    findings = json.loads(capsys.readouterr().out)
    assert [finding["sentence"] for finding in findings if finding["level"] == "failed"] == [
        "the check itself failed: ValueError: oh"
    ]
    assert findings[-1]["check"] == "extras"


def test_doctor_ends_with_0_here_whatever_it_finds() -> None:
    command = [sys.executable, "-m", "neuromorphic", "doctor"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    assert "libneuromorphic" in done.stdout and "hint" in done.stdout.splitlines()[-1]


def test_doctor_s_json_has_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor", "--json") == 0
    for finding in json.loads(capsys.readouterr().out):
        assert set(finding) == {"check", "level", "sentence", "remedy"}
        assert finding["level"] in ("ok", "hint", "problem") and finding["sentence"]
