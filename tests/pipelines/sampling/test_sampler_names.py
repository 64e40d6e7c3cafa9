"""Sampler and scheduler names resolve as v1.10.1 resolves them, aliases to what they name."""

from __future__ import annotations

import pytest

from pipelines.sampling.sampler_names import resolve_sampler


@pytest.mark.parametrize(
    ("sampler", "scheduler", "expected"),
    [
        ("DPM++ 2M Karras", None, ("DPM++ 2M", "Automatic")),
        ("Euler Karras", None, ("Euler", "Karras")),
        ("DPM++ 2M SDE Karras", None, ("DPM++ 2M SDE", "Karras")),
        ("DPM++ 2M SDE Exponential", None, ("DPM++ 2M SDE", "Automatic")),
        ("DPM++ 2M", "karras", ("DPM++ 2M", "Karras")),
        ("DPM++ SDE Karras", "Exponential", ("DPM++ SDE", "Exponential")),
        ("Euler SGMUniform", None, ("Euler", "SGM Uniform")),
        ("Euler", "SGMUniform", ("Euler", "Automatic")),
        ("Euler align_your_steps", None, ("Euler", "Align Your Steps")),
        ("k_euler", None, ("Euler", "Automatic")),
        ("euler a", None, ("Euler a", "Automatic")),
        ("k_dpmpp_2m_ka", None, ("DPM++ 2M", "Automatic")),
        ("k_dpmpp_sde_ka", None, ("DPM++ SDE", "Automatic")),
        ("k_lms_ka", None, ("LMS", "Karras")),
        ("Foo", None, ("DPM++ 2M", "Automatic")),
        ("", None, ("DPM++ 2M", "Automatic")),
        ("Euler", "KARRAS", ("Euler", "Karras")),
        ("Euler", "automatic", ("Euler", "Automatic")),
    ],
)
def test_pairs(sampler: str, scheduler: str | None, expected: tuple[str, str]) -> None:
    choice = resolve_sampler(sampler, scheduler)
    assert (choice.sampler, choice.scheduler) == expected


def test_replaced_names_are_told() -> None:
    choice = resolve_sampler("k_euler", "nope")
    assert len(choice.warnings) == 2
    assert "'Euler'" in choice.warnings[0]


def test_known_names_are_not_warned_about() -> None:
    assert resolve_sampler("DPM++ 2M Karras", None).warnings == ()
