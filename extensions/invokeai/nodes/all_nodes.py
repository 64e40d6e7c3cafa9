"""Every module of core nodes; importing them registers the nodes."""

from __future__ import annotations

_HERE = "extensions.invokeai.nodes."
MODULES = tuple(
    _HERE + name
    for name in (
        "primitives",
        "stored",
        "maths",
        "strings",
        "collections",
        "metadata",
        "image_basics",
        "image_colors",
        "masks",
        "filters",
        "detectors",
        "safety",
        "segmentation",
        "models",
        "prompts",
        "latents",
        "denoise",
        "adapters",
    )
)
