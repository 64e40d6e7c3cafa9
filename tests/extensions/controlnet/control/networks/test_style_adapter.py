"""T2I style adapters: tokens by the paper's definition, and files that don't fit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from extensions.controlnet.control.networks.style_adapter import build_style, load_style
from pipelines.contract.errors import CorruptFile, UnsupportedModel
from tests.extensions.controlnet import tiny
from tests.extensions.controlnet.style_files import WIDTH, style_tensors, write_style


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
    network = load_style(write_style(tmp_path / "style.pth", model.context_width), model, field="model")
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
        load_style(write_style(tmp_path / "wide.pth", 99), tiny.tiny_model(), field="model")
    with pytest.raises(CorruptFile, match="no multiple of 8"):
        build_style({"proj": (12, 4), "style_embedding": (1, 8, 12)})
