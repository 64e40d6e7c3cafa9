"""The functions that embed pictures: with CLIP, with face recognition, or as PuLID does with both."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from extensions.controlnet.image_prompts.clip_vision import LoadedEncoder, find_encoder
from extensions.controlnet.image_prompts.embed import EmbedCall
from extensions.controlnet.image_prompts.eva_clip import find_tower, load_tower, look
from extensions.controlnet.maps.embedding import FaceEmbedding, ImageEmbedding, PortraitEmbedding
from extensions.controlnet.maps.faces.grey_features import grey_features, load_detector
from extensions.controlnet.maps.faces.pack import FacePack, find_pack, load_pack
from extensions.controlnet.maps.faces.parsing import load_parser
from extensions.controlnet.maps.kept import Kept, file_key
from extensions.controlnet.maps.sliders import working_size
from extensions.controlnet.preprocessors.face_files import FACE_HELPERS
from extensions.controlnet.preprocessors.weights import find_files
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import RetinaFace

OWNER = "controlnet embedders"


def clip_embedding(call: EmbedCall) -> ImageEmbedding:
    """Embed a picture with the CLIP vision encoder that its preprocessor names."""
    encoder = LoadedEncoder(kept=Kept(owner=f"{OWNER}: vision tower", shelf=call.shelf))
    return encoder.embed(find_encoder(call.preprocessor, call.folders), call.picture, call.device)


def face_embedding(call: EmbedCall) -> FaceEmbedding:
    """Embed the identity of the largest face, normalised. Raises InvalidRequest if there is no face."""
    return FaceEmbedding(identity=F.normalize(identity(call, call.colours), dim=-1))


def face_and_clip_embedding(call: EmbedCall) -> FaceEmbedding:
    """Embed the identity of the largest face, normalised, and the whole picture by CLIP."""
    face = face_embedding(call)
    return FaceEmbedding(identity=face.identity, seen=clip_embedding(call))


def scaled_face_embedding(call: EmbedCall) -> FaceEmbedding:
    """Embed the identity of the largest face in the scaled picture, not normalised, as InstantID does."""
    return FaceEmbedding(identity=identity(call, working_size(call.colours, call.resolution)[0]))


def portrait_embedding(call: EmbedCall) -> PortraitEmbedding:
    """Embed the identity of the largest face, and the face nearest the middle by EVA-CLIP, as PuLID does."""
    raw = identity(call, call.colours)
    helpers = find_files(call.preprocessor, (FACE_HELPERS,), call.folders)
    files = (*helpers, find_tower(call.preprocessor, call.folders))
    kept = Kept[PortraitNets](owner=f"{OWNER}: portraits", shelf=call.shelf)
    nets = kept.get(file_key(files), lambda: _portrait_nets(files), files)
    with nets.on(call.device):
        face = grey_features(nets.detector, nets.parser, call.colours)
        view, states = look(nets.tower, face)
    return PortraitEmbedding(identity=torch.cat([raw, view], dim=1), features=states, face=face)


def identity(call: EmbedCall, picture: Array) -> Tensor:
    """The largest face's embedding (1, 512), not normalised. Raises InvalidRequest if there is no face."""
    files = find_pack(call.preprocessor, call.folders)
    kept = Kept[FacePack](owner=f"{OWNER}: faces", shelf=call.shelf)
    pack = kept.get(file_key(files), lambda: load_pack(files), files)
    return torch.from_numpy(pack.largest(picture)[1]).reshape(1, -1).float()


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitNets:
    """PuLID's networks: RetinaFace, BiSeNet and EVA-CLIP's tower; on a device only while they work."""

    detector: RetinaFace
    parser: nn.Module
    tower: nn.Module

    @contextmanager
    def on(self, device: torch.device) -> Generator[None]:
        """Keep all networks on the device while entered."""
        nets: tuple[nn.Module, ...] = (self.detector, self.parser, self.tower)
        try:
            for net in nets:
                net.to(device)
            yield
        finally:
            for net in nets:
                net.to("cpu")


def _portrait_nets(files: Sequence[Path]) -> PortraitNets:
    detector, parser, tower = files
    return PortraitNets(
        detector=load_detector(detector, "cpu"), parser=load_parser(parser), tower=load_tower(tower)
    )
