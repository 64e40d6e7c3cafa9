"""The prediction type of a checkpoint, by yaml and marks in the file, and zero-terminal noise."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from pipelines.families.load import load_checkpoint
from pipelines.families.model import LoadedModel
from pipelines.families.sd.prediction import METADATA_KEY
from pipelines.sampling.model_noise import VpNoise
from pipelines.sampling.noise_table import NoiseTable, override_alphas, zero_terminal_snr

V, ZERO = {"v_pred": torch.zeros(0)}, {"ztsnr": torch.zeros(0)}


@pytest.fixture(scope="module")
def tensors(models_dir: Path) -> dict[str, Tensor]:
    return load_file(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")


def saved(
    folder: Path, tensors: dict[str, Tensor], *, stated: str | None = None, yaml: str | None = None
) -> Path:
    path = folder / "marked.safetensors"
    save_file(tensors, path, None if stated is None else {METADATA_KEY: stated})
    if yaml is not None:
        path.with_suffix(".yaml").write_text(yaml)
    return path


def noise_of(model: LoadedModel) -> VpNoise:
    assert isinstance(model.noise, VpNoise)
    return model.noise


def params(text: str) -> str:
    return f"model:\n  params:\n    {text}\n"


def test_a_plain_file_predicts_noise_and_says_nothing(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    model = load_checkpoint(saved(tmp_path, tensors))
    assert (model.noise.predicts, model.warnings) == ("epsilon", ())


@pytest.mark.parametrize("mark", [torch.zeros(0), torch.tensor(1.0), torch.ones(1)])
def test_a_v_mark_decides_and_is_told(tmp_path: Path, tensors: dict[str, Tensor], mark: Tensor) -> None:
    model = load_checkpoint(saved(tmp_path, {**tensors, "v_pred": mark}))
    assert model.noise.predicts == "v_prediction"
    assert ["v-prediction" in text and "v_pred" in text for text in model.warnings] == [True]
    assert float(noise_of(model).alphas_cumprod[-1]) == pytest.approx(0.0046600983)


def test_zero_terminal_noise_by_mark(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    plain = noise_of(load_checkpoint(saved(tmp_path, tensors))).alphas_cumprod
    model = load_checkpoint(saved(tmp_path, {**tensors, **V, **ZERO}))
    table = NoiseTable(noise_of(model).alphas_cumprod)
    assert float(table.sigmas[-1]) == pytest.approx(4518.76, rel=1e-4)
    assert torch.equal(noise_of(model).alphas_cumprod, zero_terminal_snr(plain))
    assert "zero-terminal SNR" in model.warnings[0]
    assert "ztsnr" in model.warnings[0]


@pytest.mark.parametrize("downcast", [False, True])
def test_the_option_does_not_stretch_a_second_time(downcast: bool) -> None:
    stretched = zero_terminal_snr(NoiseTable(torch.linspace(0.999, 0.005, 1000)).alphas_cumprod)
    again = override_alphas(stretched, downcast=downcast, zero_terminal=True)
    assert torch.equal(again, stretched.half() if downcast else stretched)


@pytest.mark.parametrize(
    ("stated", "predicts"),
    [
        ("v", "v_prediction"),
        ("V-Prediction", "v_prediction"),
        ("v_prediction", "v_prediction"),
        ("epsilon", "epsilon"),
        ("something else", "epsilon"),
    ],
)
def test_metadata_of_the_file(tmp_path: Path, tensors: dict[str, Tensor], stated: str, predicts: str) -> None:
    model = load_checkpoint(saved(tmp_path, tensors, stated=stated))
    assert model.noise.predicts == predicts
    assert [METADATA_KEY in text for text in model.warnings] == [True] * (predicts != "epsilon")


def test_a_marker_tensor_counts_before_metadata(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    model = load_checkpoint(saved(tmp_path, {**tensors, **V}, stated="epsilon"))
    assert model.noise.predicts == "v_prediction"


def test_the_yaml_beside_wins_over_all_marks(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    path = saved(tmp_path, {**tensors, **V, **ZERO}, yaml=params("parameterization: eps"))
    model = load_checkpoint(path)
    assert model.noise.predicts == "epsilon"
    assert float(noise_of(model).alphas_cumprod[-1]) > 0.001
    assert ["marked.yaml" in text and "v_pred" in text for text in model.warnings] == [True]


def test_marks_count_where_the_yaml_agrees_or_is_silent(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    for yaml in (params("parameterization: v"), params("scale_factor: 0.18215")):
        model = load_checkpoint(saved(tmp_path, {**tensors, **V, **ZERO}, yaml=yaml))
        assert model.noise.predicts == "v_prediction"
        assert float(noise_of(model).alphas_cumprod[-1]) < 1e-6


def test_a_common_yaml_does_not_overrule_marks(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    common = tmp_path / "common.yaml"
    common.write_text(params("parameterization: eps"))
    model = load_checkpoint(saved(tmp_path, {**tensors, **V}), fallback_config=common)
    assert model.noise.predicts == "v_prediction"


def test_sd2_files_with_marks_need_no_test(tmp_path: Path, parity_dir: Path) -> None:
    sd2 = load_file(parity_dir / "models" / "Stable-diffusion" / "tiny-sd2.safetensors")
    assert load_checkpoint(saved(tmp_path, sd2, stated="epsilon")).noise.predicts == "v_prediction"
    assert load_checkpoint(saved(tmp_path, {**sd2, **V})).noise.predicts == "v_prediction"


def test_sdxl_files_of_the_noobai_kind(tmp_path: Path, parity_dir: Path) -> None:
    sdxl = load_file(parity_dir / "models" / "Stable-diffusion" / "tiny-sdxl.safetensors")
    model = load_checkpoint(saved(tmp_path, {**sdxl, **V, **ZERO}))
    assert (model.family.name, model.noise.predicts) == ("sdxl", "v_prediction")
    assert float(NoiseTable(noise_of(model).alphas_cumprod).sigmas[-1]) == pytest.approx(4518.76, rel=1e-4)
