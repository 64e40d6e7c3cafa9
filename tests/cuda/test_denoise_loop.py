"""The denoise loop never waits for the GPU: what a pass reads and copies does not grow with its steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.engine.engine import Engine
from pipelines.families.patches import NO_PATCHES, NetworkUse, Patches
from pipelines.sampling.sampler_table import SAMPLER_INFOS
from tests.cuda.engines import cost, device_engine
from tests.cuda.test_generation import FEATURES, features
from tests.cuda_stand_in import Traffic, cuda_stand_in
from tests.derived_checkpoints import models_with_derived
from tests.engines import engine_settings, make_request

SHORT, LONG = 2, 3
QUICK = ("DPM++ 2M SDE",)
LOADED = ("lora",)
"""Features whose work in the loop could wait; the others are tried by the slow tests."""
ADAPTIVE = "DPM adaptive"
"""Decides its steps by the error that it finds, so it has to read that."""
HOST_NOISE = ("noise of the CPU", "noise as NVIDIA's")
"""Draw every step's noise on the CPU, which has to be copied."""
WITHOUT_PREVIEWS = OutputOptions(live_previews_enable=False)


@pytest.fixture(scope="module")
def models(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models_with_derived(models_dir, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def engine(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with cuda_stand_in(), device_engine(engine_settings(models, tmp_path_factory.mktemp("data"))) as made:
        yield made


def growth(engine: Engine, models: Path, **changes: Any) -> Traffic:
    """The reads and copies that a longer pass has beyond those of a shorter one."""
    given = {"output": WITHOUT_PREVIEWS, "sampler": "Euler a"} | changes
    with cuda_stand_in() as counted:
        short, long = (
            cost(engine, make_request(models, **(given | {"steps": steps})), counted)
            for steps in (SHORT, LONG)
        )
    assert long.launches.total() > 0
    return Traffic(reads=long.reads - short.reads, copies=long.copies - short.copies)


def some(names: Iterable[str], quick: Sequence[str]) -> list[Any]:
    return [pytest.param(name, marks=() if name in quick else pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", some([name for name in SAMPLER_INFOS if name != ADAPTIVE], QUICK))
def test_samplers(engine: Engine, models: Path, name: str) -> None:
    assert growth(engine, models, sampler=name) == Traffic()


@pytest.mark.parametrize("name", some([name for name in FEATURES if name not in HOST_NOISE], LOADED))
def test_features(engine: Engine, models: Path, name: str) -> None:
    assert growth(engine, models, **features(models)[name]) == Traffic()


@pytest.mark.slow
@pytest.mark.parametrize("source", ["CPU", "NV"])
def test_noise_of_the_host_is_copied_and_nothing_else(engine: Engine, models: Path, source: str) -> None:
    grown = growth(engine, models, options=GenerationOptions(randn_source=source))
    assert not grown.reads and grown.copies.total() == 1


@pytest.mark.slow
def test_a_picture_is_read_once_and_checks_after_the_pass(engine: Engine, models: Path) -> None:
    request = make_request(models, steps=LONG, output=WITHOUT_PREVIEWS)
    with cuda_stand_in() as counted:
        cost(engine, request, counted)
        places = sorted(place.rpartition(":")[0] for place in cost(engine, request, counted).reads.elements())
    number, whole = "aten::_local_scalar_dense pipelines", "to the CPU pipelines"
    assert places == [
        f"{number}/families/vae.py",
        f"{number}/generation/decode.py",
        f"{whole}/generation/decode.py",
    ]


@pytest.mark.slow
def test_previews_come_late_and_nobody_waits_for_them(engine: Engine, models: Path) -> None:
    request = make_request(models, steps=6, output=OutputOptions(show_progress_every_n_steps=1))
    quiet = make_request(models, steps=6, output=WITHOUT_PREVIEWS)
    told: list[bytes] = []
    with cuda_stand_in() as counted:
        plain = cost(engine, quiet, counted)
        engine.run(request, on_progress=lambda news: told.append(news.preview or b""))
        shown = counted.take()
    assert plain.late.total() == 0 < shown.late.total()
    assert shown.reads == plain.reads
    assert len(set(told) - {b""}) >= 2


@pytest.mark.slow
def test_another_network_is_read_once_for_all_its_layers(engine: Engine, models: Path) -> None:
    plain, changed = (
        make_request(models, steps=1, output=WITHOUT_PREVIEWS, prompt=f"a circle{network}")
        for network in ("", " <lora:tiny-lora-unet-te:1> <lora:tiny-lokr:0.5> <lora:tiny-ia3:1>")
    )
    with cuda_stand_in() as counted:
        before, after = (cost(engine, request, counted).reads for request in (plain, changed))
    assert (after - before).total() == 1


def test_numbers_that_are_not_finite_are_still_found(engine: Engine, models: Path, tmp_path: Path) -> None:
    """The one read finds the layer of the network that is to be left out."""
    network = load_file(models / "Lora" / "tiny-lora-unet-te.safetensors")
    spoilt = next(name for name in network if name.endswith("lora_up.weight"))
    network[spoilt] = torch.full_like(network[spoilt], float("inf"))
    path = tmp_path / "spoilt.safetensors"
    save_file(network, path)
    with cuda_stand_in():
        engine.run(make_request(models, steps=1))
        model = engine.services.residency.current
        assert model is not None
        warnings = model.apply(Patches(networks=(NetworkUse(path=str(path), name="spoilt"),)))
        model.apply(NO_PATCHES)
    assert ["1 layers could not be changed" in warning for warning in warnings] == [True]
