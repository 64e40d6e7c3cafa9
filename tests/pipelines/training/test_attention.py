"""Attention is plain where a run asks for it on a CPU, and as ever afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pipelines.contract.options import GenerationOptions
from pipelines.families.model import LoadedModel
from pipelines.training.attention import attention_of
from tests.engines import make_engine
from tests.pipelines.training.runs import short_request


@pytest.fixture(scope="module")
def model(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedModel]:
    engine = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    checkpoint = str(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")
    yield engine.services.load_checkpoint(checkpoint, GenerationOptions())
    engine.close()


@pytest.mark.parametrize("plain", [True, False])
def test_plain_attention(plain: bool, model: LoadedModel, models_dir: Path, tmp_path: Path) -> None:
    request = replace(short_request(models_dir, tmp_path), plain_attention=plain)
    with attention_of(request, model):
        assert torch.backends.cuda.flash_sdp_enabled() is not plain
        assert torch.backends.cuda.math_sdp_enabled()
    assert torch.backends.cuda.flash_sdp_enabled()
