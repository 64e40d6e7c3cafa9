"""Pictures to latents and back, rounding and noise as in A1111."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from pipelines.contract.errors import NansProduced, OutOfMemory
from pipelines.families.loading.vae import load_vae_file
from pipelines.families.sd.latents import SD_LATENTS
from pipelines.families.vae import Codec


@pytest.fixture
def codec(models_dir: Path) -> Codec:
    path = models_dir / "Stable-diffusion" / "tiny-sd1.safetensors"
    return Codec(
        module=load_vae_file(path, dtype=torch.float32, channels=SD_LATENTS.channels), latents=SD_LATENTS
    )


def pictures(count: int) -> Tensor:
    """Noise pictures in [0, 1]."""
    return torch.rand(count, 3, 64, 40, generator=torch.Generator().manual_seed(3))


def test_shapes(codec: Codec) -> None:
    latents = codec.encode(pictures(2))
    assert latents.shape == (2, 4, 8, 5)
    assert codec.decode(latents[:1]).shape == (1, 3, 64, 40)


def test_noise_comes_from_the_global_generator(codec: Codec) -> None:
    torch.manual_seed(5)
    first = codec.encode(pictures(2))
    torch.manual_seed(5)
    again = codec.encode(pictures(2))
    other = codec.encode(pictures(2))
    own = codec.encode(pictures(2), generator=torch.Generator().manual_seed(5))
    assert torch.equal(first, again)
    assert torch.equal(first, own)
    assert not torch.equal(first, other)


def test_pictures_are_encoded_one_by_one(codec: Codec) -> None:
    together = codec.encode(pictures(2), generator=torch.Generator().manual_seed(5))
    generator = torch.Generator().manual_seed(5)
    alone = [codec.encode(picture[None], generator=generator) for picture in pictures(2)]
    assert torch.equal(together, torch.cat(alone))


def test_sample_is_mean_plus_deviation_times_noise(codec: Codec) -> None:
    pixels = pictures(1)
    with torch.no_grad():
        posterior = codec.module.encode(2 * pixels - 1).latent_dist  # pyright: ignore[reportAttributeAccessIssue]
    noise = torch.randn(posterior.mean.shape, generator=torch.Generator().manual_seed(9))
    expected = 0.18215 * (posterior.mean + posterior.std * noise)
    torch.testing.assert_close(codec.encode(pixels, generator=torch.Generator().manual_seed(9)), expected)


def test_mode_is_the_unscaled_mean(codec: Codec) -> None:
    with torch.no_grad():
        posterior = codec.module.encode(2 * pictures(1) - 1).latent_dist  # pyright: ignore[reportAttributeAccessIssue]
    assert torch.equal(codec.encode_mode(pictures(1)), posterior.mode())


def test_latents_are_fp32_whatever_the_weights_are(codec: Codec) -> None:
    torch.nn.Module.to(codec.module, dtype=torch.bfloat16)
    assert codec.encode(pictures(1)).dtype == torch.float32
    assert codec.encode_mode(pictures(1)).dtype == torch.float32


def test_nan_widens_the_weights_for_good(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.nn.Module.to(codec.module, dtype=torch.bfloat16)
    rounded = codec.module.state_dict()["decoder.conv_in.weight"].float()
    decode = codec.module.decode

    def overflowing(cells: Tensor, **options: object) -> object:
        return (cells * torch.nan,) if cells.dtype == torch.bfloat16 else decode(cells, return_dict=False)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(codec.module, "decode", overflowing)
    picture = codec.decode(torch.zeros(1, 4, 8, 8))
    assert picture.dtype == torch.float32
    assert bool(picture.isfinite().all())
    assert codec.dtype == torch.float32
    assert torch.equal(codec.module.state_dict()["decoder.conv_in.weight"], rounded)
    assert codec.take_warnings() == ("the VAE produced NaN in bfloat16; it now runs in float32",)
    assert codec.take_warnings() == ()


def test_bf16_is_tried_where_the_option_says_so(codec: Codec) -> None:
    codec.to_bfloat16_first = True
    with pytest.raises(NansProduced):
        codec.decode(torch.full((1, 4, 8, 8), torch.nan))
    assert codec.dtype == torch.bfloat16


def test_no_switching_where_the_options_forbid_it(codec: Codec) -> None:
    torch.nn.Module.to(codec.module, dtype=torch.bfloat16)
    codec.to_float32 = False
    with pytest.raises(NansProduced):
        codec.decode(torch.full((1, 4, 8, 8), torch.nan))
    assert codec.dtype == torch.bfloat16


def test_nan_in_the_widest_dtype_is_an_error(codec: Codec) -> None:
    with pytest.raises(NansProduced):
        codec.decode(torch.full((1, 4, 8, 8), torch.nan))


def test_the_nan_check_can_be_off(codec: Codec) -> None:
    codec.nan_check = False
    assert bool(codec.decode(torch.full((1, 4, 8, 8), torch.nan)).isnan().any())


def test_without_memory_tiles_are_decoded(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    codec.module.tile_latent_min_size, codec.module.tile_sample_min_size = 16, 128
    latent = torch.randn(1, 4, 20, 20, generator=torch.Generator().manual_seed(1))
    whole = codec.decode(latent)
    decode = codec.module.decode

    def scarce(cells: Tensor, **options: object) -> object:
        if not codec.module.use_tiling:
            raise torch.OutOfMemoryError("no")
        return decode(cells, return_dict=False)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(codec.module, "decode", scarce)
    tiled = codec.decode(latent)
    assert tiled.shape == whole.shape
    assert float((tiled - whole).abs().mean()) < 0.1
    assert "tiles" in codec.warnings[0]


def test_without_memory_for_tiles_the_job_fails(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*arguments: object, **options: object) -> object:
        raise torch.OutOfMemoryError("no")

    monkeypatch.setattr(codec.module, "decode", none)
    monkeypatch.setattr(codec.module, "encode", none)
    with pytest.raises(OutOfMemory):
        codec.decode(torch.zeros(1, 4, 8, 8))
    with pytest.raises(OutOfMemory):
        codec.encode(pictures(1))


def test_a_family_s_shift_is_taken_off_and_put_back(codec: Codec) -> None:
    shifted = replace(codec, latents=replace(SD_LATENTS, shift=0.4))
    plain, moved = (
        one.encode(pictures(1), generator=torch.Generator().manual_seed(5)) for one in (codec, shifted)
    )
    torch.testing.assert_close(moved, plain - 0.4 * SD_LATENTS.scale)
    torch.testing.assert_close(shifted.decode(moved), codec.decode(plain), rtol=1e-3, atol=1e-3)
