"""Pictures of latents by each method, with and without the files they need."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipelines.families.sd.sd1 import SD1
from pipelines.families.sd.sdxl import SDXL
from pipelines.previews.approx_nn import ApproxNN
from pipelines.previews.preview import latent_previews
from pipelines.previews.taesd import TaesdDecoder
from pipelines.previews.tiny_models import TinyModels

LATENTS = torch.randn(2, 4, 4, 6, generator=torch.Generator().manual_seed(0))


def test_linear_map() -> None:
    latents = torch.zeros(1, 4, 2, 2)
    latents[:, 0] = 1.0
    image = latent_previews(latents, SD1).images()[0]
    assert image.size == (16, 16)
    assert image.getpixel((8, 8)) == tuple(int(255 * (v * 0.5 + 0.5)) for v in (0.298, 0.207, 0.208))
    assert latent_previews(latents, SDXL).images()[0].getpixel((8, 8)) == tuple(
        int(255 * (v * 0.5 + 0.5)) for v in SDXL.previews.rgb[0]
    )


def test_nan_is_black_not_an_error() -> None:
    image = latent_previews(torch.full((1, 4, 2, 2), float("nan")), SD1).images()[0]
    assert image.getpixel((0, 0)) == (0, 0, 0)


@pytest.mark.parametrize("method", ["Approx NN", "TAESD", "Full"])
def test_missing_files_fall_back_to_the_linear_map(method: str, tmp_path: Path) -> None:
    ours = latent_previews(LATENTS, SD1, method=method, models=TinyModels(tmp_path)).images()
    assert [i.tobytes() for i in ours] == [i.tobytes() for i in latent_previews(LATENTS, SD1).images()]


@pytest.mark.parametrize("method", ["Approx NN", "TAESD"])
def test_networks_are_used_where_they_are(method: str, tmp_path: Path) -> None:
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType]
    for folder in ("VAE-approx", "VAE-taesd"):
        (tmp_path / folder).mkdir()
    torch.save(ApproxNN(4).state_dict(), tmp_path / "VAE-approx" / "model.pt")
    torch.save(TaesdDecoder(4).state_dict(), tmp_path / "VAE-taesd" / "taesd_decoder.pth")
    ours = latent_previews(LATENTS, SD1, method=method, models=TinyModels(tmp_path)).images()
    assert [image.size for image in ours] == [(48, 32)] * 2
    assert ours[0].tobytes() != latent_previews(LATENTS, SD1).images()[0].tobytes()
