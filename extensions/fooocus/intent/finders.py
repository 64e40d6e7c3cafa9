"""The files of the networks that find things in pictures, which this server has no loader for."""

from __future__ import annotations

OWN = {"sam": "groundingdino_swint_ogc.pth and sam_vit_b_01ec64.pth"}


def finder_refusal(model: str) -> str:
    """Why no mask can be made with a model."""
    return f"masks need the weights of {OWN.get(model, f'{model}.onnx')}, which can't be used here"
