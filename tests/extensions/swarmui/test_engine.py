"""Requests of this API change pictures of a real engine, with the extensions that they use."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from extensions.swarmui import engine as hooks
from extensions.swarmui.steering.wish import ClearWish
from extensions.swarmui.words.errors import NAMES
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from pipelines.postprocess.segment.clipseg import WordFinder
from tests.engines import CHECKPOINT, engine_settings, pixels
from tests.extensions.adetailer.yolo_files import red_finder, save_plain
from tests.extensions.controlnet import ip_files
from tests.extensions.controlnet.control_engine import folder_flags
from tests.extensions.swarmui.conftest import SwarmClient, serving
from tests.pipelines.postprocess.segment.small_clipseg import save_clipseg

EXTENSIONS = ("adetailer", "controlnet", "swarmui")
TINY = Path(__file__).resolve().parents[2] / "data" / "models"
SEEN = 1024
"""Numbers of CLIP H, by which an adapter's preprocessor is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """A client, and an engine that makes what it asks for."""

    client: SwarmClient
    engine: Engine

    def asked(self, **fields: Any) -> GenerationRequest:
        """Return the engine's request for one small picture."""
        told = self.client.draw(
            **{"seed": 5, "steps": 4, "prompt": "a red circle", "donotsave": True} | fields
        )
        assert "error" not in told, told
        asked = self.client.jobs.generation
        models = self.engine.settings.folders.models
        return replace(asked, checkpoint=str(models / "Stable-diffusion" / CHECKPOINT))

    def draw(self, **fields: Any) -> GenerationResult:
        """Return the engine's result of such a request."""
        result = self.engine.run(self.asked(**fields))
        assert isinstance(result, GenerationResult)
        return result

    def pixels(self, **fields: Any) -> NDArray[np.int16]:
        """Return the picture of such a result."""
        return pixels(self.draw(**fields))


def write_models(models: Path) -> None:
    """The small checkpoint by links, a detector of red things, an IP-Adapter and its tower."""
    models.mkdir()
    for place in TINY.iterdir():
        (models / place.name).symlink_to(place)
    (models / "ControlNet").unlink()
    (models / "ControlNet").mkdir()
    save_plain(red_finder(), models / "adetailer" / "red.safetensors")
    save_clipseg(models / "clipseg")
    shapes = read_header(TINY / "Stable-diffusion" / CHECKPOINT).shapes()
    parts = ip_files.tensors_for(ip_files.key_shapes(shapes), "plain")
    weight = parts["image_proj"]["proj.weight"]
    parts["image_proj"]["proj.weight"] = torch.randn(
        len(weight), SEEN, generator=torch.Generator().manual_seed(4)
    )
    ip_files.write_parts(parts, models / "ControlNet" / "ip-adapter-tiny.safetensors")
    ip_files.tiny_tower(models / "annotators" / "clip_h", projection=SEEN)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data = tmp_path_factory.mktemp("studio")
    models = data / "models"
    write_models(models)
    flags = folder_flags(annotators=models / "annotators")
    engine = Engine(engine_settings(models, data / "engine", extensions=EXTENSIONS, extension_flags=flags))
    with serving(data, extensions=EXTENSIONS) as client:
        client.new_session()
        yield Studio(client=client, engine=engine)
    engine.close()


@pytest.fixture(scope="module")
def plain(studio: Studio) -> NDArray[np.int16]:
    return studio.pixels()


@pytest.mark.slow
def test_freeu_and_self_attention_guidance_change_the_picture_and_leave_nothing(
    studio: Studio, plain: NDArray[np.int16]
) -> None:
    wishes: tuple[dict[str, Any], ...] = (
        {"freeublockone": 1.3, "freeuapplyto": "Base"},
        {"freeublockone": 1.3, "freeuversion": 2},
        {"selfattentionguidancescale": 1.5},
        {"selfattentionguidancescale": 1.5, "selfattentionguidancesigmablur": 0.5, "freeublockone": 1.3},
    )
    sized = {"width": 128, "height": 128}  # of 64 pixels the middle of the network sees one token
    seen = [studio.pixels(**sized), *(studio.pixels(**sized, **fields) for fields in wishes)]
    assert len({picture.tobytes() for picture in seen}) == 5
    assert np.array_equal(studio.pixels(freeuapplyto="Refiner"), plain)
    assert np.array_equal(studio.pixels(selfattentionguidancescale=0), plain)


def test_a_picture_ends_early(studio: Studio, plain: NDArray[np.int16]) -> None:
    assert not np.array_equal(studio.pixels(endstepsearly=0.5), plain)
    assert np.array_equal(studio.pixels(endstepsearly=0), plain)


def test_a_step_swap_is_drawn_on_from_where_the_first_pass_ended(studio: Studio) -> None:
    shared = {"refinercontrolpercentage": 0.5}
    swapped = studio.pixels(refinermethod="StepSwap", **shared)
    assert not np.array_equal(swapped, studio.pixels(refinermethod="PostApply", **shared))


def test_one_axis_tiles(studio: Studio, plain: NDArray[np.int16]) -> None:
    made = [studio.pixels(seamlesstileable=axis) for axis in ("true", "X-Only", "Y-Only")]
    assert len({picture.tobytes() for picture in (plain, *made)}) == 4


