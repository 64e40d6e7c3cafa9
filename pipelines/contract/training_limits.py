"""The bounds of one training run, checked wherever one is made: by a route or by an extension."""

from __future__ import annotations

from pipelines.contract.limits import (
    FLAGS,
    MEGA,
    MIN_SIDE,
    SEEDS,
    WorkLimits,
    check_cost,
    check_generation,
    check_picture,
    within,
)
from pipelines.contract.training import CreateEmbeddingRequest, HypernetworkShape, LoraTarget, TrainRequest

MOST_VECTORS = 750
"""Ten chunks of a prompt."""
MOST_CHANNELS, MOST_LAYERS, WIDEST = 8192, 16, 32
"""Of a hypernetwork: the channels of a size, its layers, and how many times a layer is as wide."""
MOST_RANK = 1024


def check_vectors(request: CreateEmbeddingRequest) -> None:
    """Raise InvalidRequest for an embedding that no prompt could hold."""
    within("vectors", request.vectors, 0, MOST_VECTORS)


def check_shape(shape: HypernetworkShape) -> None:
    """Raise InvalidRequest for hypernetworks of useless sizes, layers or widths."""
    within("shape.sizes", len(shape.sizes), 0, MOST_LAYERS)
    for size in shape.sizes:
        within("shape.sizes", size, 1, MOST_CHANNELS)
    within("shape.layer_structure", len(shape.layer_structure), 2, MOST_LAYERS)
    for width in shape.layer_structure:
        within("shape.layer_structure", width, 1 / min(shape.sizes, default=1), WIDEST)
    for share in shape.dropout_structure:
        within("shape.dropout_structure", share, 0, 1)


def check_training(request: TrainRequest, limits: WorkLimits, *, pictures: int) -> None:
    """Raise InvalidRequest, naming field and flag, for a run beyond the limits.

    ``pictures`` is their number in its folder: no batch is larger.
    """
    plan, steps = request.pictures, request.steps
    within("steps.steps", steps.steps, 1, limits.training_steps, flag=FLAGS["training_steps"])
    batch = min(steps.batch_size, max(pictures, 1))
    within("steps.batch_size", batch, 1, limits.batch_size, flag=FLAGS["batch_size"])
    within("pictures.uploads", len(plan.uploads), 0, limits.pictures)
    within("seed", request.seed, *SEEDS)
    within("pictures.tag_drop_out", plan.tag_drop_out, 0, 1)
    check_picture("pictures.width", plan.width, plan.height, limits)
    within("pictures.width", plan.width, MIN_SIDE, limits.side)
    within("pictures.height", plan.height, MIN_SIDE, limits.side)
    if isinstance(request.target, LoraTarget):
        within("target.rank", request.target.rank, 1, MOST_RANK)
    cost = plan.width * plan.height / MEGA * batch * min(steps.gradient_step, max(pictures, 1)) * steps.steps
    check_cost(cost, limits, field="steps.steps")
    if request.preview is not None:
        check_generation(request.preview.request, limits)
