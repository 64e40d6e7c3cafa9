"""Kinds of fields, nodes and pictures, and the names that fields of nodes choose from."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class Input(StrEnum):
    """The source of a field's value: an edge, the graph itself, or either."""

    Connection = "connection"
    Direct = "direct"
    Any = "any"


class FieldKind(StrEnum):
    """The role of a pydantic field in a graph."""

    Input = "input"
    Output = "output"
    Internal = "internal"
    NodeAttribute = "node_attribute"


class UIComponent(StrEnum):
    """The control that editors show for a field."""

    None_ = "none"
    Textarea = "textarea"
    Slider = "slider"
    VideoFrameIndex = "video-frame-index"


class Classification(StrEnum):
    """The maturity of a node, as editors show it."""

    Stable = "stable"
    Beta = "beta"
    Prototype = "prototype"
    Deprecated = "deprecated"
    Internal = "internal"
    Special = "special"


class Bottleneck(StrEnum):
    """The resource that a node waits for most."""

    Network = "network"
    GPU = "gpu"


class ImageCategory(StrEnum):
    """The place of a picture in the gallery: ``general`` among its images, the others among its assets."""

    GENERAL = "general"
    MASK = "mask"
    CONTROL = "control"
    USER = "user"
    OTHER = "other"


class ResourceOrigin(StrEnum):
    """The origin of a picture: ``internal`` was made here, ``external`` was uploaded."""

    INTERNAL = "internal"
    EXTERNAL = "external"


IMAGE_MODES = Literal["L", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F"]
"""Pillow modes that a node may ask for."""

LATENT_SCALE_FACTOR, LATENT_CHANNELS = 8, 4
"""Pixels along the side of a latent cell, and channels: those of Stable Diffusion, for which InvokeAI's plain
nodes are made."""

SEED_MAX = 2**32 - 1

SCHEDULER_NAME_VALUES = Literal[
    "ddim", "ddpm", "deis", "deis_k", "lms", "lms_k", "pndm", "heun", "heun_k", "euler", "euler_k", "euler_a",
    "kdpm_2", "kdpm_2_k", "kdpm_2_a", "kdpm_2_a_k", "dpmpp_2s", "dpmpp_2s_k", "dpmpp_2m", "dpmpp_2m_k",
    "dpmpp_2m_sde", "dpmpp_2m_sde_k", "dpmpp_3m", "dpmpp_3m_k", "dpmpp_sde", "dpmpp_sde_k", "er_sde", "unipc",
    "unipc_k", "lcm", "tcd",
]  # fmt: skip
"""Names of schedulers; ``_k`` means Karras' noise levels."""

LATENTS_INTERPOLATION_MODE = Literal[
    "nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"
]
"""Ways to resize latents, as ``torch.nn.functional.interpolate`` names them."""
