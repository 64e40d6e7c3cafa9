"""A generation's denoising strength is A1111's default where a pass needs one and none is named."""

from __future__ import annotations

import pytest

from pipelines.contract.requests import GenerationRequest, Seeds


@pytest.mark.parametrize(("named", "used"), [(None, 0.75), (0.0, 0.0), (0.4, 0.4)])
def test_only_a_missing_strength_is_replaced(named: float | None, used: float) -> None:
    request = GenerationRequest(seeds=Seeds(seed=1, subseed=2), checkpoint="x", denoising_strength=named)
    assert request.strength == used
