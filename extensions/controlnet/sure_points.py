"""Key points of a network as OpenPose's flat list."""

from __future__ import annotations

from extensions.controlnet.onnx_net import SURE, Floats


def sure_points(points: Floats, scores: Floats) -> list[float]:
    """x, y, 1.0 for each of (n, 2) whose score is above ``SURE``, three zeros for the others."""
    places = zip(points.tolist(), scores.tolist(), strict=True)
    triples = [[x, y, 1.0] if score > SURE else [0.0, 0.0, 0.0] for (x, y), score in places]
    return [float(value) for triple in triples for value in triple]
