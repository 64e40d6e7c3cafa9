"""Small networks are found by their names, read once, and read again when their file changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pipelines.contract.errors import MissingWeights
from pipelines.families.base import Previews
from pipelines.previews.approx_nn import ApproxNN
from pipelines.previews.taesd import TaesdDecoder, TaesdEncoder
from pipelines.previews.tiny_models import TinyModels

CPU = torch.device("cpu")
SHOWN = Previews(rgb=(), approx_nn=("best.pt", "other.pt"), taesd="taetest")


@pytest.fixture
def models(tmp_path: Path) -> TinyModels:
    for folder in ("VAE-approx", "VAE-taesd"):
        (tmp_path / folder).mkdir()
    return TinyModels(tmp_path)


def write_approx(folder: Path, name: str, channels: int) -> None:
    torch.save(ApproxNN(channels).state_dict(), folder / "VAE-approx" / name)


def channels_of(network: ApproxNN) -> int:
    return next(network.parameters()).shape[1]


def test_the_best_file_that_is_there_is_read(models: TinyModels, tmp_path: Path) -> None:
    write_approx(tmp_path, "other.pt", 4)
    assert channels_of(models.approx_nn(CPU, SHOWN)) == 4
    write_approx(tmp_path, "best.pt", 16)
    assert channels_of(models.approx_nn(CPU, SHOWN)) == 16


def test_a_network_is_kept_until_it_is_unloaded(models: TinyModels, tmp_path: Path) -> None:
    write_approx(tmp_path, "best.pt", 4)
    first = models.approx_nn(CPU, SHOWN)
    assert models.approx_nn(CPU, SHOWN) is first
    models.unload()
    assert models.approx_nn(CPU, SHOWN) is not first


def test_a_changed_file_is_read_again(models: TinyModels, tmp_path: Path) -> None:
    write_approx(tmp_path, "best.pt", 4)
    models.approx_nn(CPU, SHOWN)
    write_approx(tmp_path, "best.pt", 16)
    assert channels_of(models.approx_nn(CPU, SHOWN)) == 16


def test_encoders_and_decoders_have_files_of_two_kinds(models: TinyModels, tmp_path: Path) -> None:
    folder = tmp_path / "VAE-taesd"
    save_file(TaesdEncoder(4).state_dict(), folder / "taetest_encoder.safetensors")
    torch.save(TaesdDecoder(4).state_dict(), folder / "taetest_decoder.pth")
    assert isinstance(models.encoder(CPU, SHOWN), TaesdEncoder)
    assert isinstance(models.decoder(CPU, SHOWN), TaesdDecoder)


def test_a_missing_file_is_named_with_its_folder(models: TinyModels, tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match=r"^best\.pt is missing: .*VAE-approx"):
        models.approx_nn(CPU, SHOWN)
    with pytest.raises(MissingWeights, match=r"^taetest_encoder\.pth is missing: .*VAE-taesd"):
        models.encoder(CPU, SHOWN)


def test_a_family_without_such_networks_has_none_missing(models: TinyModels) -> None:
    plain = Previews(rgb=())
    for find in (models.approx_nn, models.decoder, models.encoder):
        with pytest.raises(MissingWeights, match="family has no such network"):
            find(CPU, plain)
