"""Names of hires fix and of the refiner are looked up before a job is queued."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import Hires, Refiner
from sdapi.intent.hires import resolve_hires, resolve_refiner
from sdapi.intent.intent import HiresIntent, RefinerIntent
from tests.sdapi.fakes import OTHER, TINY, FakeCatalog

CATALOG = FakeCatalog()


def test_none_asks_for_nothing() -> None:
    assert resolve_hires(None, CATALOG) == (None, ())
    assert resolve_refiner(None, CATALOG) is None


def test_what_is_not_named_is_the_first_passes() -> None:
    assert resolve_hires(HiresIntent(), CATALOG) == (Hires(), ())
    empty = HiresIntent(checkpoint="", sampler="", scheduler="")
    assert resolve_hires(empty, CATALOG) == (Hires(), ())


def test_numbers_and_texts_go_through() -> None:
    sizes: dict[str, Any] = {
        "scale": 1.5,
        "steps": 7,
        "resize_x": 80,
        "resize_y": 96,
        "first_width": 40,
        "first_height": 48,
    }
    found, _ = resolve_hires(HiresIntent(**sizes, prompt="p", negative_prompt="n"), CATALOG)
    assert found == Hires(**sizes, prompt="p", negative_prompt="n")


def test_names_get_their_own_spelling() -> None:
    intent = HiresIntent(
        upscaler="latent (NEAREST)", checkpoint="sd1-b", sampler="euler A", scheduler="karras"
    )
    found, warnings = resolve_hires(intent, CATALOG)
    assert found == Hires(
        upscaler="Latent (nearest)", checkpoint=OTHER.filename, sampler="Euler a", scheduler="Karras"
    )
    assert warnings == ()


def test_an_old_samplers_name_holds_a_scheduler_unless_one_is_named() -> None:
    found, _ = resolve_hires(HiresIntent(sampler="DPM++ 2M Karras"), CATALOG)
    assert found is not None
    assert (found.sampler, found.scheduler) == ("DPM++ 2M", "Karras")
    found, _ = resolve_hires(HiresIntent(sampler="DPM++ 2M Karras", scheduler="Exponential"), CATALOG)
    assert found is not None
    assert found.scheduler == "Exponential"


def test_an_unknown_scheduler_is_replaced_and_said() -> None:
    found, warnings = resolve_hires(HiresIntent(scheduler="magic"), CATALOG)
    assert found is not None
    assert found.scheduler == "Automatic"
    assert warnings == ("hires.scheduler: no scheduler is called 'magic'; 'Automatic' was used",)


@pytest.mark.parametrize("name", ["upscaler", "checkpoint", "sampler"])
def test_other_unknown_names_are_refused_by_their_path(name: str) -> None:
    with pytest.raises(InvalidRequest, match="magic") as refused:
        resolve_hires(replace(HiresIntent(), **{name: "magic"}), CATALOG)
    assert refused.value.field == f"hires.{name}"


def test_a_refiner_is_a_file_from_a_share_of_the_steps_on() -> None:
    found = resolve_refiner(RefinerIntent(checkpoint=TINY.title, switch_at=0.8), CATALOG)
    assert found == Refiner(checkpoint=TINY.filename, switch_at=0.8)
    assert resolve_refiner(RefinerIntent(checkpoint="", switch_at=0.8), CATALOG) is None


@pytest.mark.parametrize(
    ("intent", "field"),
    [
        (RefinerIntent(checkpoint="magic"), "refiner.checkpoint"),
        (RefinerIntent(checkpoint="tiny", switch_at=1.01), "refiner.switch_at"),
        (RefinerIntent(checkpoint="tiny", switch_at=-0.01), "refiner.switch_at"),
    ],
)
def test_a_refiner_that_can_not_be_is_refused_by_its_path(intent: RefinerIntent, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        resolve_refiner(intent, CATALOG)
    assert refused.value.field == field
