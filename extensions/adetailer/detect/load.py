"""Load detectors by their names; the last ones stay loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from extensions.adetailer.detect.combined import JoinedDetectors, NumberedDetector
from extensions.adetailer.detect.faces import RetinaFaces
from extensions.adetailer.detect.found import Detector
from extensions.adetailer.detect.media_pipe import MediaPipeDetector
from extensions.adetailer.detect.names import (
    MEDIA_PIPE,
    RETINA_FACE,
    detector_folders,
    find_detector,
    list_detectors,
    missing_detector,
    require_layout,
)
from extensions.adetailer.detect.place import PlaceDetector
from extensions.adetailer.detect.wanted import WantedThings, read_wanted
from extensions.adetailer.detect.words import WordsDetector
from extensions.adetailer.detect.yolo.network import YoloNetwork, build_yolo
from extensions.adetailer.detect.yolo.run import YoloDetector
from extensions.adetailer.options import ADetailerOptions
from pipelines.plugin import (
    DETECTOR,
    InvalidRequest,
    MissingWeights,
    clipseg_folder,
    helper_file,
    read_module,
    read_tensors,
    stamp,
    word_finder,
)

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob

OWNER = "adetailer"
KEPT = 2
MODULES = ("ema", "model")
"""Names under which training files hold the network, the averaged one first as it is better."""


def load_detector(job: GenerationJob, name: str, field: str) -> Detector:
    """Load the detectors of a name. Raises MissingWeights, UnsupportedModel, CorruptFile, InvalidRequest."""
    loads = [partial(_part, job, wanted, field) for wanted in _wanted(job, name, field)]
    return loads[0]() if len(loads) == 1 else JoinedDetectors(loads=loads)


def require_detector(job: GenerationJob, name: str, field: str) -> None:
    """Raise ``load_detector``'s error for a missing detector; a file is read only where classes are named."""
    for wanted in _wanted(job, name, field):
        if wanted.classes or wanted.place:
            _part(job, wanted, field)
        elif wanted.words:
            clipseg_folder(job.services.settings.folders.models, field)
        elif wanted.name.lower() in MEDIA_PIPE:
            MediaPipeDetector.create(wanted.name.lower(), _folders(job), field)
        elif wanted.name.lower() != RETINA_FACE:
            _file(job, wanted.name, field)


def _wanted(job: GenerationJob, name: str, field: str) -> tuple[WantedThings, ...]:
    files = list_detectors(_folders(job)).values()
    names = {text.casefold() for path in files for text in (path.name, path.stem)}
    return read_wanted(name, lambda text: text.casefold() in names, field)


def _part(job: GenerationJob, wanted: WantedThings, field: str) -> Detector:
    if wanted.place:
        return PlaceDetector.named(wanted.place, field)
    found = _by_words(job, wanted.words, field) if wanted.words else _by_name(job, wanted.name, field)
    if wanted.classes:
        found = _of_classes(found, wanted, field)
    return NumberedDetector(detector=found, number=wanted.number) if wanted.number else found


def _by_words(job: GenerationJob, words: str, field: str) -> WordsDetector:
    models, device = job.services.settings.folders.models, job.loaded.device
    finder = word_finder(models, device, job.services.weights, field)
    return WordsDetector(finder=finder, words=words)


def _by_name(job: GenerationJob, name: str, field: str) -> Detector:
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


def _of_classes(detector: Detector, wanted: WantedThings, field: str) -> Detector:
    """Restrict a detector to these classes. Raises InvalidRequest for those that it doesn't know."""
    if not isinstance(detector, YoloDetector):
        raise InvalidRequest(f"{wanted.name} tells no classes apart", field=field)
    names = detector.network.names
    numbers = {name.casefold(): number for number, name in names.items()}
    known = {str(number): number for number in range(detector.network.classes)} | numbers
    unknown = [name for name in wanted.classes if name.casefold() not in known]
    if unknown:
        listed = ", ".join([*names.values()][:12]) or f"0 to {detector.network.classes - 1}"
        text = f"{wanted.name} knows no class {unknown[0][:60]!a}; it knows: {listed}"
        raise InvalidRequest(text, field=field)
    return replace(detector, classes=frozenset(known[name.casefold()] for name in wanted.classes))


def read_yolo(path: Path) -> YoloNetwork:
    """The network of a file, with its classes' names. Raises UnsupportedModel, CorruptFile."""
    if path.suffix.lower() == ".safetensors":
        return build_yolo(read_tensors(path), path.name)
    held = read_module(path, MODULES)
    network = build_yolo(held.tensors, path.name)
    network.names = _names(held.beside.get("names"))
    return network


def _names(told: object) -> dict[int, str]:
    """Return the names of classes by number, from a file's entry ``names``."""
    table: Mapping[object, object] = told if isinstance(told, Mapping) else {}
    return {number: str(name) for number, name in table.items() if isinstance(number, int)}


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
    named = ADetailerOptions.of(job.request.options).ad_extra_models_dir
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
