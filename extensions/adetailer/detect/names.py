"""Names of detectors: files in folders, and those that need no file there; no torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipelines.plugin import InvalidRequest, Places, walk

SUFFIXES = (".pt", ".safetensors")
EYES_ONLY = "mediapipe_face_mesh_eyes_only"
MEDIA_PIPE: Mapping[str, str] = {
    "mediapipe_face_full": "blaze_face_full_range.tflite",
    "mediapipe_face_short": "blaze_face_short_range.tflite",
    "mediapipe_face_mesh": "face_landmarker.task",
    EYES_ONLY: "face_landmarker.task",
}
"""Ways of the package mediapipe, and the files of its models that they need."""
RETINA_FACE = "retinaface"
"""The detector of face restoration; its file lies with those of GFPGAN and CodeFormer."""
FOLDER = "adetailer"
MORE = "ad_extra_models_dir"
"""The option that names further folders, with ``|`` between."""


def detector_folders(models: Path, named: str, places: Places) -> tuple[Path, ...]:
    """Return the folders of detector files. Raises InvalidRequest for folders beyond the server's own."""
    more = (text.strip() for text in named.split("|"))
    return (
        models / FOLDER,
        *(places.readable_place(text, field=f"options.{MORE}") for text in more if text),
    )


def list_detectors(folders: Iterable[Path]) -> dict[str, Path]:
    """Return paths by file name; of equal names the first counts."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in walk(folder, SUFFIXES):
            found.setdefault(path.name, path)
    return found


def find_detector(name: str, files: Mapping[str, Path]) -> Path | None:
    """Find a detector by file name in any letter case, or without its suffix."""
    wanted = name.strip().casefold()
    for text in (wanted, Path(wanted).stem):
        for file, path in files.items():
            if text in (file.casefold(), path.stem.casefold()):
                return path
    return None


def missing_detector(name: str, files: Mapping[str, Path], folders: Sequence[Path]) -> str:
    """Return the error's text for a name without a file."""
    known = ", ".join([*[*files][:12], RETINA_FACE])
    return f"there is no detector {name!a} in {folders[0]}; there are: {known}"


def require_layout(name: str, field: str) -> None:
    """Refuse detectors that read texts. Raises InvalidRequest."""
    if "-world" in name.lower():
        raise InvalidRequest(f"{name}: detectors that are told classes in words can't run here", field=field)
