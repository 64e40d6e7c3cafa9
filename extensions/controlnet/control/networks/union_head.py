"""The part of a union network that reads the map and its type."""

from __future__ import annotations

import torch
from diffusers.models.controlnets.controlnet import ControlNetConditioningEmbedding
from diffusers.models.controlnets.controlnet_union import ResidualAttentionBlock
from diffusers.models.embeddings import TimestepEmbedding, Timesteps
from torch import Tensor, nn

from extensions.controlnet.control.networks.layout import ControlLayout
from pipelines.plugin import CorruptFile, Shapes, count, shape_of

HEADS = 8


class UnionHead(nn.Module):
    """Hint features and conditioning vector of a union network; submodules bear diffusers' names.

    ``task_embedding`` (types, width) has one row per control type.
    """

    def __init__(self, shapes: Shapes, layout: ControlLayout) -> None:
        super().__init__()
        types, width = shape_of(shapes, "task_embedding")
        flat = shape_of(shapes, "control_add_embedding.linear_1.weight")[1]
        if flat % types:
            raise CorruptFile("the sizes of task_embedding and control_add_embedding.linear_1 don't agree")
        layers = count(shapes, "transformer_layes.")
        time_width = layout.widths[0] * 4
        self.task_embedding = nn.Parameter(torch.empty(types, width))
        self.transformer_layes = nn.ModuleList(ResidualAttentionBlock(width, HEADS) for _ in range(layers))
        self.spatial_ch_projs = nn.Linear(width, layout.widths[0])
        self.control_type_proj = Timesteps(flat // types, True, 0)
        self.control_add_embedding = TimestepEmbedding(flat, time_width)
        self.class_embedding = (
            None if layout.vector_width is None else TimestepEmbedding(layout.vector_width, time_width)
        )
        self.controlnet_cond_embedding = ControlNetConditioningEmbedding(
            layout.widths[0], layout.hint_channels, layout.hint_widths
        )

    @property
    def types(self) -> int:
        """The number of control types: 6, or 8 in ProMax files."""
        return len(self.task_embedding)

    def features(self, hint: Tensor, task: int | None) -> Tensor:
        """Hint (1, 3, 8h, 8w) -> (1, C, h, w), shifted per channel as the type demands; plain for None.

        The published network also feeds a token of the latents to the transformer, which attends over
        the batch: rows of one hint are alike, so neither that token nor the batch changes the answer.
        """
        made: Tensor = self.controlnet_cond_embedding(hint)
        if task is None:
            return made
        token = made.mean(dim=(2, 3)) + self.task_embedding[task]
        for layer in self.transformer_layes:
            token = layer(token[:, None])[:, 0]
        shift: Tensor = self.spatial_ch_projs(token)
        return made + shift[:, :, None, None]

    def vector(self, vector: Tensor | None, task: int | None, dtype: torch.dtype) -> Tensor:
        """The addition to the time embedding, (B or 1, width): the size vector's share and the type's."""
        chosen = torch.zeros(self.types, device=self.task_embedding.device)
        if task is not None:
            chosen[task] = 1.0
        waves = self.control_type_proj(chosen).reshape(1, -1).to(dtype)
        added: Tensor = self.control_add_embedding(waves)
        if self.class_embedding is None or vector is None:
            return added
        own: Tensor = self.class_embedding(vector.to(dtype))
        return own + added
