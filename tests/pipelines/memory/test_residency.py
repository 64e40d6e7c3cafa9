"""Checkpoints come, stay, change and leave."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from pipelines.adapters.cache import AdapterCache
from pipelines.adapters.patching.patcher import Patcher
from pipelines.contract.errors import CorruptFile, MissingWeights, OverBudget
from pipelines.contract.settings import EngineSettings
from pipelines.families.load import load_checkpoint
from pipelines.families.model import LoadedModel
from pipelines.families.patches import NetworkUse, Patches
from pipelines.memory.budget import Budget
from pipelines.memory.residency import Residency
from pipelines.sampling.model_noise import VpNoise


def test_a_checkpoint_is_read_once(settings: EngineSettings, first: Path) -> None:
    residency = Residency(settings, hash_of=lambda path: path.stem)
    model = residency.checkpoint(first)
    assert residency.checkpoint(first) is model
    assert residency.current is model
    assert model.sha256 == "tiny-sd1"
    assert residency.bytes == model.bytes() > 10_000_000


def test_the_least_recently_used_leaves_and_is_freed(
    settings: EngineSettings, first: Path, second: Path
) -> None:
    residency = Residency(settings)
    gone = weakref.ref(residency.checkpoint(first).unet)
    residency.checkpoint(second)
    gc.collect()
    assert residency.loaded == (second,)
    assert gone() is None


def test_a_higher_limit_keeps_both(settings: EngineSettings, first: Path, second: Path) -> None:
    residency = Residency(settings, limit=2)
    model = residency.checkpoint(first)
    residency.checkpoint(second)
    assert residency.checkpoint(first) is model
    assert residency.loaded == (second, first)


def test_the_byte_budget_counts_too(settings: EngineSettings, first: Path, second: Path) -> None:
    residency = Residency(settings, limit=2, budget=Budget(20_000_000))
    residency.checkpoint(first)
    residency.checkpoint(second)
    assert residency.loaded == (second,)


def test_checkpoints_of_running_jobs_stay(settings: EngineSettings, first: Path, second: Path) -> None:
    residency = Residency(settings)
    model = residency.checkpoint(first)
    residency.checkpoint(second, keep=frozenset({first}))
    assert residency.checkpoint(first, keep=frozenset({second})) is model


def test_a_replaced_file_is_read_again(settings: EngineSettings, second: Path, first: Path) -> None:
    residency = Residency(settings)
    before = residency.checkpoint(second)
    tensors = load_file(first)
    replacement = second.with_name("new.safetensors")
    save_file({**tensors, "alphas_cumprod": torch.linspace(0.9, 0.1, 1000)}, replacement)
    replacement.replace(second)
    after = residency.checkpoint(second)
    assert after is not before
    assert isinstance(after.noise, VpNoise)
    assert after.noise.alphas_cumprod[0].item() == pytest.approx(0.9)


def test_a_bad_file_leaves_the_old_model_usable(
    settings: EngineSettings, first: Path, tmp_path: Path
) -> None:
    residency = Residency(settings, limit=2)
    model = residency.checkpoint(first)
    (tmp_path / "bad.safetensors").write_bytes(b"no")
    with pytest.raises(CorruptFile, match="bad"):
        residency.checkpoint(tmp_path / "bad.safetensors")
    with pytest.raises(CorruptFile, match="bad"):
        residency.checkpoint(first, vae=tmp_path / "bad.safetensors")
    with pytest.raises(MissingWeights, match="gone"):
        residency.checkpoint(tmp_path / "gone.safetensors")
    assert residency.checkpoint(first) is model


def test_unload(settings: EngineSettings, first: Path) -> None:
    residency = Residency(settings)
    residency.checkpoint(first)
    residency.offload()
    assert residency.loaded == (first,)
    residency.unload()
    assert residency.loaded == ()
    assert residency.current is None
    assert residency.bytes == 0


def test_a_hash_is_begun_before_the_weights_are_read(
    settings: EngineSettings, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened = list[str]()

    def load(*given: Any, **named: Any) -> LoadedModel:
        happened.append("read")
        return load_checkpoint(*given, **named)

    monkeypatch.setattr("pipelines.memory.checkpoint_reader.load_checkpoint", load)
    residency = Residency(
        settings, hash_of=lambda path: "known", begin_hash=lambda path: happened.append("hash")
    )
    assert residency.checkpoint(first).sha256 == "known"
    assert happened == ["hash", "read"]


@pytest.fixture
def lora(models_dir: Path) -> Path:
    return models_dir / "Lora" / "tiny-lora-unet-te.safetensors"


def test_a_hard_budget_refuses_what_can_never_fit(settings: EngineSettings, first: Path) -> None:
    residency = Residency(settings, budget=Budget(10 * 2**20, hard=True))
    with pytest.raises(OverBudget, match=r"tiny-sd1.*budget is 10 MiB") as refused:
        residency.checkpoint(first)
    assert refused.value.field == "checkpoint"
    assert residency.loaded == ()


def test_networks_leave_for_a_checkpoint_and_the_current_one_never_for_a_network(
    settings: EngineSettings, first: Path, second: Path, lora: Path
) -> None:
    weights = Residency(settings).checkpoint(first).bytes()
    budget = Budget(weights + lora.stat().st_size + 1000, hard=True)
    residency, networks = Residency(settings, limit=8, budget=budget), AdapterCache(budget=budget)
    networks.get(lora)
    residency.checkpoint(first)
    assert networks.bytes > 0
    residency.checkpoint(second)
    assert residency.loaded == (second,)
    assert budget.limit is not None and networks.bytes + residency.bytes == budget.used <= budget.limit
    other = lora.with_name("tiny-lora-conv.safetensors")
    networks.get(lora)
    networks.get(other)
    assert networks.bytes == other.stat().st_size
    assert residency.loaded == (second,)


def test_merged_networks_count_and_are_taken_off_when_they_dont_fit(
    settings: EngineSettings, first: Path, lora: Path
) -> None:
    weights = Residency(settings).checkpoint(first).bytes()
    budget = Budget(weights + lora.stat().st_size + 1000, hard=True)
    networks = AdapterCache(budget=budget)
    residency = Residency(settings, patcher=Patcher(networks, budget=budget), budget=budget)
    model = residency.checkpoint(first)
    before = {name: tensor.clone() for name, tensor in model.unet.state_dict().items()}
    with pytest.raises(OverBudget, match="networks change"):
        model.apply(Patches(networks=(NetworkUse(path=str(lora), name="x"),)))
    assert all(torch.equal(before[name], tensor) for name, tensor in model.unet.state_dict().items())
    assert budget.used <= weights + lora.stat().st_size


def test_a_yaml_that_comes_later_counts(settings: EngineSettings, second: Path) -> None:
    residency = Residency(settings)
    assert residency.checkpoint(second).noise.predicts == "epsilon"
    second.with_suffix(".yaml").write_text("model:\n  params:\n    parameterization: v\n")
    assert residency.checkpoint(second).noise.predicts == "v_prediction"
    second.with_suffix(".yaml").unlink()
    assert residency.checkpoint(second).noise.predicts == "epsilon"


def test_a_checkpoint_without_vae_keeps_the_one_that_it_was_read_with(
    settings: EngineSettings, bare: Path, vae: Path
) -> None:
    residency = Residency(settings)
    with pytest.raises(MissingWeights, match=r"bare\.safetensors.*no VAE"):
        residency.checkpoint(bare)
    codec = residency.checkpoint(bare, vae=vae).codec
    assert residency.checkpoint(bare, vae=vae).codec is codec
    with pytest.raises(MissingWeights, match="sd_vae"):
        residency.checkpoint(bare)
