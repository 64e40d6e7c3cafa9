"""Bodies become requests that are ready to run, or are refused before anything is queued."""

from __future__ import annotations

import pytest

from extensions.swarmui.runs.begin import begin
from extensions.swarmui.store.presets import PresetShelf
from pipelines.contract.errors import InvalidRequest
from sdapi.core.state import State
from tests.extensions.swarmui.direct_runs import NotedAudience, begun, session_in
from tests.extensions.swarmui.stepped_jobs import SteppedJobs


async def test_a_request_is_read_and_nothing_queued(direct: State, jobs: SteppedJobs) -> None:
    run, _ = await begun(direct, images="2", rawInput={"Batch Size": 3, "steps": "4"})
    assert (run.size, run.batch, run.request.get("steps", 0), run.offset) == (6, 3, 4, 0)
    assert (run.making.user, run.making.keeps) == ("local", False)
    assert jobs.submitted == []


async def test_each_request_has_an_id_of_its_own(direct: State) -> None:
    first, second = (await begun(direct))[0], (await begun(direct))[0]
    assert first.id == first.making.request_id
    assert first.id != second.id


async def test_presets_are_those_of_the_caller(direct: State) -> None:
    session = session_in(direct)
    PresetShelf(kept=session.server.kept, owner=session.user).put("Mine", "", {"steps": "3"}, None)
    PresetShelf(kept=session.server.kept, owner="another").put("Theirs", "", {"steps": "9"}, None)
    run, _ = await begun(direct, presets=["mine", "theirs"])
    assert (run.request.get("steps", 0), run.request.presets) == (3, ("mine",))
    assert run.warnings == ["presets: no preset is called 'theirs'"]
    assert run.world.preset("mine") == {"steps": "3"}


@pytest.mark.parametrize(
    ("images", "why"),
    [
        (1001, "parameter Images: '1001' must be between 1 and 1000 [(]see --max-n-iter[)]"),
        (0, "parameter Images: '0' must be between 1 and 10000"),
        ("x", "parameter Images: 'x' must be a valid integer"),
    ],
)
async def test_a_number_of_images_that_is_not_made_is_refused(
    direct: State, images: object, why: str
) -> None:
    with pytest.raises(InvalidRequest, match=why):
        await begun(direct, images=images)


async def test_a_request_says_how_many_images_it_wants(direct: State) -> None:
    with pytest.raises(InvalidRequest, match="Missing required parameter 'images'"):
        await begin({"prompt": "a"}, session_in(direct), NotedAudience())
