"""Infer an IP-Adapter's architecture from its tensors; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from pipelines.plugin import CorruptFile, Shapes, count, shape_of, tensor_shapes

PROJECTION, ATTENTION = "image_proj.", "ip_adapter."
PERCEIVER = "perceiver_resampler."
HEAD_WIDTH = 64
FACE_WIDTH = 512
CLIP_H, CLIP_G = "ip-adapter_clip_sd15", "ip-adapter_clip_sdxl"
FACE_ID, FACE_ID_PLUS = "ip-adapter_face_id", "ip-adapter_face_id_plus"
INSTANT_ID, PULID = "instant_id_face_embedding", "ip-adapter_pulid"
POOLED_WIDTHS = {1024: CLIP_H, 1280: CLIP_G}
HIDDEN_WIDTHS = {1280: CLIP_H, 1664: CLIP_G}
FEATURES = 5
"""Number of EVA-CLIP's layers that PuLID reads, one token each."""


class Projector(Enum):
    """The kinds of projection by which adapters make tokens of an embedding."""

    LINEAR = "plain"
    RESAMPLER = "plus"
    MLP = "full face"
    FACE = "FaceID"
    FACE_PLUS = "FaceID Plus"
    IDENTITY = "InstantID"
    PORTRAIT = "PuLID"


FACE_PREPROCESSORS = {
    Projector.FACE: FACE_ID,
    Projector.FACE_PLUS: FACE_ID_PLUS,
    Projector.IDENTITY: INSTANT_ID,
    Projector.PORTRAIT: PULID,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterLayout:
    """The shape of an IP-Adapter.

    ``input_width``: channels of its input: CLIP's pooled embedding (plain) or hidden states (plus, full face,
    FaceID Plus), face recognition's embedding (FaceID, InstantID), PuLID's identity.
    ``tokens`` is None where every token of CLIP makes one. ``width``, ``heads`` and ``depth`` are the
    resampler's. ``shortcut``: FaceID Plus version 2, which adds the face's own tokens.
    """

    projector: Projector
    input_width: int
    context_width: int
    attentions: int
    tokens: int | None = None
    width: int = 0
    heads: int = 0
    depth: int = 0
    shortcut: bool = False

    @property
    def pooled(self) -> bool:
        """True if its input is CLIP's pooled embedding."""
        return self.projector is Projector.LINEAR

    @property
    def widths(self) -> tuple[int, ...]:
        """The channels of all inputs of the projection, in their order."""
        if self.projector is Projector.FACE_PLUS:
            return FACE_WIDTH, self.input_width
        if self.projector is Projector.PORTRAIT:
            return self.input_width, *(self.width,) * FEATURES
        return (self.input_width,)

    @property
    def preprocessor(self) -> str | None:
        """The preprocessor that fits, None for a width that no published encoder has."""
        if self.projector in FACE_PREPROCESSORS:
            return FACE_PREPROCESSORS[self.projector]
        return (POOLED_WIDTHS if self.pooled else HIDDEN_WIDTHS).get(self.input_width)


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


def file_layout(path: Path) -> AdapterLayout:
    """The layout of a file. Raises CorruptFile."""
    return adapter_layout(flat_names(tensor_shapes(path)), path)


def adapter_layout(shapes: Shapes, path: Path) -> AdapterLayout:
    """The layout of tensors under flat names. Raises CorruptFile.

    FaceID Plus version 2 has the tensors of version 1; it is the one with ``v2`` in the file's name.
    """
    own = {name.removeprefix(PROJECTION): s for name, s in shapes.items() if name.startswith(PROJECTION)}
    keys = [s for n, s in shapes.items() if n.startswith(ATTENTION) and n.endswith("to_k_ip.weight")]
    if not keys:
        raise CorruptFile(f"{path.name} holds no attention of an IP-Adapter")
    shared: dict[str, Any] = {"context_width": keys[0][1], "attentions": len(keys)}
    if "body.0.weight" in own:
        return _portrait(own, shared)
    if "latents" in own:
        return _resampler(own, shared)
    if "proj.3.weight" in own:
        return AdapterLayout(projector=Projector.MLP, input_width=shape_of(own, "proj.0.weight")[1], **shared)
    if "proj.2.weight" in own:
        return _face(own, shared, second="v2" in path.stem.lower())
    rows, width = shape_of(own, "proj.weight")
    tokens = rows // shape_of(own, "norm.weight")[0]
    return AdapterLayout(projector=Projector.LINEAR, input_width=width, tokens=tokens, **shared)


def _resampler(own: Shapes, shared: dict[str, Any]) -> AdapterLayout:
    _, tokens, width = shape_of(own, "latents")
    seen = shape_of(own, "proj_in.weight")[1]
    return AdapterLayout(
        projector=Projector.IDENTITY if seen == FACE_WIDTH else Projector.RESAMPLER,
        input_width=seen,
        tokens=tokens,
        width=width,
        **_layers(own, ""),
        **shared,
    )


def _face(own: Shapes, shared: dict[str, Any], *, second: bool) -> AdapterLayout:
    width = shape_of(own, "norm.weight")[0]
    tokens = shape_of(own, "proj.2.weight")[0] // width
    if f"{PERCEIVER}proj_in.weight" not in own:
        seen = shape_of(own, "proj.0.weight")[1]
        return AdapterLayout(projector=Projector.FACE, input_width=seen, tokens=tokens, **shared)
    return AdapterLayout(
        projector=Projector.FACE_PLUS,
        input_width=shape_of(own, f"{PERCEIVER}proj_in.weight")[1],
        tokens=tokens,
        width=width,
        shortcut=second,
        **_layers(own, PERCEIVER),
        **shared,
    )


def _layers(own: Shapes, prefix: str) -> dict[str, int]:
    heads = shape_of(own, f"{prefix}layers.0.0.to_q.weight")[0] // HEAD_WIDTH
    return {"heads": heads, "depth": count(own, f"{prefix}layers.")}


def _portrait(own: Shapes, shared: dict[str, Any]) -> AdapterLayout:
    return AdapterLayout(
        projector=Projector.PORTRAIT,
        input_width=shape_of(own, "body.0.weight")[1],
        tokens=shape_of(own, "body.6.weight")[0] // shared["context_width"] + FEATURES,
        width=shape_of(own, "mapping_0.0.weight")[1],
        **shared,
    )
