"""Embed a picture in an engine: with CLIP, with face recognition, or as PuLID does with both."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from extensions.controlnet.image_prompts.clip_vision import LoadedEncoder, find_encoder
from extensions.controlnet.image_prompts.eva_clip import find_tower, load_tower, look
from extensions.controlnet.image_prompts.layout import FACE_ID_PLUS, FACES, INSTANT_ID, PULID
from extensions.controlnet.maps.algorithms import working_size
from extensions.controlnet.maps.embedding import (
    Embedding,
    FaceEmbedding,
    ImageEmbedding,
    PortraitEmbedding,
)
from extensions.controlnet.maps.faces.grey_features import grey_features, load_detector
from extensions.controlnet.maps.faces.pack import FacePack, find_pack, load_pack
from extensions.controlnet.maps.faces.parsing import load_parser
from extensions.controlnet.maps.kept import Kept, file_key
from extensions.controlnet.maps.networks import NETWORKS
from extensions.controlnet.maps.run import annotator_folders
from extensions.controlnet.preprocessors.modules import Module
from extensions.controlnet.preprocessors.weights import find_files
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import GenerationOptions, RetinaFace, WeightShelf

if TYPE_CHECKING:
    from pipelines.plugin import Services

KEY = "controlnet embedders"
GREY_FEATURES = "facexlib"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitNets:
    """What PuLID looks with: RetinaFace, BiSeNet and EVA-CLIP's tower; on a device only while they work."""

    detector: RetinaFace
    parser: nn.Module
    tower: nn.Module

    @contextmanager
    def on(self, device: torch.device) -> Generator[None]:
        """While entered, all are on the device."""
        nets: tuple[nn.Module, ...] = (self.detector, self.parser, self.tower)
        try:
            for net in nets:
                net.to(device)
            yield
        finally:
            for net in nets:
                net.to("cpu")


@dataclass(slots=True)
class Embedders:
    """The networks that embedded last, one of a kind."""

    clip: LoadedEncoder = field(default_factory=LoadedEncoder)
    faces: Kept[FacePack] = field(default_factory=Kept[FacePack])
    portraits: Kept[PortraitNets] = field(default_factory=Kept[PortraitNets])

    @classmethod
    def on(cls, shelf: WeightShelf) -> Embedders:
        """With their weights on a shelf."""
        return cls(
            clip=LoadedEncoder(kept=Kept(owner=f"{KEY}: vision tower", shelf=shelf)),
            faces=Kept(owner=f"{KEY}: faces", shelf=shelf),
            portraits=Kept(owner=f"{KEY}: portraits", shelf=shelf),
        )


def embed_picture(
    module: Module, picture: Array, services: Services, options: GenerationOptions, *, resolution: float
) -> Embedding:
    """What a module makes of a picture (h, w, 3 or 4).

    ``resolution``: the shorter edge in pixels, for those that scale it. Raises MissingWeights, CorruptFile,
    and InvalidRequest if a face is looked for and not found.
    """
    folders = annotator_folders(services, options)
    kept = services.extension_state.setdefault(KEY, Embedders.on(services.weights))
    assert isinstance(kept, Embedders)
    device = services.residency.device
    if module.key not in FACES:
        return seen(module, picture, kept, folders, device)
    colours = picture[:, :, :3]
    if module.key == INSTANT_ID:
        return FaceEmbedding(identity=identity(module, working_size(colours, resolution)[0], kept, folders))
    raw = identity(module, colours, kept, folders)
    if module.key == PULID:
        return portrait(module, colours, raw, kept, folders, device)
    also = seen(module, picture, kept, folders, device) if module.key == FACE_ID_PLUS else None
    return FaceEmbedding(identity=F.normalize(raw, dim=-1), seen=also)


def seen(
    module: Module, picture: Array, kept: Embedders, folders: Sequence[Path], device: torch.device
) -> ImageEmbedding:
    """What CLIP sees."""
    return kept.clip.embed(find_encoder(module, folders), picture, device)


def identity(module: Module, picture: Array, kept: Embedders, folders: Sequence[Path]) -> Tensor:
    """Whose the largest face is, (1, 512)."""
    files = find_pack(module, folders)
    pack = kept.faces.get(file_key(files), lambda: load_pack(files), files)
    return torch.from_numpy(pack.largest(picture)[1]).reshape(1, -1).float()


def portrait(
    module: Module,
    picture: Array,
    raw: Tensor,
    kept: Embedders,
    folders: Sequence[Path],
    device: torch.device,
) -> PortraitEmbedding:
    """PuLID's embedding of a picture whose largest face has the identity ``raw``."""
    helpers = find_files(module, NETWORKS[GREY_FEATURES].choices, folders)
    files = (*helpers, find_tower(module, folders))
    nets = kept.portraits.get(file_key(files), lambda: _portrait_nets(files), files)
    with nets.on(device):
        face = grey_features(nets.detector, nets.parser, picture)
        view, states = look(nets.tower, face)
    return PortraitEmbedding(identity=torch.cat([raw, view], dim=1), features=states, face=face)


def _portrait_nets(files: Sequence[Path]) -> PortraitNets:
    detector, parser, tower = files
    return PortraitNets(
        detector=load_detector(detector, "cpu"), parser=load_parser(parser), tower=load_tower(tower)
    )
