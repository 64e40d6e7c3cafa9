"""Attention to image tokens: rows, heads, and the grid of a level."""

from __future__ import annotations

import pytest
import torch

from extensions.controlnet.image_prompts.adapter import KeysValues
from extensions.controlnet.image_prompts.attention import ImagePrompt, attend, chosen_rows, token_grid
from extensions.controlnet.units.spellings import PulidMode

NEGATIVE, POSITIVE = 2.0, 5.0


def prompt(pulid: PulidMode | None = None) -> ImagePrompt:
    """Values of 2 for the negative prompt's row and 5 for the prompt's, in one cross-attention."""
    values = torch.stack([torch.full((3, 4), NEGATIVE), torch.full((3, 4), POSITIVE)])
    pair = KeysValues(keys=torch.zeros(2, 3, 4), values=values)
    return ImagePrompt(tokens=values, attentions=[pair], weights=(1.0,), pulid=pulid)


def test_token_grids_of_odd_latents() -> None:
    assert token_grid(9, 13, 117) == (9, 13)
    assert token_grid(9, 13, 35) == (5, 7)
    assert token_grid(9, 13, 12) == (3, 4)
    with pytest.raises(ValueError, match="36"):
        token_grid(9, 13, 36)


def test_rows_are_picked_in_any_order() -> None:
    pair = torch.tensor([[1.0], [2.0]])
    assert chosen_rows(pair, [1, 0, 1]).flatten().tolist() == [2.0, 1.0, 2.0]


def test_each_row_reads_its_own_tokens() -> None:
    query = torch.randn(3, 6, 4)
    made = attend(prompt(), 0, torch.zeros(3, 6, 4), query, [1, 0, 1], heads=2)
    assert made.shape == (3, 6, 4)
    assert [row.unique().tolist() for row in made] == [[POSITIVE], [NEGATIVE], [POSITIVE]]


def test_heads_attend_by_themselves() -> None:
    keys = torch.zeros(2, 2, 4)
    keys[:, 0, :2], keys[:, 1, 2:] = 50.0, 50.0
    values = torch.tensor([[1.0, 1.0, 1.0, 1.0], [2.0, 2.0, 2.0, 2.0]]).expand(2, 2, 4)
    one = ImagePrompt(tokens=values, attentions=[KeysValues(keys=keys, values=values)], weights=(1.0,))
    made = attend(one, 0, torch.zeros(1, 1, 4), torch.ones(1, 1, 4), [1], heads=2)
    # the first head finds the first token, the second the other one
    assert made.flatten().tolist() == pytest.approx([1.0, 1.0, 2.0, 2.0])


@pytest.mark.parametrize(("mode", "left"), [(PulidMode.STYLE, 0.0), (PulidMode.FIDELITY, POSITIVE)])
def test_a_face_along_the_pictures_states_is_restrained(mode: PulidMode, left: float) -> None:
    # all three tokens are the identity's, so that fidelity takes nothing away
    hidden = torch.ones(1, 6, 4)
    made = attend(prompt(mode), 0, hidden, torch.randn(1, 6, 4), [1], heads=2)
    torch.testing.assert_close(made, torch.full_like(made, left), rtol=0, atol=1e-5)
