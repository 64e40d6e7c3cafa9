"""Run a module by its name, with or without weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.controlnet.modules import Module
from extensions.controlnet.pictures import Array
from extensions.controlnet.preprocessors import ALGORITHMS, Parameters
from pipelines.errors import MissingWeights

if TYPE_CHECKING:
    from pipelines.stages.job import GenerationJob


def run_preprocessor(module: Module, array: Array, parameters: Parameters, job: GenerationJob) -> Array:
    """The map of a picture (h, w, 3 or 4). Raises MissingWeights naming file and folder."""
    algorithm = ALGORITHMS.get(module.key)
    if algorithm is not None:
        return algorithm(array, parameters)
    raise MissingWeights(f"{module.key} can't be run")
