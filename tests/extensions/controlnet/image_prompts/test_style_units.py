"""Style units: tokens behind the prompt's, and a generation that follows the picture."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from extensions.controlnet.control.networks.style_adapter import StyleNetwork, build_style
from extensions.controlnet.image_prompts.style_units import StyleHook
from extensions.controlnet.maps.embedding import ImageEmbedding
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.detect import ControlKind
from extensions.controlnet.units.spellings import HiresOption
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import CHECKPOINT, make_request, pixels
from tests.extensions.controlnet import ip_files, tiny
from tests.extensions.controlnet.control_engine import MODELS, control_engine
from tests.extensions.controlnet.style_files import TOKENS, WIDTH, write_style


def styled(**values: Any) -> PreparedUnit:
    unit = tiny.tiny_unit("clip_vision", **values)
    some = torch.zeros(1, 3, WIDTH)
    embedding = ImageEmbedding(pooled=torch.zeros(1, 4), hidden=some, empty_hidden=some, last=some)
    return replace(unit, kind=ControlKind.T2I_STYLE, embeddings=(embedding,), pictures=(unit.source,))


class Ones(StyleNetwork):
    """Makes tokens of ones."""

    __slots__ = ()

    def tokens(self, hidden: Tensor, device: torch.device) -> Tensor:
        return torch.ones(1, TOKENS, tiny.CONTEXT)


def hook(unit: PreparedUnit, *, hires: bool = False, step: int = 0) -> StyleHook:
    module = build_style({"proj": (WIDTH, 4), "style_embedding": (1, 8, 4)})
    network = Ones(path=Path("style.pth"), module=module)
    return StyleHook(units=[unit], hires=hires, progress=lambda: (step, 10), network=lambda _: network)


def test_prompts_get_tokens_and_negative_prompts_zeros() -> None:
    call = tiny.tiny_call(tiny.tiny_model())
    changed = hook(styled(weight=0.5))(call)
    assert torch.equal(changed.context[:, :77], call.context)
    assert torch.equal(changed.context[0, 77:], torch.full((TOKENS, tiny.CONTEXT), 0.5))
    assert torch.equal(changed.context[1, 77:], torch.zeros(TOKENS, tiny.CONTEXT))


def test_a_unit_acts_in_its_passes_and_its_window() -> None:
    call = tiny.tiny_call(tiny.tiny_model())
    low = styled(hr_option=HiresOption.LOW)
    assert hook(low)(call).context.shape[1] == 77 + TOKENS
    assert hook(low, hires=True)(call) is call
    assert hook(styled(guidance_start=0.5))(call) is call


def picture(colour: tuple[int, int, int]) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 48), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


RED, BLUE = picture((255, 0, 0)), picture((0, 0, 255))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    from pipelines.catalog.safetensors_header import read_header

    folder = tmp_path_factory.mktemp("style")
    shapes = read_header(MODELS / "Stable-diffusion" / CHECKPOINT).shapes()
    context = next(shape[1] for name, shape in shapes.items() if name.endswith("attn2.to_k.weight"))
    write_style(folder / "t2iadapter_style_sd14v1.pth", context)
    ip_files.tiny_tower(folder / "annotators" / "clip_vitl")
    with control_engine(folder / "data", controlnets=folder, annotators=folder / "annotators") as made:
        yield made


def generate(engine: Engine, *units: dict[str, Any]) -> GenerationResult:
    call = ScriptCall(name="ControlNet", args=tuple({"enabled": True, **unit} for unit in units))
    result = engine.run(make_request(MODELS, steps=2, always_on=(call,)))
    assert isinstance(result, GenerationResult)
    return result


def unit(image: str, **values: Any) -> dict[str, Any]:
    style = {"module": "t2ia_style_clipvision", "model": "t2iadapter_style_sd14v1"}
    return {"image": image, **style, **values}


def test_pictures_follow_the_style(engine: Engine) -> None:
    base = pixels(generate(engine))
    red, blue = generate(engine, unit(RED)), generate(engine, unit(BLUE))
    assert not np.array_equal(pixels(red), base)
    assert not np.array_equal(pixels(red), pixels(blue))
    assert len(red.images) == 2
    assert pixels(red, 1).shape == (48, 32, 3)
    assert np.array_equal(pixels(generate(engine)), base)


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"module": "canny"}, "module", "its preprocessor is clip_vision"),
        ({"model": "tiny-control-canny"}, "model", "needs a T2I style adapter"),
        ({"effective_region_mask": RED}, "effective_region_mask", "without a region mask"),
    ],
)
def test_what_does_not_go_together_is_an_error(
    engine: Engine, values: dict[str, Any], field: str, text: str
) -> None:
    with pytest.raises(InvalidRequest, match=text) as caught:
        generate(engine, unit(RED, **values))
    assert caught.value.field == f"always_on.controlnet.args.0.{field}"
