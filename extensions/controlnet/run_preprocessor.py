"""Run a module by its name, with or without weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from extensions.controlnet.annotators import LoadedAnnotator
from extensions.controlnet.modules import Module
from extensions.controlnet.pictures import Array
from extensions.controlnet.preprocessors import ALGORITHMS, Parameters

if TYPE_CHECKING:
    from pipelines.stages.job import GenerationJob

KEY = "controlnet annotator"


def run_preprocessor(module: Module, array: Array, parameters: Parameters, job: GenerationJob) -> Array:
    """The map of a picture (h, w, 3 or 4). Raises MissingWeights naming file and folder."""
    algorithm = ALGORITHMS.get(module.key)
    if algorithm is not None:
        return algorithm(array, parameters)
    services = job.services
    loaded: LoadedAnnotator = services.extension_state.setdefault(KEY, LoadedAnnotator())
    device = str(services.residency.device)
    return loaded.run(module, array, parameters, annotator_folders(job), device)


def annotator_folders(job: GenerationJob) -> tuple[Path, ...]:
    """Where preprocessors' weights may lie: the option's folder, ours, the original extension's."""
    folders, option = job.services.settings.folders, job.request.options.control_net_modules_path
    known = folders.annotators or (folders.models / "ControlNetPreprocessor",)
    own = folders.data / "extensions" / "sd-webui-controlnet" / "annotator" / "downloads"
    return (*((Path(option),) if option else ()), *known, own)
