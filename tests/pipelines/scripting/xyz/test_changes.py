"""Changes by name: samplers, checkpoints, refiners, styles, faces, sizes."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import Hires, Refiner, Style
from pipelines.scripting.xyz import changes
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

CONTEXT = FakeContext()
SECOND = "/models/two.safetensors"


@pytest.mark.parametrize(
    ("value", "sampler", "scheduler"),
    [
        ("Euler a", "Euler a", "Exponential"),  # the request's own scheduler stays
        ("k_euler", "Euler", "Exponential"),
        ("Euler Karras", "Euler", "Karras"),
    ],
)
def test_a_sampler_brings_the_scheduler_in_its_name(value: str, sampler: str, scheduler: str) -> None:
    changed = changes.sampler(a_request(scheduler="Exponential"), value, CONTEXT)
    assert (changed.sampler, changed.scheduler) == (sampler, scheduler)


@pytest.mark.parametrize(
    ("value", "sampler", "scheduler"),
    [
        ("Euler", "Euler", "Exponential"),
        ("euler a", "Euler a", "Exponential"),
        ("k_euler_a", "Euler a", "Exponential"),
        ("DPM++ 2M Karras", "DPM++ 2M", "Karras"),
        ("dpm++ sde karras", "DPM++ SDE", "Karras"),
    ],
)
def test_hires_samplers_go_by_every_name(value: str, sampler: str, scheduler: str) -> None:
    changed = changes.hires_sampler(a_request(hires=Hires(scheduler="Exponential")), value, CONTEXT)
    assert changed.hires is not None
    assert (changed.hires.sampler, changed.hires.scheduler) == (sampler, scheduler)


def test_without_a_second_pass_or_a_known_sampler_nothing_changes() -> None:
    plain, hires = a_request(), a_request(hires=Hires())
    assert changes.hires_sampler(plain, "Euler", CONTEXT) is plain
    assert changes.hires_sampler(hires, "Use same sampler", CONTEXT) is hires


def test_a_refiner_keeps_the_step_of_the_one_before() -> None:
    held = a_request(refiner=Refiner(checkpoint="/models/one.safetensors", switch_at=0.4))
    assert changes.refiner(held, "two", CONTEXT).refiner == Refiner(checkpoint=SECOND, switch_at=0.4)
    assert changes.refiner(a_request(), "two", CONTEXT).refiner == Refiner(checkpoint=SECOND, switch_at=None)


@pytest.mark.parametrize("value", ["None", "none", ""])
def test_a_refiner_may_be_none(value: str) -> None:
    held = a_request(refiner=Refiner(checkpoint=SECOND, switch_at=0.4))
    assert changes.known_refiners(held, [value], CONTEXT) == [value]
    assert changes.refiner(held, value, CONTEXT).refiner is None


def test_unknown_names_are_refused_beforehand() -> None:
    for check, value in (
        (changes.known_samplers, "Foo"),
        (changes.known_checkpoints, "three"),
        (changes.known_checkpoints, "None"),
        (changes.known_refiners, "three"),
    ):
        with pytest.raises(InvalidRequest, match=f": {value}") as refused:
            check(a_request(), [value], CONTEXT)
        assert refused.value.field == "script.args"


def test_styles_are_appended_and_unknown_ones_are_empty() -> None:
    first = Style(name="first", prompt="f")
    changed = changes.styles(a_request(styles=(first,)), "oil, , nope", CONTEXT)
    assert changed.styles == (first, Style(name="oil", prompt="oil painting"), Style(name="nope"))


@pytest.mark.parametrize(
    ("value", "restored", "model"),
    [
        ("codeformer", True, "CodeFormer"),
        ("GFPGAN", True, "GFPGAN"),
        (" Yes ", True, None),
        ("no", False, None),
        ("anything", False, None),
    ],
)
def test_faces_are_restored_by_name_or_by_yes(value: str, restored: bool, model: str | None) -> None:
    plain = a_request()
    changed = changes.faces(plain, value, CONTEXT)
    assert changed.restore_faces is restored
    assert changed.options.face_restoration_model == (model or plain.options.face_restoration_model)


@pytest.mark.parametrize("value", ["64x96", " 64 x 96 ", "64×96"])
def test_a_size_is_width_and_height(value: str) -> None:
    changed = changes.size(a_request(), value, CONTEXT)
    assert (changed.width, changed.height) == (64, 96)


@pytest.mark.parametrize("value", ["64", "64x", "64x64x64", "-1x64", "big"])
def test_other_sizes_are_refused(value: str) -> None:
    with pytest.raises(InvalidRequest, match="Invalid size"):
        changes.known_sizes(a_request(), ["64x64", value], CONTEXT)
