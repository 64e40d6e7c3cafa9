"""Presets and what they overrule."""

from __future__ import annotations

import pytest

from extensions.fooocus.bodies.advanced import AdvancedParams
from extensions.fooocus.intent.performance import BY_NAME, Pace, pace_of, performance_of


def pace(name: str, **advanced: object) -> Pace:
    wishes = AdvancedParams.model_validate(advanced)
    return pace_of(BY_NAME[name], wishes, guidance=4.0, sharpness=2.0, switch=0.5)


def test_steps_of_presets() -> None:
    steps = {name: (row.steps, row.upscale_steps) for name, row in BY_NAME.items()}
    assert steps == {
        "Speed": (30, 18),
        "Quality": (60, 36),
        "Extreme Speed": (8, 8),
        "Lightning": (4, 4),
        "Hyper-SD": (4, 4),
    }


def test_slow_presets_leave_wishes_alone() -> None:
    made = pace("Quality", sampler_name="euler")
    assert (made.guidance, made.sharpness, made.sampler, made.refines) == (4.0, 2.0, "euler", True)


@pytest.mark.parametrize(
    ("name", "sampler", "scheduler"),
    [
        ("Extreme Speed", "lcm", "lcm"),
        ("Lightning", "euler", "sgm_uniform"),
        ("Hyper-SD", "dpmpp_sde_gpu", "karras"),
    ],
)
def test_fast_presets_force_their_way(name: str, sampler: str, scheduler: str) -> None:
    made = pace(name, sampler_name="heun")
    assert (made.sampler, made.scheduler, made.guidance, made.sharpness) == (sampler, scheduler, 1.0, 0.0)
    assert (made.adaptive_cfg, made.adm, made.switch, made.refines) == (1.0, (1.0, 1.0, 0.0), 1.0, False)


def test_overwritten_steps_count_last() -> None:
    assert pace("Lightning", overwrite_step=9).steps == 9


def test_texts_that_are_no_preset_are_speed() -> None:
    assert performance_of("extreme-speed")[0].name == "Extreme Speed"
    preset, told = performance_of("Balanced")
    assert preset.name == "Speed"
    assert told[0].startswith("performance_selection: 'Balanced'")
