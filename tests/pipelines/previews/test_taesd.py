"""TAESD's layers against diffusers' own class with the same weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny
from safetensors.torch import save_file
from torch import Tensor

from pipelines.contract.errors import CorruptFile
from pipelines.previews.taesd import TaesdDecoder, TaesdEncoder, read_decoder, read_encoder


def shifted(tensors: dict[str, Tensor], by: int) -> dict[str, Tensor]:
    """diffusers' names -> names of the published files, whose decoder begins with a clamp."""
    parts = [(name.removeprefix("layers.").partition("."), tensor) for name, tensor in tensors.items()]
    return {f"{int(number) + by}.{rest}": tensor for (number, _, rest), tensor in parts}


@pytest.fixture(scope="module")
def tiny() -> AutoencoderTiny:
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType]
    return AutoencoderTiny().eval().requires_grad_(False)


def test_decoder(tiny: AutoencoderTiny, tmp_path: Path) -> None:
    path = tmp_path / "taesd_decoder.safetensors"
    save_file(shifted(tiny.decoder.state_dict(), 1), path)
    latents = torch.randn(1, 4, 4, 6, generator=torch.Generator().manual_seed(1))
    ours = read_decoder(path)(latents)
    assert ours.shape == (1, 3, 32, 48)
    assert torch.allclose(ours * 2 - 1, tiny.decoder(latents), atol=1e-5)


def test_encoder(tiny: AutoencoderTiny, tmp_path: Path) -> None:
    path = tmp_path / "taesd_encoder.safetensors"
    save_file(shifted(tiny.encoder.state_dict(), 0), path)
    pixels = torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(1))
    ours = read_encoder(path)(pixels)
    assert ours.shape == (1, 4, 4, 6)
    assert torch.allclose(ours, tiny.encoder(pixels * 2 - 1), atol=1e-5)


def test_channels_come_from_the_file(tmp_path: Path) -> None:
    torch.save(TaesdEncoder(16).state_dict(), tmp_path / "encoder.pth")
    torch.save(TaesdDecoder(16).state_dict(), tmp_path / "decoder.pth")
    assert read_encoder(tmp_path / "encoder.pth")(torch.zeros(1, 3, 8, 8)).shape == (1, 16, 1, 1)
    assert read_decoder(tmp_path / "decoder.pth")(torch.zeros(1, 16, 1, 1)).shape == (1, 3, 8, 8)


def test_other_files_are_refused(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(4)}, tmp_path / "a.safetensors")
    save_file({"1.weight": torch.zeros(4, 4, 3, 3)}, tmp_path / "b.safetensors")
    for name in ("a.safetensors", "b.safetensors"):
        for read in (read_decoder, read_encoder):
            with pytest.raises(CorruptFile, match=name):
                read(tmp_path / name)
