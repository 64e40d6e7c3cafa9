"""PuLID: tokens of zeros behind a face's, and attention less the part along the picture's own states."""

from __future__ import annotations

import pytest
import torch

from extensions.controlnet.image_prompts.pulid import identity_mass, restrained, with_zeros
from extensions.controlnet.units.spellings import PulidMode


def test_a_restrained_face_takes_back_what_the_picture_holds() -> None:
    torch.manual_seed(0)
    said, hidden = torch.randn(2, 9, 6), torch.randn(2, 9, 6)
    style = restrained(said, hidden, None)
    assert float((style * hidden).sum(dim=1).abs().max()) < 1e-5
    torch.testing.assert_close(restrained(said, hidden, torch.ones(2, 9, 1)), said)
    half = restrained(said, hidden, torch.full((2, 9, 1), 0.5))
    torch.testing.assert_close(half, (said + style) / 2)


def test_the_mass_of_an_identity_counts_its_five_tokens() -> None:
    query = torch.zeros(1, 3, 4, 8)
    keys = torch.zeros(1, 3, 18, 8)
    torch.testing.assert_close(identity_mass(query, keys), torch.full((1, 4, 1), 5 / 18))


def test_a_projection_is_taken_per_channel_over_the_tokens() -> None:
    # one row, two tokens, two channels; along the first channel (1, 1), across the second
    hidden = torch.tensor([[[1.0, 1.0], [1.0, -1.0]]])
    attended = torch.tensor([[[3.0, 2.0], [1.0, 2.0]]])
    assert restrained(attended, hidden, None).tolist() == [[[1.0, 2.0], [-1.0, 2.0]]]


def test_the_first_five_tokens_are_the_identity() -> None:
    query, keys = torch.ones(1, 2, 1, 4), torch.zeros(1, 2, 18, 4)
    keys[:, 0, 5:] = 100.0
    # one head looks at all but the identity, the other at everything alike
    torch.testing.assert_close(identity_mass(query, keys), torch.full((1, 1, 1), 5 / 36))


@pytest.mark.parametrize(("mode", "count"), [(PulidMode.FIDELITY, 8), (PulidMode.STYLE, 16)])
def test_zeros_stand_behind_the_tokens(mode: PulidMode, count: int) -> None:
    tokens = torch.ones(2, 10, 4)
    made = with_zeros(tokens, mode)
    assert made.shape == (2, 10 + count, 4)
    assert torch.equal(made[:, :10], tokens) and not made[:, 10:].any()


def test_half_precision_stays() -> None:
    half = torch.ones(1, 2, 2, dtype=torch.float16)
    assert restrained(half, half, torch.ones(1, 2, 1)).dtype is torch.float16
