"""The layer of a text encoder that each of the families uses (spec 2.10 - 2.12); needs no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.families.text import EncoderOutput, Select, TextEncoder

if TYPE_CHECKING:
    from torch import Tensor

_SDXL_CLIP_LAYER = 11


def select_sd1(encoder: TextEncoder, options: GenerationOptions) -> Select:
    """Select the last layer, or the one that clip skip names; both behind the final LayerNorm."""
    skip = options.CLIP_stop_at_last_layers

    def select(output: EncoderOutput) -> Tensor:
        if skip <= 1:
            return output.last_hidden_state
        return encoder.final_layer_norm(_from_end(output, skip))

    return select


def select_sd2(encoder: TextEncoder, options: GenerationOptions) -> Select:
    """Select the last layer but one behind the final LayerNorm; clip skip has no effect.

    SD2 files hold 23 of 24 blocks or all; a 24th that changes nothing is added to 23.
    """
    return lambda output: encoder.final_layer_norm(_from_end(output, 2))


def select_sdxl_clip(encoder: TextEncoder, options: GenerationOptions) -> Select:
    """Select layer 11 of 12 without LayerNorm; with ``sdxl_clip_l_skip`` the one that clip skip names."""
    if options.sdxl_clip_l_skip:
        return lambda output: _from_end(output, max(options.CLIP_stop_at_last_layers, 1))
    return lambda output: output.hidden_states[min(_SDXL_CLIP_LAYER, len(output.hidden_states) - 1)]


def select_penultimate(encoder: TextEncoder, options: GenerationOptions) -> Select:
    """Select the last layer but one without LayerNorm."""
    return lambda output: _from_end(output, 2)


def _from_end(output: EncoderOutput, skip: int) -> Tensor:
    if skip > len(output.hidden_states):
        raise InvalidRequest(
            f"clip skip {skip} goes beyond the text encoder's {len(output.hidden_states) - 1} layers",
            field="options.CLIP_stop_at_last_layers",
        )
    return output.hidden_states[-skip]
