"""VAEs are put on a checkpoint in RAM and taken off again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from pipelines.contract.errors import MissingWeights, OverBudget
from pipelines.families.load import load_checkpoint
from pipelines.memory.budget import Budget
from pipelines.memory.resident import Resident, stamps_of

CPU = torch.device("cpu")


def resident(path: Path, vae: Path | None = None) -> Resident:
    model = load_checkpoint(path, vae=vae)
    own = model.codec if vae is None else None
    return Resident(model=model, stamps=stamps_of(path), own=own, codecs={})


def test_the_embedded_vae_comes_back(first: Path, vae: Path) -> None:
    one = resident(first)
    own, name = one.model.codec, "decoder.conv_in.weight"
    one.use_vae(vae, Budget(), CPU)
    mine, other = own.module.state_dict()[name], one.model.codec.module.state_dict()[name]
    torch.testing.assert_close(other, (mine.half() + 1).float())
    assert (one.model.vae_path, one.model.codec.latents) == (vae, own.latents)
    one.use_vae(None, Budget(), CPU)
    assert one.model.codec is own
    assert one.model.vae_path is None


def test_a_vae_is_read_again_only_when_its_file_changed(first: Path, vae: Path) -> None:
    one = resident(first)
    one.use_vae(vae, Budget(), CPU)
    codec = one.model.codec
    one.use_vae(None, Budget(), CPU)
    one.use_vae(vae, Budget(), CPU)
    assert one.model.codec is codec
    shutil.copy(vae, vae.with_name("second.vae.safetensors"))
    one.use_vae(vae.with_name("second.vae.safetensors"), Budget(), CPU)
    assert one.model.codec is not codec


def test_idle_vaes_count(first: Path, vae: Path) -> None:
    one = resident(first)
    alone = one.bytes()
    one.use_vae(vae, Budget(), CPU)
    weights = sum(p.nbytes for p in one.model.codec.module.parameters())
    assert one.bytes() == alone + weights


def test_without_a_vae_of_its_own_one_must_be_named(bare: Path, vae: Path) -> None:
    with pytest.raises(MissingWeights, match=r"bare\.safetensors.*sd_vae"):
        resident(bare, vae).use_vae(None, Budget(), CPU)


def test_a_vae_beyond_a_hard_budget_is_refused(first: Path, vae: Path) -> None:
    one = resident(first)
    own = one.model.codec
    with pytest.raises(OverBudget) as caught:
        one.use_vae(vae, Budget(1000, hard=True), CPU)
    assert caught.value.field == "options.sd_vae"
    assert one.model.codec is own


def test_a_yaml_next_to_a_checkpoint_is_part_of_its_stamps(second: Path) -> None:
    before = stamps_of(second)
    second.with_suffix(".yaml").write_text("model: {}")
    assert stamps_of(second) != before
