"""ControlNet-LLLite: against modules built as the file's format says, on the same weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from extensions.controlnet.control.networks.lllite import LLLiteHook, LLLiteNetwork, load_lllite
from extensions.controlnet.units.detect import ControlKind, detect
from pipelines.contract.errors import CorruptFile, InvalidRequest, UnsupportedModel
from pipelines.families.model import LoadedModel
from tests.extensions.controlnet import tiny

WIDTH, INNER = 8, 6
BLOCK = "_transformer_blocks_0_attn"
PLACES = {
    "lllite_unet_input_blocks_4_1" + BLOCK + "1_to_q": "down_blocks.1.attentions.0",
    "lllite_unet_input_blocks_4_1" + BLOCK + "1_to_v": "down_blocks.1.attentions.0",
    "lllite_unet_input_blocks_8_1" + BLOCK + "2_to_q": "down_blocks.2.attentions.1",
    "lllite_unet_middle_block_1" + BLOCK + "1_to_k": "mid_block.attentions.0",
}
DEPTHS = {"input_blocks_4": 2, "input_blocks_8": 3, "middle_block": 3}


class Lite(nn.Module):
    """One module, as the format's author describes it."""

    def __init__(self, depth: int, width: int) -> None:
        super().__init__()
        steps: list[nn.Module] = [nn.Conv2d(3, WIDTH // 2, 4, 4), nn.ReLU()]
        if depth == 3:
            steps += [nn.Conv2d(WIDTH // 2, WIDTH // 2, 4, 4), nn.ReLU(), nn.Conv2d(WIDTH // 2, WIDTH, 2, 2)]
        else:
            kernel = {1: 2, 2: 4}[depth]
            steps += [nn.Conv2d(WIDTH // 2, WIDTH, kernel, kernel)]
        self.conditioning1 = nn.Sequential(*steps)
        self.down = nn.Sequential(nn.Linear(width, INNER), nn.ReLU())
        self.mid = nn.Sequential(nn.Linear(INNER + WIDTH, INNER), nn.ReLU())
        last = nn.Linear(INNER, width)
        nn.init.normal_(last.weight, std=20.0)
        self.up = nn.Sequential(last)

    def forward(self, x: Tensor, picture: Tensor) -> Tensor:
        seen = self.conditioning1(picture).flatten(2).transpose(1, 2).expand(len(x), -1, -1)
        return x + self.up(self.mid(torch.cat([seen, self.down(x)], dim=2)))


def projection(model: LoadedModel, name: str) -> nn.Linear:
    attention, kind = name[-6], name[-4:]
    path = f"{PLACES[name]}.transformer_blocks.0.attn{attention}.{kind}"
    module = model.unet.get_submodule(path)
    assert isinstance(module, nn.Linear)
    return module


def modules(model: LoadedModel) -> dict[str, Lite]:
    torch.manual_seed(4)
    # in SD 1.x the middle is smaller than the format's deepest hint
    sdxl = len(model.unet.down_blocks) == 3
    names = [name for name in PLACES if sdxl or "middle" not in name]
    depth = {name: next(d for mark, d in DEPTHS.items() if mark in name) for name in names}
    return {
        name: Lite(depth[name], projection(model, name).in_features).requires_grad_(False) for name in names
    }


def as_file(made: dict[str, Lite], path: Path) -> dict[str, Tensor]:
    tensors = {f"{name}.{key}": t for name, lite in made.items() for key, t in lite.state_dict().items()}
    save_file(tensors, path)
    return tensors


def hook(model: LoadedModel, network: LLLiteNetwork, hint: Tensor, weight: float = 1.0) -> LLLiteHook:
    embeddings = network.embeddings(hint)
    return LLLiteHook(
        model=model, network=network, embeddings=embeddings, weight=weight, place="args.0.model"
    )


def run(model: LoadedModel, size: int = 8) -> Tensor:
    call = tiny.tiny_call(model, size=size)
    return model.predict(call.x, call.timesteps, call.context, call.vector)


@pytest.mark.parametrize("sdxl", [False, True])
def test_projections_see_what_the_format_says(tmp_path: Path, sdxl: bool) -> None:
    model = tiny.tiny_model(sdxl=sdxl)
    lites, hint = modules(model), torch.rand(1, 3, 64, 64)
    tensors = as_file(lites, tmp_path / "x.safetensors")
    assert detect({n: tuple(t.shape) for n, t in tensors.items()}, Path("x")) is ControlKind.LLLITE
    network = load_lllite(tmp_path / "x.safetensors", model, field="f")
    plain = run(model)
    handles = [
        projection(model, name).register_forward_pre_hook(
            lambda module, args, lite=lite: (lite(args[0], hint * 2 - 1),)
        )
        for name, lite in lites.items()
    ]
    wanted = run(model)
    for handle in handles:
        handle.remove()
    with hook(model, network, hint):
        made = run(model)
    effect = float((made - plain).abs().max())
    assert effect > 1e-4
    assert float((made - wanted).abs().max()) < effect / 100
    with hook(model, network, hint, weight=0.0):
        assert torch.equal(run(model), plain)
    assert torch.equal(run(model), plain)


def test_sizes_that_halve_unevenly_still_meet(tmp_path: Path) -> None:
    model = tiny.tiny_model(sdxl=True)
    as_file(modules(model), tmp_path / "x.safetensors")
    network = load_lllite(tmp_path / "x.safetensors", model, field="f")
    with hook(model, network, torch.rand(1, 3, 72, 72)):
        assert torch.isfinite(run(model, size=9)).all()


def test_what_cannot_run_is_refused(tmp_path: Path) -> None:
    model = tiny.tiny_model(sdxl=True)
    tensors: dict[str, Any] = as_file(modules(model), tmp_path / "x.safetensors")
    network = load_lllite(tmp_path / "x.safetensors", model, field="f")
    with (
        hook(model, network, torch.rand(1, 3, 128, 128)),
        pytest.raises(InvalidRequest, match="HyperTile or token merging"),
    ):
        run(model)
    with pytest.raises(UnsupportedModel, match="different base models"):
        load_lllite(tmp_path / "x.safetensors", tiny.tiny_model(), field="f")
    del tensors[next(iter(PLACES)) + ".up.0.weight"]
    save_file(tensors, tmp_path / "torn.safetensors")
    with pytest.raises(CorruptFile, match=r"lacks lllite_.*\.up\.0\.weight"):
        load_lllite(tmp_path / "torn.safetensors", model, field="f")
