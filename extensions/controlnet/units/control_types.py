"""The control types by which front ends sort preprocessors and models, one row each; no torch."""

from __future__ import annotations

from dataclasses import dataclass

from extensions.controlnet.units.spellings import UnionType


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlType:
    """A control type; its models have its name or one of ``words`` in theirs.

    ``union``: the type of its maps for a union network, None where such networks have none.
    """

    name: str
    words: tuple[str, ...] = ()
    union: UnionType | None = None


CONTROL_TYPES = (
    ControlType(name="Canny", union=UnionType.HARD_EDGE),
    ControlType(name="Depth", union=UnionType.DEPTH),
    ControlType(name="IP-Adapter", words=("ip_adapter", "ipadapter")),
    ControlType(name="Inpaint", union=UnionType.INPAINT),
    ControlType(name="Instant-ID", words=("instant_id", "instantid")),
    ControlType(name="InstructP2P", words=("ip2p",)),
    ControlType(name="Lineart", union=UnionType.HARD_EDGE),
    ControlType(name="MLSD", union=UnionType.HARD_EDGE),
    ControlType(name="NormalMap", words=("normal",), union=UnionType.NORMAL_MAP),
    ControlType(name="OpenPose", words=("densepose",), union=UnionType.OPENPOSE),
    ControlType(name="Recolor"),
    ControlType(name="Reference"),
    ControlType(name="Revision"),
    ControlType(name="Scribble", words=("sketch",), union=UnionType.SOFT_EDGE),
    ControlType(name="Segmentation", words=("seg",), union=UnionType.SEGMENTATION),
    ControlType(name="Shuffle"),
    ControlType(name="SoftEdge", union=UnionType.SOFT_EDGE),
    ControlType(name="SparseCtrl"),
    ControlType(name="T2I-Adapter", words=("t2i_adapter", "t2iadapter", "t2ia")),
    ControlType(name="Tile", words=("blur",), union=UnionType.TILE),
)
"""In the order of the original's listing."""
