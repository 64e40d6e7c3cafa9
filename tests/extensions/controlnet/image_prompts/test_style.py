"""T2I style adapters: the published layout, what is appended to texts, and a generation that follows."""

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

from extensions.controlnet.control.networks.style_adapter import StyleNetwork, build_style, load_style
from extensions.controlnet.image_prompts.style_units import StyleHook
from extensions.controlnet.maps.embedding import ImageEmbedding
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.detect import ControlKind
from extensions.controlnet.units.spellings import HiresOption
from pipelines.contract.errors import CorruptFile, InvalidRequest, UnsupportedModel
from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import CHECKPOINT, make_request, pixels
from tests.extensions.controlnet import ip_files, tiny
from tests.extensions.controlnet.control_engine import MODELS, control_engine

WIDTH, TOKENS = ip_files.HIDDEN, 8


def style_tensors(context: int, seed: int = 0) -> dict[str, Tensor]:
    """The tensors of a published style adapter, with few channels and two layers."""
    generator = torch.Generator().manual_seed(seed)
    shapes: dict[str, tuple[int, ...]] = {"style_embedding": (1, TOKENS, WIDTH), "proj": (WIDTH, context)}
    shapes |= {f"{norm}.{kind}": (WIDTH,) for norm in ("ln_pre", "ln_post") for kind in ("weight", "bias")}
    for layer in range(2):
        block = f"transformer_layes.{layer}"
        for kind in ("weight", "bias"):
            end, wide = ((WIDTH,), (4 * WIDTH,)) if kind == "weight" else ((), ())
            shapes |= {f"{block}.{norm}.{kind}": (WIDTH,) for norm in ("ln_1", "ln_2")}
            shapes[f"{block}.attn.in_proj_{kind}"] = (3 * WIDTH, *end)
            shapes[f"{block}.attn.out_proj.{kind}"] = (WIDTH, *end)
            shapes[f"{block}.mlp.c_fc.{kind}"] = (4 * WIDTH, *end)
            shapes[f"{block}.mlp.c_proj.{kind}"] = (WIDTH, *wide)
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def write(path: Path, context: int) -> Path:
    torch.save(style_tensors(context), path)
    return path


def attended(x: Tensor, weights: dict[str, Tensor], block: str) -> Tensor:
    """One block, in the words of the paper's appendix: attention and a feed-forward network, both added."""

    def norm(x: Tensor, name: str) -> Tensor:
        place = f"{block}.{name}"
        return torch.layer_norm(x, (WIDTH,), weights[f"{place}.weight"], weights[f"{place}.bias"])

    def linear(x: Tensor, name: str, joint: str = ".") -> Tensor:
        return x @ weights[f"{block}.{name}{joint}weight"].T + weights[f"{block}.{name}{joint}bias"]

    seen = norm(x, "ln_1")
    query, key, value = linear(seen, "attn.in_proj", "_").chunk(3, dim=-1)
    heads = [part.unflatten(-1, (8, -1)).transpose(1, 2) for part in (query, key, value)]
    scores = (heads[0] @ heads[1].transpose(-1, -2)) / (WIDTH // 8) ** 0.5
    x = x + linear((scores.softmax(dim=-1) @ heads[2]).transpose(1, 2).flatten(2), "attn.out_proj")
    inner = linear(norm(x, "ln_2"), "mlp.c_fc")
    return x + linear(inner * torch.sigmoid(1.702 * inner), "mlp.c_proj")


def test_tokens_are_those_of_the_paper(tmp_path: Path) -> None:
    model = tiny.tiny_model()
    weights = style_tensors(model.context_width)
    network = load_style(write(tmp_path / "style.pth", model.context_width), model, field="model")
    hidden = torch.randn(1, 5, WIDTH, generator=torch.Generator().manual_seed(3))
    x = torch.layer_norm(
        torch.cat([hidden, weights["style_embedding"]], dim=1),
        (WIDTH,),
        weights["ln_pre.weight"],
        weights["ln_pre.bias"],
    )
    for layer in range(2):
        x = attended(x, weights, f"transformer_layes.{layer}")
    x = torch.layer_norm(x[:, 5:], (WIDTH,), weights["ln_post.weight"], weights["ln_post.bias"])
    wanted = x @ weights["proj"]
    torch.testing.assert_close(network.tokens(hidden, torch.device("cpu")), wanted, atol=2e-3, rtol=2e-3)


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedModel, match="different base models"):
        load_style(write(tmp_path / "wide.pth", 99), tiny.tiny_model(), field="model")
    with pytest.raises(CorruptFile, match="no multiple of 8"):
        build_style({"proj": (12, 4), "style_embedding": (1, 8, 12)})


def styled(**values: Any) -> PreparedUnit:
    unit = tiny.tiny_unit("clip_vision", **values)
    some = torch.zeros(1, 3, WIDTH)
    embedding = ImageEmbedding(pooled=torch.zeros(1, 4), hidden=some, empty_hidden=some, last=some)
    return replace(unit, kind=ControlKind.T2I_STYLE, embeddings=(embedding,), pictures=(unit.source,))


class Ones(StyleNetwork):
    """Answers ones."""

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
    write(folder / "t2iadapter_style_sd14v1.pth", context)
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
