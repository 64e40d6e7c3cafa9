"""Run a CLIP text tower, textual inversions in place, and keep every layer's output."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import cast

import torch
from torch import Tensor, nn
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

from pipelines.families.clip.tokenizers import BpeTokenizer, tokenizer_of
from pipelines.families.text import EncoderOutput, Placed, TextKind


def core_of(module: nn.Module) -> nn.Module:
    """Return the tower itself, with ``embeddings``, ``encoder`` and ``final_layer_norm``."""
    return module.text_model if isinstance(module, CLIPTextModelWithProjection) else module


class ClipEncoder:
    """A text tower of transformers. OpenCLIP towers come with their projection.

    ``autocast``: run fp16 weights under autocast, so that LayerNorms return fp32 as A1111's do.
    """

    def __init__(
        self, module: CLIPTextModel | CLIPTextModelWithProjection, kind: TextKind, *, autocast: bool = True
    ) -> None:
        self._kind = kind
        self._core = core_of(module)
        self._projection = module.text_projection if isinstance(module, CLIPTextModelWithProjection) else None
        self._embeddings = cast("nn.Module", self._core.embeddings)
        self._tokens = cast("nn.Embedding", self._embeddings.token_embedding)
        self._norm = cast("nn.LayerNorm", self._core.final_layer_norm)
        self._autocast = autocast

    @property
    def tokenizer(self) -> BpeTokenizer:
        """The tokenizer of this kind of tower."""
        return tokenizer_of(self._kind)

    @property
    def width(self) -> int:
        """Channels of a token."""
        return self._tokens.embedding_dim

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return self._tokens.weight.device

    def encode(
        self, input_ids: Tensor, embeddings: Sequence[Placed], attention_mask: Tensor | None = None
    ) -> EncoderOutput:
        """Encode ids (rows, 77) int64; tokens whose ``attention_mask`` (rows, 77) is 0 are not attended to.

        Gradients are followed where they are enabled, as in training.
        """
        ids = input_ids.to(self.device)
        with _following(), self._precision():
            hidden = self._embed(ids, embeddings)
            states = self._run_layers(hidden, _attention_bias(hidden, attention_mask))
            last = self._normalised(states[-1])
            return EncoderOutput(hidden_states=states, last_hidden_state=last, pooled=self._pool(last, ids))

    def final_layer_norm(self, hidden: Tensor) -> Tensor:
        """Normalise a hidden state as the tower does its last."""
        with _following(), self._precision():
            return self._normalised(hidden)

    def _precision(self) -> AbstractContextManager[object]:
        dtype = self._tokens.weight.dtype
        if not self._autocast or dtype == torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, dtype)

    def _embed(self, ids: Tensor, embeddings: Sequence[Placed]) -> Tensor:
        vectors = self._tokens(ids)
        for row, placed in zip(range(len(ids)), embeddings, strict=True):
            for offset, inserted in placed:
                count = min(vectors.shape[1] - offset - 1, inserted.shape[0])
                vectors[row, offset + 1 : offset + 1 + count] = inserted[:count].to(vectors)
        return self._embeddings(inputs_embeds=vectors)

    def _run_layers(self, hidden: Tensor, bias: Tensor) -> tuple[Tensor, ...]:
        states = [hidden]
        for layer in cast("nn.ModuleList", cast("nn.Module", self._core.encoder).layers):
            hidden = layer(hidden, attention_mask=bias, is_causal=False)
            states.append(hidden)
        return tuple(states)

    def _normalised(self, hidden: Tensor) -> Tensor:
        normed = self._norm(hidden)
        # OpenCLIP's LayerNorm returns the dtype of its input, CLIP's autocast's fp32.
        return normed.to(hidden.dtype) if self._kind == "open_clip" else normed

    def _pool(self, last: Tensor, ids: Tensor) -> Tensor | None:
        if self._projection is None:
            return None
        rows = torch.arange(len(ids), device=ids.device)
        return self._projection(last[rows, ids.argmax(dim=-1)])


def _following() -> AbstractContextManager[object]:
    """Return a context of inference mode, unless gradients are enabled."""
    return torch.inference_mode(not torch.is_grad_enabled())


def _attention_bias(hidden: Tensor, attention_mask: Tensor | None) -> Tensor:
    """Return the causal bias to add to attention logits, (1 or rows, 1, tokens, tokens)."""
    length = hidden.shape[1]
    hidden_from = torch.ones(length, length, dtype=torch.bool, device=hidden.device).triu(1)[None, None]
    if attention_mask is not None:
        hidden_from = hidden_from | (attention_mask.to(hidden.device) == 0)[:, None, None, :]
    # A finite number: a row without a token to attend to must not become NaN.
    bias = torch.zeros(hidden_from.shape, dtype=hidden.dtype, device=hidden.device)
    return bias.masked_fill(hidden_from, torch.finfo(hidden.dtype).min)
