"""The blend of soft inpainting."""

from __future__ import annotations

import torch

from extensions.soft_inpainting.blend import SoftBlend
from extensions.soft_inpainting.settings import SoftSettings

INIT, X = torch.full((1, 4, 1, 3), 2.0), torch.full((1, 4, 1, 3), -1.0)
REPAINT = torch.tensor([[[0.0, 0.5, 1.0]]])


def blended(sigma: float) -> torch.Tensor:
    blend = SoftBlend(init=INIT, repaint=REPAINT, settings=SoftSettings())
    return blend(X, torch.tensor(sigma))[0, 0, 0]


def test_the_ends_of_the_mask_are_kept_and_sampled() -> None:
    kept, _, sampled = blended(1.0).tolist()
    assert abs(kept - 2.0) < 1e-4
    assert abs(sampled + 1.0) < 1e-4


def test_the_mask_opens_as_noise_falls() -> None:
    assert float(blended(10.0)[1]) > float(blended(0.1)[1])


def test_the_last_latents_stay_as_they_are() -> None:
    assert SoftBlend(init=INIT, repaint=REPAINT, settings=SoftSettings()).finish(X) is X
