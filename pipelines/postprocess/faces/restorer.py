"""Restore faces with GFPGAN (Wang et al. 2021) or CodeFormer (Zhou et al. 2022)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipelines.catalog.files import stamp
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import Pieces, heeding
from pipelines.contract.settings import Folders
from pipelines.memory.weight_shelf import Holder, WeightShelf
from pipelines.postprocess.faces.detector import find_landmarks
from pipelines.postprocess.faces.files import (
    DETECTOR,
    PARSER,
    RESTORERS,
    helper_file,
    load_helper,
    restorer_file,
)
from pipelines.postprocess.faces.geometry import Pixels, alignment, cut_out, paste, soft_mask
from pipelines.postprocess.faces.parsenet import ParseNet
from pipelines.postprocess.faces.retinaface import RetinaFace
from pipelines.postprocess.upscale.network import load_network

OWNER = "face restorer"
N = TypeVar("N")
M = TypeVar("M", bound=nn.Module)
Restore = Callable[[Tensor, float], Tensor]
"""A face (1, 3, 512, 512) RGB in -1..1 and a fidelity in 0..1 to the restored face."""


class FaceRestorers:
    """The face restorers of one engine; networks are loaded at first use and stay on ``shelf``."""

    def __init__(self, folders: Folders, device: torch.device, shelf: WeightShelf | None = None) -> None:
        self._folders = folders
        self._device = device
        self._shelf = shelf or WeightShelf()

    def restore(
        self, picture: NDArray[np.uint8], model: str, weight: float, warn: Callable[[str], None]
    ) -> Pieces[NDArray[np.uint8]]:
        """Restore every face of an RGB picture (h, w, 3), each a piece.

        ``weight`` is CodeFormer's fidelity in 0..1. A face that can't be restored stays, with a warning.
        Raises MissingWeights, CorruptFile, InvalidRequest.
        """
        model = restorer_name(model)
        holder = Holder()
        restorer, detector, parser = self._load(model, holder)
        bgr = np.ascontiguousarray(picture[:, :, ::-1])
        canvas = bgr.astype(np.float64)
        for landmarks in heeding(find_landmarks(detector, bgr, self._device)):
            yield
            matrix = alignment(landmarks)
            if matrix is None:
                continue
            face = self._restored(cut_out(bgr, matrix), restorer, weight, model, warn)
            canvas = paste(canvas, face, soft_mask(self._classes(face, parser)), matrix)
        return np.ascontiguousarray(canvas.astype(np.uint8)[:, :, ::-1])

    def require(self, model: str) -> None:
        """Raise what ``restore`` would for a model that isn't there, without reading a file."""
        name = restorer_name(model)
        restorer_file(self._folders, name)
        for helper in (DETECTOR, PARSER):
            helper_file(self._folders, helper, name)

    def unload(self) -> None:
        """Let the networks go."""
        self._shelf.clear(OWNER)

    def _load(self, model: str, holder: Holder) -> tuple[Restore, RetinaFace, ParseNet]:
        """The three networks; all files are looked for before any is read."""
        weights = restorer_file(self._folders, model)
        detector, parser = (helper_file(self._folders, name, model) for name in (DETECTOR, PARSER))
        descriptor = self._kept(weights, lambda: load_network(weights, self._device, wanted=model), holder)
        restore = _gfpgan(descriptor) if model == "GFPGAN" else _codeformer(descriptor)
        return (
            restore,
            self._kept(detector, lambda: self._helper(RetinaFace(), detector), holder),
            self._kept(parser, lambda: self._helper(ParseNet(), parser), holder),
        )

    def _kept(self, path: Path, load: Callable[[], N], holder: Holder) -> N:
        return self._shelf.get(
            OWNER,
            (path, stamp(path)),
            load,
            files=(path,),
            most=len(RESTORERS) + 2,
            holder=holder,
            blamed="options.face_restoration_model",
        )

    def _helper(self, network: M, path: Path) -> M:
        load_helper(network, path, self._device)
        return network

    def _restored(
        self, face: Pixels, restorer: Restore, weight: float, model: str, warn: Callable[[str], None]
    ) -> Pixels:
        try:
            with torch.inference_mode():
                return to_pixels(restorer(to_tensor(face).to(self._device), weight))
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            warn(f"{model} could not restore a face: {error}")
            return face

    def _classes(self, face: Pixels, parser: ParseNet) -> NDArray[np.int64]:
        with torch.inference_mode():
            return parser(to_tensor(face).to(self._device))[0].argmax(0).cpu().numpy()


def restorer_name(name: str) -> str:
    """A restorer's own spelling. Raises InvalidRequest."""
    found = next((known for known in RESTORERS if known.casefold() == name.casefold()), None)
    if found is None:
        text = f"no face restorer is called {name!r}; there are {', '.join(RESTORERS)}"
        raise InvalidRequest(text, field="options.face_restoration_model")
    return found


def _gfpgan(descriptor: Any) -> Restore:
    return lambda face, weight: descriptor.model(face, return_rgb=False)[0]


def _codeformer(descriptor: Any) -> Restore:
    return lambda face, weight: descriptor.model(face, weight=weight)[0]


def to_tensor(face: Pixels) -> Tensor:
    """BGR bytes (h, w, 3) to RGB (1, 3, h, w) in -1..1."""
    rgb = np.ascontiguousarray(face[:, :, ::-1].transpose(2, 0, 1)).astype(np.float32) / 255.0
    return (torch.from_numpy(rgb)[None] - 0.5) / 0.5


def to_pixels(face: Tensor) -> Pixels:
    """RGB (1, 3, h, w) in -1..1 to BGR bytes (h, w, 3), truncated."""
    rgb = (face[0].float().clamp(-1, 1).cpu().numpy() + 1.0) / 2.0
    return np.ascontiguousarray((rgb.transpose(1, 2, 0)[:, :, ::-1] * 255.0).astype(np.uint8))
