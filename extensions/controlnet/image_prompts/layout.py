"""Infer an IP-Adapter's architecture from its tensors; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from pipelines.errors import UnsupportedModel
from pipelines.loading.layout import Shapes, count, shape_of

PROJECTION, ATTENTION = "image_proj.", "ip_adapter."
HEAD_WIDTH = 64
FACE_WIDTH = 512
ENCODERS = {
    "clip_h": "ip-adapter_clip_sd15",
    "clip_g": "ip-adapter_clip_sdxl",
}
AUTO = "ip-adapter-auto"
STYLE = "clip_vision"
"""The preprocessor that embeds pictures for T2I style adapters."""
EMBEDDERS = frozenset({*ENCODERS.values(), "ip-adapter_clip_sdxl_plus_vith"})
"""The preprocessors that embed pictures for IP-Adapters."""
POOLED_WIDTHS = {1024: "clip_h", 1280: "clip_g"}
HIDDEN_WIDTHS = {1280: "clip_h", 1664: "clip_g"}


class Projector(Enum):
    """How an adapter makes tokens of what CLIP sees."""

    LINEAR = "plain"
    RESAMPLER = "plus"
    MLP = "full face"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterLayout:
    """The shape of an IP-Adapter.

    ``input_width``: channels of the pooled embedding (plain) or of the hidden states (plus, full face).
    ``tokens`` is None where every token of CLIP makes one. ``width``, ``heads`` and ``depth`` are the
    resampler's.
    """

    projector: Projector
    input_width: int
    context_width: int
    attentions: int
    tokens: int | None = None
    width: int = 0
    heads: int = 0
    depth: int = 0

    @property
    def pooled(self) -> bool:
        """Whether it looks at the pooled embedding."""
        return self.projector is Projector.LINEAR

    @property
    def module(self) -> str | None:
        """The preprocessor that fits, None for a width that no published encoder has."""
        widths = POOLED_WIDTHS if self.pooled else HIDDEN_WIDTHS
        return ENCODERS.get(widths.get(self.input_width, ""))


def flat_names(table: Mapping[str, Any]) -> dict[str, Any]:
    """``{image_proj: {...}, ip_adapter: {...}}`` under dotted names; flat tables stay as they are."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            inner: Mapping[Any, Any] = value
            flat.update({f"{name}.{key}": one for key, one in inner.items()})
        else:
            flat[name] = value
    return flat


def adapter_layout(shapes: Shapes, path: Path) -> AdapterLayout:
    """The layout of tensors under flat names. Raises CorruptFile, UnsupportedModel for face models."""
    own = {name.removeprefix(PROJECTION): s for name, s in shapes.items() if name.startswith(PROJECTION)}
    _refuse_faces(own, path)
    keys = [s for n, s in shapes.items() if n.startswith(ATTENTION) and n.endswith("to_k_ip.weight")]
    shared: dict[str, Any] = {"context_width": keys[0][1] if keys else 0, "attentions": len(keys)}
    if "latents" in own:
        return _resampler(own, shared)
    if "proj.3.weight" in own:
        return AdapterLayout(projector=Projector.MLP, input_width=shape_of(own, "proj.0.weight")[1], **shared)
    rows, width = shape_of(own, "proj.weight")
    tokens = rows // shape_of(own, "norm.weight")[0]
    return AdapterLayout(projector=Projector.LINEAR, input_width=width, tokens=tokens, **shared)


def _resampler(own: Shapes, shared: dict[str, Any]) -> AdapterLayout:
    _, tokens, width = shape_of(own, "latents")
    return AdapterLayout(
        projector=Projector.RESAMPLER,
        input_width=shape_of(own, "proj_in.weight")[1],
        tokens=tokens,
        width=width,
        heads=shape_of(own, "layers.0.0.to_q.weight")[0] // HEAD_WIDTH,
        depth=count(own, "layers."),
        **shared,
    )


def _refuse_faces(own: Shapes, path: Path) -> None:
    """Face recognition's embeddings need networks that are not here."""
    name = path.stem.lower()
    kind = None
    if "pulid" in name or any(n.startswith("id_embedding_mapping") for n in own):
        kind = "PuLID"
    elif own.get("proj_in.weight", (0, 0))[1] == FACE_WIDTH:
        kind = "InstantID"
    elif "proj.0.weight" in own and "proj.3.weight" not in own:
        kind = "FaceID"
    if kind is not None:
        raise UnsupportedModel(f"{path.name} is an IP-Adapter {kind} model, which can't be run")
