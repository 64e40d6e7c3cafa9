"""The refiner's switch: the passes that it takes part in, and its loading at the moment it comes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from extensions.refiner.engine import switch_hook
from extensions.refiner.switch import RefinerSwitch
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Refiner
from pipelines.generation.job import GenerationJob
from tests.pipelines.jobs.helpers import make_request

BASE, OTHER = "base.safetensors", "refiner.safetensors"


def model(name: str, *, channels: int = 4, predicts: str = "noise") -> SimpleNamespace:
    """A checkpoint whose latents have four channels."""
    return SimpleNamespace(
        path=Path(name),
        name=name,
        in_channels=channels,
        latents=SimpleNamespace(channels=4, cell=8),
        family="sd",
        conditioning="none",
        noise=SimpleNamespace(predicts=predicts),
    )


def job(
    *, refiner: str | None = OTHER, hires: bool = False, loads: Any = None, **options: Any
) -> GenerationJob:
    request = make_request(
        refiner=None if refiner is None else Refiner(checkpoint=refiner, switch_at=0.5),
        options=GenerationOptions(extension=options),
    )
    pairs: dict[str, Any] = {}
    made = SimpleNamespace(
        request=request,
        plan=SimpleNamespace(hires=object() if hires else None),
        loaded=model(BASE),
        models=SimpleNamespace(change=lambda path: loads or model(path)),
        services=SimpleNamespace(short_title=lambda path: f"title of {path}"),
        add_pairs=pairs.update,
        pairs=pairs,
    )
    return cast("GenerationJob", made)


def switch(
    given: GenerationJob, *, hires: bool = False, second_order: bool = False, family: str = "sigma"
) -> RefinerSwitch | None:
    info = SimpleNamespace(second_order=second_order)
    plan: Any = SimpleNamespace(
        steps=10,
        sampler=SimpleNamespace(info=info, family=family),
        table=SimpleNamespace(sigmas=torch.linspace(0, 10, 1000)),
    )
    sampling: Any = SimpleNamespace(hires=hires)
    made = switch_hook(given, sampling, plan, cast("Any", lambda model, anew: (model.name, anew)))
    assert made is None or isinstance(made, RefinerSwitch)
    return made


def test_without_a_refiner_there_is_no_switch() -> None:
    assert switch(job(refiner=None)) is None
    assert switch(job(refiner=BASE)) is None


@pytest.mark.parametrize(
    ("option", "first", "second"),
    [
        ("second pass", False, True),
        ("first pass", True, False),
        ("both passes", True, True),
        ("neither", False, False),
    ],
)
def test_the_option_names_the_passes_of_hires_fix(option: str, first: bool, second: bool) -> None:
    given = job(hires=True, hires_fix_refiner_pass=option)
    assert (switch(given) is not None, switch(given, hires=True) is not None) == (first, second)
    assert switch(job(hires_fix_refiner_pass=option)) is not None


def test_a_switch_is_that_of_the_pass() -> None:
    plain = switch(job())
    assert plain is not None
    assert (plain.switch_at, plain.by_steps, plain.total_steps, plain.timestep_family) == (
        0.5,
        False,
        10,
        False,
    )
    other = switch(job(refiner_switch_by_sample_steps=True), second_order=True, family="timestep")
    assert other is not None
    assert (other.by_steps, other.total_steps, other.timestep_family) == (True, 20, True)


def test_it_loads_and_is_told_when_the_moment_comes() -> None:
    given: Any = job()
    made = switch(given)
    assert made is not None and given.pairs == {}
    assert made.make() == (OTHER, False)
    assert given.pairs == {"Refiner": f"title of {OTHER}", "Refiner switch at": 0.5}


def test_a_refiner_of_another_kind_is_a_new_network() -> None:
    made = switch(job(loads=model(OTHER, predicts="velocity")))
    assert made is not None and made.make() == (OTHER, True)


def test_unusual_ways_of_switching_are_told() -> None:
    given: Any = job(hires=True, refiner_switch_by_sample_steps=True, hires_fix_refiner_pass="both passes")
    made = switch(given)
    assert made is not None
    made.make()
    assert given.pairs["Refiner switch by sampling steps"] is True
    assert given.pairs["Hires refiner"] == "both passes"


def test_a_refiner_of_other_channels_is_refused() -> None:
    made = switch(job(loads=model(OTHER, channels=9)))
    assert made is not None
    with pytest.raises(InvalidRequest, match="takes 9 channels, the checkpoint 4") as caught:
        made.make()
    assert caught.value.field == "refiner.checkpoint"