def test_an_ip_adapter_reads_the_prompts_pictures(studio: Studio, plain: NDArray[np.int16]) -> None:
    listed = studio.client.ask("ListT2IParams")["list"]
    (row,) = (row for row in listed if row["id"] == "useipadapter")
    assert row["values"] == ["None", "ip-adapter-tiny"]
    red, blue = picture("red"), picture("blue")
    one = studio.pixels(useipadapter="ip-adapter-tiny", promptimages=red)
    two = studio.pixels(useipadapter="IP-Adapter-tiny", promptimages=f"{red}|{blue}")
    assert len({made.tobytes() for made in (plain, one, two)}) == 3
    assert np.array_equal(studio.pixels(useipadapter="None", ipadapterweight=2), plain)
    told = studio.client.draw(useipadapter="ip-adapter-tiny", promptimages="not a picture")
    assert "parameter promptimages" in told["error"]


def picture(colour: str) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


SHARP = {"segmentmaskgrow": 0, "segmentmaskblur": 0}


@pytest.fixture(scope="module")
def start() -> dict[str, Any]:
    """Fields of a picture with a red square, which stays as it is."""
    drawn = Image.new("RGB", (64, 64), "white")
    drawn.paste((255, 0, 0), (8, 24, 26, 42))
    buffer = io.BytesIO()
    drawn.save(buffer, "PNG")
    given = base64.b64encode(buffer.getvalue()).decode()
    return {"initimage": given, "steps": 2, "initimagecreativity": 0, "prompt": "a picture"}


def test_a_segment_is_found_and_drawn_again(studio: Studio, start: dict[str, Any]) -> None:
    before = studio.pixels(**start)

    def changed(prompt: str) -> NDArray[np.bool_]:
        after = studio.pixels(**{**start, **SHARP, "prompt": f"a picture {prompt} a blue circle"})
        return np.abs(after - before).max(axis=-1) > 0

    inside = changed("<segment:yolo-red,0.9,0.3>")
    assert inside[24:42, 8:26].mean() > 0.5
    assert not inside.all()
    assert changed("<segment:yolo-red,0.9,-0.3>")[:, 50:].mean() > 0.5
    words = changed("<segment:red square|yolo-red,0.9,0.5>")
    assert words.any()
    assert changed("<object:0,0,0.5,1,0,0.9>")[:, :28].mean() > 0.5


def test_what_finds_nothing_is_said_in_this_apis_words(studio: Studio) -> None:
    with pytest.raises(InvalidRequest, match="there is no detector") as caught:
        studio.draw(prompt="a picture <segment:yolo-nobody.pt> a face")
    assert NAMES.of(caught.value.field or "") == "prompt"


def test_places_have_their_own_prompts(studio: Studio, plain: NDArray[np.int16]) -> None:
    wishes = (
        "a red circle <region:0,0,0.5,1>a blue square",
        "a red circle <region:0.5,0,0.5,1>a blue square",
        "a red circle <region:0,0,0.5,1>a blue square <region:background>a green star",
    )
    seen = [studio.pixels(prompt=prompt) for prompt in wishes]
    assert len({picture.tobytes() for picture in (plain, *seen)}) == 4
    second = {"refinerupscale": 1.5, "refinercontrolpercentage": 0.5}
    assert studio.pixels(prompt=f"{wishes[0]}<refiner>sharp", **second).shape == (96, 96, 3)
    whole = studio.pixels(prompt=wishes[0], globalregionfactor=1)
    assert np.abs(whole - plain).max() <= 1
    alone = studio.pixels(prompt="a <region:0,0,1,1>a red circle", globalregionfactor=0)
    assert np.abs(alone - plain).max() <= 1


def test_what_is_cleared_is_transparent(studio: Studio) -> None:
    made = studio.draw(prompt="a red circle <clear:red square,0.6,0.01>")
    picture = Image.open(io.BytesIO(made.images[0]))
    assert picture.mode == "RGBA"
    assert np.asarray(picture)[..., 3].min() < 255
    studio.draw(prompt="a red circle <segment:red square,0.9,0.01> b <clear:red square>")
    loaded = studio.engine.services.weights.contents
    assert sum(isinstance(one, WordFinder) for one in loaded) == 1
    told = studio.client.draw(prompt="a <clear:yolo-red>")
    assert "<clear:yolo-…> can't be done" in told["error"]


def test_clearing_hears_a_cancel_between_two_searches(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    control, seen = JobControl(), list[str]()

    def cancel(picture: Image.Image, wish: ClearWish, find: object) -> Image.Image:
        seen.append(wish.words)
        control.ask(Action.CANCEL)
        return picture

    monkeypatch.setattr(hooks, "cleared", cancel)
    job = studio.engine.start("job", studio.asked(prompt="a <clear:red|blue|face>"), control=control)
    while job.outcome is None:
        studio.engine.step()
    assert isinstance(job.outcome, Cancelled)
    assert seen == ["red"]


def test_texts_of_what_is_found_are_no_longer_than_prompts(studio: Studio) -> None:
    for prompt in (f"a <segment:face> {'b' * 20_001}", f"a <clear:{'b' * 20_001}>"):
        told = studio.client.draw(prompt=prompt)
        assert "20001 characters in one section are too many: at most 20000" in told["error"]
