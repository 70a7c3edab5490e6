"""What tests share: recordings of real cameras where they are, and small ones of a simulated camera."""

from __future__ import annotations

import os
import pathlib

import pytest

import neuromorphic


@pytest.fixture(scope="session")
def data() -> pathlib.Path:
    """The folder of recordings of real cameras; a test that needs it is left out where it isn't there."""
    project = pathlib.Path(__file__).resolve().parents[2]
    folder = pathlib.Path(os.environ.get("NEUROMORPHIC_TEST_DATA", project.parent / "shared" / "data"))
    if not (folder / "evt3_sample.raw").exists():
        pytest.skip(f"no recordings in {folder}")
    return folder


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A RAW file of a simulated camera: 2 million events and 20 triggers' edges, within 0.1 s."""
    path = tmp_path_factory.mktemp("recordings") / "small.raw"
    with neuromorphic.open("sim:prophesee_evk4?rate=20e6&triggers=100&speed=max&duration=0.1&seed=3", raw=True) as device:
        with device.record(path) as output:
            for _, packet in device:
                output.write(packet)
    return path


@pytest.fixture(scope="session")
def quiet(recording: pathlib.Path) -> str:
    """A source from which a packet comes every few seconds."""
    return f"file:{recording}?speed=0.001"
