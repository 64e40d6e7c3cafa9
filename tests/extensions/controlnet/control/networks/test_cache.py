"""Control networks stay in memory within a number and within the engine's budget."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from extensions.controlnet.control.networks.cache import kept_network
from extensions.controlnet.control.networks.network import ControlNetwork, load_control_network
from pipelines.contract.errors import OverBudget
from pipelines.families.load import load_checkpoint
from pipelines.families.model import LoadedModel
from pipelines.memory.budget import Budget
from pipelines.memory.weight_shelf import Holder, WeightShelf

FIELD = "always_on.controlnet.args.0.model"


@pytest.fixture(scope="module")
def model(models_dir: Path) -> LoadedModel:
    return load_checkpoint(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")


@pytest.fixture
def files(parity_dir: Path, tmp_path: Path) -> list[Path]:
    source = parity_dir / "models" / "ControlNet" / "tiny-control-canny.safetensors"
    return [Path(shutil.copy(source, tmp_path / f"{number}.safetensors")) for number in range(3)]


def kept(
    shelf: WeightShelf, path: Path, model: LoadedModel, holder: Holder, limit: int = 2
) -> ControlNetwork:
    return kept_network(shelf, path, load_control_network, model, limit=limit, holder=holder, field=FIELD)


def test_as_many_stay_as_the_option_says(model: LoadedModel, files: list[Path]) -> None:
    shelf = WeightShelf()
    networks = [kept(shelf, path, model, Holder()) for path in files]
    assert shelf.contents == networks[1:]
    assert shelf.bytes == sum(network.bytes() for network in networks[1:]) > 0
    assert kept(shelf, files[1], model, Holder()) is networks[1]


def test_those_of_a_running_job_stay_and_others_make_room(model: LoadedModel, files: list[Path]) -> None:
    size = kept(WeightShelf(), files[0], model, Holder()).bytes()
    shelf = WeightShelf(Budget(int(2.5 * size), hard=True))
    job = Holder()
    kept(shelf, files[0], model, Holder())
    held = [kept(shelf, path, model, job, limit=3) for path in files[1:]]
    assert shelf.contents == held
    with pytest.raises(OverBudget) as caught:
        kept(shelf, files[0], model, Holder(), limit=3)
    assert caught.value.field == FIELD
    del job
    kept(shelf, files[0], model, Holder(), limit=3)
    assert len(shelf.contents) == 2
