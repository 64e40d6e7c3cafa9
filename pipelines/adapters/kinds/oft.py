"""OFT and BOFT: blocks of rows are rotated (arXiv 2306.07280, 2311.06243)."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.adapters.kinds.parts import Delta, Parts

READS = frozenset({"oft_blocks", "oft_diag", "rescale"})


def matches(parts: Parts) -> bool:
    """True if there are rotation blocks, as generators (new) or as matrices (old)."""
    return "oft_blocks" in parts or "oft_diag" in parts


def rank(parts: Parts) -> int | None:
    """Return None: rotations are never scaled."""
    return None


def delta(parts: Parts, weight: Tensor, dyn: int | None = None) -> Delta:
    """Subtract the weight from the rotated one.

    Blocks are (count, b, b), or (stages, count, b, b) for BOFT.
    """
    rotations = _rotations(parts, weight)
    merged = _butterfly(rotations, weight) if rotations.ndim == 4 else _rotate(rotations, weight)
    if "rescale" in parts:
        merged = merged * parts["rescale"].reshape(-1, *(1,) * (weight.ndim - 1))
    return Delta(weight=merged - weight)


def _rotations(parts: Parts, weight: Tensor) -> Tensor:
    if "oft_blocks" not in parts:
        return parts["oft_diag"]
    blocks = parts["oft_blocks"].float()
    limit = float(parts["alpha"]) * weight.shape[0] if "alpha" in parts else 0.0
    return cayley(blocks, limit)


def cayley(blocks: Tensor, limit: float = 0.0) -> Tensor:
    """Compute (I + Q)(I - Q)^-1 with Q = A - A^T; a ``limit`` but 0 bounds the norm of Q over all blocks."""
    skew = blocks - blocks.transpose(-1, -2)
    if limit != 0.0:
        norm = torch.linalg.vector_norm(skew)
        skew = skew * ((norm.clamp(max=limit) + 1e-8) / (norm + 1e-8))
    eye = torch.eye(skew.shape[-1], dtype=skew.dtype, device=skew.device)
    return (eye + skew) @ torch.linalg.inv(eye - skew)


def _rotate(rotations: Tensor, weight: Tensor) -> Tensor:
    """Compute out[k, m] = sum over n of R[k, n, m] W[k, n]; rows of W are (block k, row n)."""
    rows = weight.unflatten(0, (rotations.shape[0], rotations.shape[1]))
    dtype = torch.promote_types(rotations.dtype, rows.dtype)
    return torch.einsum("knm,kn...->km...", rotations.to(dtype), rows.to(dtype)).flatten(0, 1)


def _butterfly(stages: Tensor, weight: Tensor) -> Tensor:
    """Rotate in stages, each on rows regrouped with a doubled stride."""
    size = stages.shape[-1]
    dtype = torch.promote_types(stages.dtype, weight.dtype)
    rows = weight.to(dtype)
    for number, blocks in enumerate(stages.to(dtype)):
        stride = 2**number * (size // 2)
        grouped = rows.unflatten(0, (-1, 2, stride)).transpose(1, 2).flatten(0, 2)
        turned = torch.einsum("bij,bj...->bi...", blocks, grouped.unflatten(0, (-1, size)))
        rows = turned.flatten(0, 1).unflatten(0, (-1, stride, 2)).transpose(1, 2).flatten(0, 2)
    return rows
