"""The yaml beside a checkpoint is read for facts that its tensors don't show."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipelines.contract.errors import CorruptFile
from pipelines.families.sd.betas import BetaSchedule, compute_alphas_cumprod
from pipelines.families.sd.config import config_beside, read_config


def write(tmp_path: Path, text: str) -> Path:
    """Write a yaml, as it would lie beside a checkpoint."""
    path = tmp_path / "model.yaml"
    path.write_text(text)
    return path


def test_published_v_config(tmp_path: Path) -> None:
    config = read_config(
        write(
            tmp_path,
            "model:\n  target: ldm.models.diffusion.ddpm.LatentDiffusion\n  params:\n"
            "    parameterization: 'v'\n    linear_start: 0.00085\n    linear_end: 0.0120\n"
            "    timesteps: 1000\n    scale_factor: 0.18215\n"
            "    unet_config:\n      params:\n        num_head_channels: 64\n",
        )
    )
    assert config.prediction_type == "v_prediction"
    assert config.betas == BetaSchedule()
    assert config.heads == 0
    assert config.latent_scale == 0.18215


@pytest.mark.parametrize(("scaling", "kind"), [("VScaling", "v_prediction"), ("EpsScaling", "epsilon")])
def test_sgm_scaling(tmp_path: Path, scaling: str, kind: str) -> None:
    text = (
        "model: {params: {denoiser_config: {params: {scaling_config: "
        f"{{target: sgm.modules.diffusionmodules.denoiser_scaling.{scaling}}}}}}}}}}}"
    )
    assert read_config(write(tmp_path, text)).prediction_type == kind


def test_an_empty_config_says_nothing(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, ""))
    assert (config.prediction_type, config.betas, config.heads, config.latent_scale) == (
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    "text", ["model: [", "model: {params: {linear_start: many}}", "!!python/object:os.system {}"]
)
def test_bad_configs_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CorruptFile, match=r"model\.yaml"):
        read_config(write(tmp_path, text))


def test_own_config_wins_over_the_fallback(tmp_path: Path) -> None:
    own = write(tmp_path, "model: {params: {parameterization: v}}")
    fallback = tmp_path / "other.yaml"
    fallback.write_text("model: {params: {parameterization: eps}}")
    beside = config_beside(tmp_path / "model.ckpt", fallback)
    other = config_beside(tmp_path / "lonely.ckpt", fallback)
    assert beside is not None
    assert beside.path == own
    assert other is not None
    assert other.path == fallback
    assert config_beside(tmp_path / "lonely.ckpt") is None


def test_given_betas_are_used(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, "model: {params: {given_betas: [0.1, 0.2]}}"))
    assert config.betas is not None
    torch.testing.assert_close(compute_alphas_cumprod(config.betas), torch.tensor([0.9, 0.72]))


@pytest.mark.parametrize("name", ["linear", "sqrt_linear", "sqrt", "cosine", "squaredcos_cap_v2"])
def test_every_schedule_falls(name: str) -> None:
    table = compute_alphas_cumprod(BetaSchedule(beta_schedule=name))
    assert table.shape == (1000,)
    assert bool((table.diff() <= 0).all())
    assert 0 <= table[-1] < table[0] < 1
