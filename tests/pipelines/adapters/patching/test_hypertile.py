"""HyperTile: grids, depths, draws, and that tiles are put together again."""

from __future__ import annotations

from random import Random

import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, nn

from pipelines.adapters.patching.hypertile import HypertilePatcher, Tiles, grid_of, vae_depth
from pipelines.families.patches import Hypertile
from pipelines.families.sd.sd1 import SD1
from tests.pipelines.adapters.patching.test_tome import run, small_unet


@pytest.mark.parametrize(
    ("tokens", "aspect", "expected"),
    [(4096, 1.0, (64, 64)), (6144, 1.5, (96, 64)), (54, 1.5, (9, 6)), (63, 0.8, (7, 9)), (35, 1.0, (7, 5))],
)
def test_grids(tokens: int, aspect: float, expected: tuple[int, int]) -> None:
    assert grid_of(tokens, aspect) == expected


def test_of_a_vae_the_decoders_middle_is_tiled() -> None:
    assert vae_depth("decoder.mid_block.attentions.0", 4) == 0
    assert vae_depth("encoder.mid_block.attentions.0", 4) is None


def test_draws_rows_then_columns_from_the_largest_counts() -> None:
    tiles = Tiles(Hypertile(seed=3, cell=8, width=1024, height=512, max_tile=128))
    random = Random(3)
    for _ in range(5):
        # sides 128 and 64 with tiles of at least 16 cells: 16, 32, 64 and 16, 32, 64
        expected = [8, 4, 2][random.randint(0, 2)], [4, 2, 1][random.randint(0, 2)]
        assert tiles.draw(128, 64, 0) == expected


def test_deeper_layers_have_larger_tiles() -> None:
    tiles = Tiles(Hypertile(seed=3, cell=8, width=512, height=512, max_tile=128, swap_size=1))
    assert [tiles.draw(64, 64, depth) for depth in (0, 1, 2, 3)] == [(4, 4), (2, 2), (1, 1), (1, 1)]


def test_a_jobs_stream_goes_on() -> None:
    random = Random(3)
    Tiles(Hypertile(seed=3, cell=8, width=1024, height=512, random=random)).draw(128, 64, 0)
    assert random.getstate() != Random(3).getstate()


class Half(nn.Module):
    """Stands for an attention: scales by the number of tiles it is given at once."""

    def forward(self, x: Tensor) -> Tensor:
        return x * x.shape[0]


def wrap(attention: nn.Module) -> nn.Module:
    """A module in which ``attention`` is the shallowest self-attention."""
    block = nn.Module()
    block.attn1 = attention
    transformer = nn.Module()
    transformer.transformer_blocks = nn.ModuleList([block])
    down = nn.Module()
    down.attentions = nn.ModuleList([transformer])
    unet = nn.Module()
    unet.down_blocks = nn.ModuleList([down])
    return unet


def test_tiles_are_put_together_again() -> None:
    attention = Half()
    patcher = HypertilePatcher()
    unet = wrap(attention)
    patcher.apply(
        Hypertile(seed=0, cell=8, width=512, height=256, max_tile=128, swap_size=1), unet, SD1.attention_depth
    )
    x = torch.arange(64.0 * 32).reshape(1, 64 * 32, 1)
    assert torch.equal(attention(x), x * 8)
    patcher.apply(None, unet, SD1.attention_depth)
    assert torch.equal(attention(x), x)


def test_a_unet_is_changed_and_put_back() -> None:
    unet = small_unet()
    before = run(unet, (32, 32))
    patcher = HypertilePatcher()
    patcher.apply(
        Hypertile(seed=0, cell=8, width=256, height=256, swap_size=1, max_tile=128), unet, SD1.attention_depth
    )
    tiled = run(unet, (32, 32))
    patcher.apply(None, unet, SD1.attention_depth)
    assert not torch.allclose(tiled, before, atol=1e-5)
    assert torch.equal(run(unet, (32, 32)), before)


def test_the_vaes_middle_attention_is_tiled() -> None:
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType]
    vae = AutoencoderKL(block_out_channels=(32,), norm_num_groups=8).eval().requires_grad_(False)
    latent = torch.randn(1, 4, 32, 16)
    before = vae.decoder(latent)
    patcher = HypertilePatcher()
    patcher.apply(Hypertile(seed=0, cell=8, width=128, height=256, swap_size=1, max_tile=128), vae, vae_depth)
    tiled = vae.decoder(latent)
    patcher.apply(None, vae, vae_depth)
    assert tiled.shape == before.shape
    assert not torch.allclose(tiled, before, atol=1e-6)
    assert torch.equal(vae.decoder(latent), before)
