"""Prompts in compel's syntax, and plain ones, to conditioning."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from extensions.invokeai.drawing.models import model_of_clip, text_patches
from extensions.invokeai.fields.model_values import CLIPField
from pipelines.plugin import CompelEncoder, CompelTokenizer, GenerationOptions

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext
    from pipelines.plugin import Select, Tower


def encode_clip(
    context: InvocationContext, clip: CLIPField, prompt: str, *, tower: int = 0, blank: bool = False
) -> tuple[Tensor, Tensor | None]:
    """(1, tokens, width) of a prompt by one text encoder, and its pooled vector if it has one.

    ``blank``: of an empty prompt both are zeros, as SDXL was trained. Raises ValueError for a prompt that
    compel can't read, and for text encoders that it isn't made for.
    """
    model = model_of_clip(context, clip)
    for warning in model.apply(text_patches(context, clip)):
        context.services.warnings.append(warning)
    conditioner = context.services.work.services.text_conditioner(model, ())
    towers = conditioner.towers
    index = min(tower, len(towers) - 1)  # a refiner has its second encoder alone
    if not CompelTokenizer.takes(towers[index]):
        raise ValueError(f"this node is for CLIP's text encoders, which {model.family.title} has not")
    options = GenerationOptions(CLIP_stop_at_last_layers=clip.skipped_layers + 1)
    select = conditioner.plan.towers[index].listen(towers[index].encoder, options)
    with torch.inference_mode():
        context_, pooled = _encode(prompt, towers[index], select)
    share = 0.0 if blank and not prompt else 1.0
    pooled_copy = None if pooled is None else pooled.detach().cpu().float() * share
    return context_.detach().cpu().float() * share, pooled_copy


def _encode(prompt: str, tower: Tower, select: Select) -> tuple[Tensor, Tensor | None]:
    from compel import Compel

    tokenizer = CompelTokenizer(tower)
    encoder = CompelEncoder(tower.encoder, select, tokenizer)
    compel = cast("Callable[..., Any]", Compel)(
        tokenizer=tokenizer,
        text_encoder=encoder,
        truncate_long_prompts=False,
        device=str(encoder.device),
    )
    try:
        conjunction = compel.parse_prompt_string(_with_inversions(prompt))
    except Exception as error:  # its parser raises what its grammar library raises
        raise ValueError(f"the prompt can't be read: {error}") from error
    context, _ = compel.build_conditioning_tensor_for_conjunction(conjunction)
    return cast("Tensor", context), _pooled(prompt, tokenizer, encoder)


def _pooled(prompt: str, tokenizer: CompelTokenizer, encoder: CompelEncoder) -> Tensor | None:
    """Of the first 75 tokens of the text as it is written."""
    ids = tokenizer([prompt], truncation=False, padding="", return_tensors=None)["input_ids"][0]
    room = tokenizer.model_max_length
    cut = [*ids[: room - 1], tokenizer.eos_token_id] if len(ids) > room else ids
    filled = cut + [tokenizer.pad_token_id] * (room - len(cut))
    return encoder.run(torch.tensor([filled], device=encoder.device)).pooled


def _with_inversions(prompt: str) -> str:
    """``<name>`` is how InvokeAI writes a textual inversion; ours go by their plain names."""
    return prompt.replace("<", "").replace(">", "") if "<" in prompt else prompt
