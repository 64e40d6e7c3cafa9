"""Detectors by their names, ready to look; what was loaded last stays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from extensions.adetailer.detect.faces import RetinaFaces
from extensions.adetailer.detect.found import Detector
from extensions.adetailer.detect.media_pipe import MediaPipeDetector
from extensions.adetailer.detect.names import (
    MEDIA_PIPE,
    MORE,
    RETINA_FACE,
    detector_folders,
    find_detector,
    list_detectors,
    missing_detector,
    require_layout,
)
from extensions.adetailer.detect.yolo.network import YoloNetwork, build_yolo
from extensions.adetailer.detect.yolo.run import YoloDetector
from pipelines.plugin import DETECTOR, MissingWeights, helper_file, read_module, read_tensors, stamp

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob

OWNER = "adetailer"
KEPT = 2
MODULES = ("ema", "model")
"""Where training leaves the network in a file; the averaged one is the better."""


def load_detector(job: GenerationJob, name: str, field: str) -> Detector:
    """What clients call so. Raises MissingWeights, UnsupportedModel, CorruptFile, InvalidRequest."""
    if name.lower() in MEDIA_PIPE:
        return MediaPipeDetector.create(name.lower(), _folders(job), field)
    if name.lower() == RETINA_FACE:
        return _retina_face(job, field)
    path = _file(job, name, field)
    device = job.loaded.device
    network = job.services.weights.get(
        OWNER,
        (path, stamp(path), str(device)),
        lambda: read_yolo(path).to(device),
        files=(path,),
        most=KEPT,
        blamed=field,
    )
    return YoloDetector(network=network, device=device)


def require_detector(job: GenerationJob, name: str, field: str) -> None:
    """Raise what ``load_detector`` would for one that isn't there, without reading a file."""
    if name.lower() in MEDIA_PIPE:
        MediaPipeDetector.create(name.lower(), _folders(job), field)
    elif name.lower() != RETINA_FACE:
        _file(job, name, field)


def read_yolo(path: Path) -> YoloNetwork:
    """The network of a file. Raises UnsupportedModel, CorruptFile."""
    plain = path.suffix.lower() == ".safetensors"
    return build_yolo(read_tensors(path) if plain else read_module(path, MODULES), path.name)


def _file(job: GenerationJob, name: str, field: str) -> Path:
    require_layout(name, field)
    folders = _folders(job)
    files = list_detectors(folders)
    path = find_detector(name, files)
    if path is None:
        raise MissingWeights(missing_detector(name, files, folders), field=field)
    return path


def _folders(job: GenerationJob) -> tuple[Path, ...]:
    folders = job.services.settings.folders
    named = str(job.request.options.extension.get(MORE, ""))
    return detector_folders(folders.models, named, folders.places)


def _retina_face(job: GenerationJob, field: str) -> RetinaFaces:
    try:
        path = helper_file(job.services.settings.folders, DETECTOR, RETINA_FACE)
    except MissingWeights as error:
        raise MissingWeights(error.message, field=field) from error
    device = job.loaded.device
    return job.services.weights.get(
        OWNER,
        (path, stamp(path), str(device)),
        lambda: RetinaFaces.load(path, device),
        files=(path,),
        most=KEPT,
        blamed=field,
    )
