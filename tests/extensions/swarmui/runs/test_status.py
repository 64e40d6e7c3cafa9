"""The status of a session counts its own pictures, sums up the engines, and lists what works here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from extensions.swarmui.runs.status import FEATURES, backend_status, features, status_of
from pipelines.hosts.view import EngineView
from sdapi.core.state import State, no_scripts
from tests.extensions.swarmui.direct_runs import begun, session_in, state_around, until
from tests.extensions.swarmui.stepped_jobs import SteppedJobs


class ListedEngines(SteppedJobs):
    """A queue with engines that are ready or not."""

    def __init__(self, *ready: bool) -> None:
        super().__init__()
        self.ready_ones = ready

    def engines(self) -> Sequence[EngineView]:
        one = EngineView(number=0, device="cpu", ready=True, jobs=0, restarts=0)
        return [replace(one, number=number, ready=ready) for number, ready in enumerate(self.ready_ones)]


@pytest.mark.parametrize(
    ("ready", "status", "kind", "loading"),
    [
        ((), "empty", "error", False),
        ((True, True), "running", "", False),
        ((True, False), "some_loading", "warn", True),
        ((False, False), "loading", "soft", True),
    ],
)
def test_the_engines_are_summed_up(
    ready: tuple[bool, ...], status: str, kind: str, loading: bool, direct: State
) -> None:
    state = replace(direct, services=replace(direct.services, jobs=ListedEngines(*ready)))
    found = backend_status(state)
    assert (found["status"], found["class"], found["any_loading"]) == (status, kind, loading)
    assert (found["message"] == "") is (status == "running")


def test_features_need_their_scripts(direct: State, tmp_path: Path) -> None:
    assert set(FEATURES) - set(features(direct)) == {"yolov8"}
    assert set(FEATURES) - set(features(replace(direct, find_scripts=no_scripts))) == {
        "controlnet",
        "ipadapter",
        "yolov8",
    }
    assert features(state_around(tmp_path, extensions=("adetailer", "controlnet", "swarmui"))) == [*FEATURES]


async def test_a_status_counts_pictures_of_its_session_alone(direct: State, jobs: SteppedJobs) -> None:
    jobs.held = True
    run, _ = await begun(direct, images=3)
    working = asyncio.create_task(run.work())
    await until(lambda: run.counts().live_gens == 1 and run.counts().waiting_backends == 2)
    assert status_of(run.session_id, direct)["status"] == {
        "waiting_gens": 3,
        "loading_models": 0,
        "waiting_backends": 2,
        "live_gens": 1,
    }
    assert set(status_of(session_in(direct).id, direct)["status"].values()) == {0}
    jobs.held = False
    await working
