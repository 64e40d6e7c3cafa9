"""Parts of a picture: what finds them, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.prompts.sections import SegmentPart
from extensions.swarmui.runs.segments import segment_scripts
from pipelines.contract.errors import InvalidRequest
from sdapi.core.state import State
from tests.extensions.swarmui.conftest import MakeClient, SwarmClient


def state_of(client: SwarmClient) -> State:
    app: Any = client.http.app
    return app.state.sdapi


def test_detectors_by_their_files(make_client: MakeClient) -> None:
    state = state_of(make_client(extensions=("adetailer", "swarmui")))
    part = SegmentPart(finder="yolo-face.pt", creativity=0.4, threshold=0.3, prompt="a smile")
    (script,) = segment_scripts([part, part], state, is_img2img=False)
    assert script.args is not None
    assert script.args[:2] == (True, False)
    assert (
        script.args[2]
        == script.args[3]
        == {
            "ad_model": "face.pt",
            "ad_prompt": "a smile",
            "ad_confidence": 0.3,
            "ad_denoising_strength": 0.4,
        }
    )
    assert segment_scripts([], state, is_img2img=False) == ()


@pytest.mark.parametrize(
    ("finder", "why"),
    [
        ("yolo-face.pt", "it needs the extension ADetailer"),
        ("a face", "finds things by text"),
    ],
)
def test_what_nothing_finds(finder: str, why: str, client: SwarmClient) -> None:
    with pytest.raises(InvalidRequest, match=why):
        segment_scripts([SegmentPart(finder=finder)], state_of(client), is_img2img=True)


@pytest.mark.parametrize("finder", ["yolo-face.pt-1", "yolo-coco.safetensors-cat", "yolo-coco.pt:cat"])
def test_a_class_is_not_chosen(finder: str, make_client: MakeClient) -> None:
    state = state_of(make_client(extensions=("adetailer", "swarmui")))
    with pytest.raises(InvalidRequest, match="class of things"):
        segment_scripts([SegmentPart(finder=finder)], state, is_img2img=False)
