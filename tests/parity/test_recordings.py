"""The same request and seed give the picture that A1111 v1.10.1 gave."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.parity.case import Case, faults, load_cases

QUICK = """
batch-3 clip-skip-2 cn-canny emphasis-mode-no-norm extras-lanczos extras-none extras-to-size-crop
hires-latent i2i-denoise-0.3 inp-refiner-from-lora inpaint-full-res-fill-0 net-lokr net-lora-unet-te
prompt-and prompt-weird rng-nv-euler-a sampler-dpmpp-2m-sde sampler-euler-a script-prompts-from-file
soft-inpainting subseed-batch tiling
""".split()
"""One of each kind, which every run of the tests asks for."""


def cases() -> list[Any]:
    """All, those that are not quick marked slow."""
    return [
        pytest.param(case, id=case.name, marks=() if case.name in QUICK else pytest.mark.slow)
        for case in load_cases()
    ]


def test_the_quick_ones_are_recorded() -> None:
    assert {case.name for case in load_cases()} >= set(QUICK)


@pytest.mark.parametrize("case", cases())
def test_equals_the_recording(server: httpx.Client, case: Case) -> None:
    answer = server.post(case.path, json=case.request)
    assert answer.status_code == case.status, answer.text[:300]
    assert faults(case, answer.json()) == []
