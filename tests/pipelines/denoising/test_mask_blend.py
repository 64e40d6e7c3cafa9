"""Only masked cells are sampled; the others keep the latent that was given."""

from __future__ import annotations

import torch

from pipelines.denoising.mask_blend import LatentMask

MASK = LatentMask(
    init=torch.tensor([[[[10.0, 10.0, 10.0]], [[20.0, 20.0, 20.0]]]]),
    repaint=torch.tensor([[[1.0, 0.0, 0.25]]]),
)
"""Two channels, three cells: sampled, kept, a quarter of it sampled."""


def test_cells_are_mixed_by_how_far_they_are_repainted() -> None:
    blended = MASK(torch.full((1, 2, 1, 3), 2.0), torch.tensor(5.0))
    assert blended.tolist() == [[[[2.0, 10.0, 8.0]], [[2.0, 20.0, 15.5]]]]


def test_a_hard_mask_is_the_same_at_every_noise_level_and_at_the_end() -> None:
    x = torch.arange(6.0).reshape(1, 2, 1, 3)
    assert torch.equal(MASK(x, torch.tensor(14.6)), MASK(x, torch.tensor(0.03)))
    assert torch.equal(MASK.finish(x), MASK(x, torch.tensor(14.6)))
