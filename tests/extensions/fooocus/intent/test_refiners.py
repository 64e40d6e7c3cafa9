"""The refiner of a request, its step and its swap method."""

from __future__ import annotations

import pytest

from extensions.fooocus.intent import refiners
from tests.extensions.fooocus.conftest import FooocusServer


def test_a_refiner_takes_over_at_its_step(fooocus: FooocusServer) -> None:
    refiner = {"base_model_name": "tiny-sd1", "refiner_model_name": "tiny-sd1-b.safetensors"}
    made = fooocus.make(**refiner, refiner_switch=0.7)
    assert made.base.refiner is not None
    assert made.base.refiner.switch_at == 0.7
    assert made.base.options.extension["refiner_switch_by_sample_steps"] is True
    overwritten = fooocus.make(**refiner, advanced_params={"overwrite_switch": 6.0})
    assert overwritten.base.refiner is not None
    assert overwritten.base.refiner.switch_at == 0.2
    assert fooocus.make(base_model_name="tiny-sd1", refiner_model_name="tiny-sd1").base.refiner is None


def test_a_separate_refiner_starts_a_run_of_its_own(fooocus: FooocusServer) -> None:
    refiner = {"base_model_name": "tiny-sd1", "refiner_model_name": "tiny-sd1-b.safetensors"}
    for method, anew, told in (("separate", True, False), ("joint", False, False), ("other", False, True)):
        made = fooocus.make(**refiner, advanced_params={"refiner_swap_method": method})
        assert made.base.refiner is not None
        assert made.base.refiner.anew is anew
        assert any("refiner_swap_method" in text for text in made.warnings) is told


def test_a_refiner_of_another_kind_goes_on_from_the_picture(
    fooocus: FooocusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refiners, "are_alike", lambda one, other: False)
    made = fooocus.make(base_model_name="tiny-sd1", refiner_model_name="tiny-sd1-b.safetensors")
    assert (made.told.swap_method, made.told.refiner_unlike) == ("vae", True)
    assert any("another kind" in text for text in made.warnings)
