"""IP-Adapter units in a generation on the small checkpoint."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from extensions.controlnet.image_prompts.embedding_file import EMPTY
from extensions.controlnet.kinds import DetectRequest, DetectResult
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.requests import Hires, ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import CHECKPOINT, make_request, pixels
from tests.extensions.controlnet import ip_files
from tests.extensions.controlnet.control_engine import MODELS, control_engine


def picture(colour: tuple[int, int, int]) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 48), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


RED, BLUE = picture((255, 0, 0)), picture((0, 0, 255))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """An engine with a plain and a plus adapter, and where its vision tower lies."""

    engine: Engine
    folder: Path

    def generate(self, *units: dict[str, Any], **changes: Any) -> GenerationResult:
        call = ScriptCall(name="ControlNet", args=tuple({"enabled": True, **unit} for unit in units))
        result = self.engine.run(make_request(MODELS, steps=2, always_on=(call,), **changes))
        assert isinstance(result, GenerationResult)
        return result


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("adapters")
    shapes = read_header(MODELS / "Stable-diffusion" / CHECKPOINT).shapes()
    for kind, suffix in (("plain", "bin"), ("plus", "safetensors")):
        parts = ip_files.tensors_for(ip_files.key_shapes(shapes), kind)
        ip_files.write_parts(parts, folder / f"ip-adapter-{kind}.{suffix}")
    ip_files.tiny_tower(folder / "annotators" / "clip_h")
    with control_engine(folder / "data", controlnets=folder, annotators=folder / "annotators") as made:
        yield Bench(engine=made, folder=folder)


def unit(**values: Any) -> dict[str, Any]:
    return {"image": RED, "module": "ip-adapter_clip_sd15", "model": "ip-adapter-plain", **values}


def test_pictures_steer_and_leave_the_unet_as_it_was(bench: Bench) -> None:
    base = pixels(bench.generate())
    steered = [
        pixels(bench.generate(unit(model=model, image=image)))
        for model in ("ip-adapter-plain", "ip-adapter-plus")
        for image in (RED, BLUE)
    ]
    assert all(np.abs(one - base).mean() > 0 for one in steered)
    assert not np.array_equal(steered[0], steered[1])
    assert not np.array_equal(steered[2], steered[3])
    assert np.array_equal(pixels(bench.generate()), base)
    assert np.array_equal(pixels(bench.generate(unit(weight=0.0))), base)


def test_several_pictures_and_units_beside_a_control_network(bench: Bench) -> None:
    both = unit(image=[{"image": RED}, {"image": BLUE}])
    result = bench.generate(both, unit(model="ip-adapter-plus", weight=0.5), unit(image=BLUE))
    assert len(result.images) == 1 + 2 + 1 + 1
    shown = pixels(result, 2)
    assert shown.shape == (48, 32, 3) and (shown == (0, 0, 255)).all()
    merged = bench.generate(unit(image=[{"image": RED}, {"image": BLUE}], input_mode="merge"))
    assert np.array_equal(pixels(merged), pixels(bench.generate(both)))


def test_a_hires_pass_and_the_window_count(bench: Bench) -> None:
    hires = Hires(scale=2.0)
    plain = pixels(bench.generate(hires=hires, denoising_strength=0.7))
    late = pixels(
        bench.generate(
            unit(guidance_start=0.9, hr_option="Low res only"), hires=hires, denoising_strength=0.7
        )
    )
    assert late.shape == plain.shape and np.array_equal(late, plain)
    assert not np.array_equal(pixels(bench.generate(unit(), hires=hires, denoising_strength=0.7)), plain)


@pytest.mark.parametrize(
    ("values", "error", "field", "text"),
    [
        ({"module": "canny"}, InvalidRequest, "module", "ip-adapter-plain is an IP-Adapter"),
        ({"module": "ip-adapter-auto"}, InvalidRequest, "module", "choose a preprocessor by hand"),
        ({"image": None}, InvalidRequest, "image", "no input image is given"),
        ({"advanced_weighting": [1.0]}, InvalidRequest, "advanced_weighting", "weights"),
    ],
)
def test_what_cannot_run_is_an_error(
    bench: Bench, values: dict[str, Any], error: type[InvalidRequest], field: str, text: str
) -> None:
    with pytest.raises(error, match=text) as caught:
        bench.generate(unit(**values))
    assert caught.value.field == f"always_on.controlnet.args.0.{field}"


def embedding(bench: Bench, image: str) -> str:
    """A picture's embedding as the detect route returns it."""
    request = DetectRequest(images=(base64.b64decode(image),), module="ip-adapter_clip_sd15")
    result = bench.engine.run(request)
    assert isinstance(result, DetectResult)
    (text,) = result.found["tensor"]
    return str(text)


@pytest.mark.parametrize("model", ["ip-adapter-plain", "ip-adapter-plus"])
def test_embeddings_stand_for_their_pictures(bench: Bench, model: str) -> None:
    seen = bench.generate(unit(model=model))
    given = bench.generate(unit(model=model, image=None, ipadapter_input=[embedding(bench, RED)]))
    assert np.array_equal(pixels(given), pixels(seen))
    assert (len(seen.images), len(given.images)) == (2, 1)


def test_embeddings_made_elsewhere_lack_what_plus_adapters_need(bench: Bench) -> None:
    stream = io.BytesIO()
    whole = torch.load(io.BytesIO(base64.b64decode(embedding(bench, RED))), weights_only=True)
    torch.save({name: value for name, value in whole.items() if name != EMPTY}, stream)
    text = base64.b64encode(stream.getvalue()).decode()
    plain = bench.generate(unit(image=None, ipadapter_input=text))
    assert np.array_equal(pixels(plain), pixels(bench.generate(unit())))
    with pytest.raises(InvalidRequest, match="made elsewhere") as caught:
        bench.generate(unit(model="ip-adapter-plus", image=None, ipadapter_input=text))
    assert caught.value.field == "always_on.controlnet.args.0.ipadapter_input"


def test_a_missing_tower_is_named(bench: Bench) -> None:
    with pytest.raises(MissingWeights, match=r"clip_g\.pth .* in .*annotators"):
        bench.generate(unit(module="ip-adapter_clip_sdxl"))


def test_an_embedder_needs_an_adapter(bench: Bench) -> None:
    with pytest.raises(InvalidRequest, match="IP-Adapter model") as caught:
        bench.generate(unit(model="tiny-control-canny"))
    assert caught.value.field == "always_on.controlnet.args.0.model"
