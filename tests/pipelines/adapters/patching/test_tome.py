"""Token merging: what is merged, what comes back, and that it leaves no trace."""

from __future__ import annotations

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor

from pipelines.adapters.patching.tome import TokenMergingPatcher, plan_merge


def small_unet() -> UNet2DConditionModel:
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType]
    unet = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(32, 64),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=16,
        attention_head_dim=4,
    )
    return unet.eval().requires_grad_(False)


def run(unet: UNet2DConditionModel, size: tuple[int, int] = (8, 8)) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(2, 4, *size, generator=generator)
    context = torch.randn(2, 5, 16, generator=generator)
    return unet(x, torch.tensor([500, 500]), encoder_hidden_states=context).sample


def test_equal_tokens_come_back_unchanged() -> None:
    cells = torch.randn(1, 4, 3, generator=torch.Generator().manual_seed(0))
    grid = cells.reshape(1, 2, 1, 2, 1, 3).expand(1, 2, 2, 2, 2, 3).reshape(1, 16, 3)
    merge = plan_merge(grid, 4, 4, 0.5)
    assert merge is not None
    small = merge.merge(grid)
    assert small.shape == (1, 8, 3)
    assert torch.allclose(merge.unmerge(small), grid, atol=1e-6)


def test_the_most_similar_tokens_are_averaged() -> None:
    # one row of cells: destination 0 and its neighbours 1, 2, 3; token 3 points the same way
    tokens = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.2], [3.0, 0.0]]])
    merge = plan_merge(tokens, 2, 2, 0.25)
    assert merge is not None
    small = merge.merge(tokens)
    assert small.shape == (1, 3, 2)
    assert small[0, -1].tolist() == [2.0, 0.0]
    back = merge.unmerge(small)
    assert torch.allclose(back, torch.tensor([[2.0, 0.0], [0.0, 1.0], [-1.0, 0.2], [2.0, 0.0]]))


def test_at_most_all_sources_are_merged() -> None:
    tokens = torch.randn(1, 15, 4, generator=torch.Generator().manual_seed(0))
    merge = plan_merge(tokens, 5, 3, 0.99)
    assert merge is not None
    assert merge.merge(tokens).shape[1] == 2


def test_nothing_to_merge() -> None:
    tokens = torch.randn(1, 16, 4)
    assert plan_merge(tokens, 4, 4, 0.01) is None
    assert plan_merge(tokens, 1, 16, 0.5) is None


def test_a_unet_is_changed_and_put_back() -> None:
    unet = small_unet()
    before = run(unet)
    patcher = TokenMergingPatcher(unet)
    patcher.apply(0.5)
    merged = run(unet)
    patcher.apply(0.0)
    assert merged.shape == before.shape
    assert not torch.allclose(merged, before, atol=1e-4)
    assert torch.equal(run(unet), before)


def test_only_blocks_of_full_resolution_merge() -> None:
    unet = small_unet()
    seen: list[int] = []
    TokenMergingPatcher(unet).apply(0.5)
    for name, module in unet.named_modules():
        if name.endswith("attn1.to_q"):
            module.register_forward_pre_hook(lambda _m, args: seen.append(args[0].shape[1]))
    run(unet, (8, 6))
    assert seen == [24, 12, 12, 12, 12, 24, 24]
