"""Embed pictures by CLIP: transformers' vision towers, from local files only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import torch
from torch import Tensor
from transformers.models.clip.configuration_clip import CLIPVisionConfig
from transformers.models.clip.modeling_clip import CLIPVisionModelWithProjection

from extensions.controlnet.maps.embedding import ImageEmbedding
from extensions.controlnet.maps.kept import Kept, file_key
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.weights import find_below
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import (
    CorruptFile,
    MissingWeights,
    Shapes,
    count,
    fill,
    read_json,
    read_tensors,
    shape_of,
    without_values,
)

MEAN = (0.48145466, 0.4578275, 0.40821073)
SPREAD = (0.26862954, 0.26130258, 0.27577711)
REPOSITORY_FOLDERS = {
    "clip_h": "models/image_encoder",
    "clip_g": "sdxl_models/image_encoder",
    "clip_vitl": "clip-vit-large-patch14",
}
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
HEADS = 16
CLIP_L_WIDTH = 1024


def find_encoder(preprocessor: Preprocessor, folders: Iterable[Path]) -> Path:
    """The weight file of a preprocessor's vision tower. Raises MissingWeights naming file and folders.

    It is the file that the preprocessor names (also as safetensors), or lies in the folder of the repository
    that IP-Adapter is published in, or in transformers' folder of that name; the demo's own tower comes last.
    """
    folders, file = tuple(folders), preprocessor.files[0][0]
    stem = Path(file).stem
    homes = (*filter(None, (REPOSITORY_FOLDERS.get(stem),)), stem, f"demo-{stem}")
    names = (file, f"{stem}.safetensors", f"{stem}.bin", *(f"{home}/{w}" for home in homes for w in WEIGHTS))
    for folder in folders:
        for name in names:
            found = find_below(folder, name)
            if found:
                return found[0]
    places = " or ".join(str(Path(*folder.parts[-2:])) for folder in folders) or "the preprocessors' folder"
    raise MissingWeights(
        f"preprocessor {preprocessor.title} needs {file} (or a folder {stem} with config.json and "
        f"model.safetensors) in {places}",
        field="module",
    )


def vision_config(shapes: Shapes, beside: Path) -> CLIPVisionConfig:
    """The configuration that tensors imply, with heads and activation of a config.json ``beside``, if any."""
    width = shape_of(shapes, "vision_model.post_layernorm.weight")[0]
    patch = shape_of(shapes, "vision_model.embeddings.patch_embedding.weight")[2]
    positions = shape_of(shapes, "vision_model.embeddings.position_embedding.weight")[0]
    known = _known(beside)
    return CLIPVisionConfig(
        hidden_size=width,
        intermediate_size=shape_of(shapes, "vision_model.encoder.layers.0.mlp.fc1.weight")[0],
        projection_dim=shape_of(shapes, "visual_projection.weight")[0],
        num_hidden_layers=count(shapes, "vision_model.encoder.layers."),
        num_attention_heads=int(known.get("num_attention_heads", HEADS)),
        image_size=round((positions - 1) ** 0.5) * patch,
        patch_size=patch,
        # OpenAI's tower has an activation of its own, OpenCLIP's have the usual one
        hidden_act=str(known.get("hidden_act", "quick_gelu" if width == CLIP_L_WIDTH else "gelu")),
        layer_norm_eps=float(known.get("layer_norm_eps", 1e-5)),
    )


def _known(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        table: dict[str, Any] = read_json(path)
    except (OSError, ValueError) as error:
        raise CorruptFile(f"{path.name} is damaged: it can't be read as JSON; download it again") from error
    inner: dict[str, Any] = table.get("vision_config") or {}
    return {**table, **inner}


def load_encoder(path: Path) -> CLIPVisionModelWithProjection:
    """A vision tower with its weights in fp32. Raises CorruptFile."""
    tensors = read_tensors(path)
    config = vision_config({n: tuple(t.shape) for n, t in tensors.items()}, path.parent / "config.json")
    with without_values():
        module = CLIPVisionModelWithProjection(config)
    fill(module, tensors.get, dtype=torch.float32, what=f"vision tower {path.name}")
    return module


def pixel_values(picture: Array, side: int) -> Tensor:
    """(1, 3, side, side), squashed and normalised; masked pixels become the mean colour."""
    small = np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.float32) / 255.0
    values = (small[:, :, :3] - np.array(MEAN, np.float32)) / np.array(SPREAD, np.float32)
    if picture.shape[2] == 4:
        values = values * (1.0 - small[:, :, 3:4])
    return torch.from_numpy(np.ascontiguousarray(values)).permute(2, 0, 1)[None]


@dataclass(slots=True)
class LoadedEncoder:
    """The vision tower that was used last; it is on the device only while it works."""

    kept: Kept[CLIPVisionModelWithProjection] = field(default_factory=Kept[CLIPVisionModelWithProjection])

    def embed(self, path: Path, picture: Array, device: torch.device) -> ImageEmbedding:
        """Embed a picture (h, w, 3 or 4) by the tower in a file. Raises CorruptFile."""
        tower = self.kept.get(file_key([path]), lambda: load_encoder(path), [path])
        module = cast("torch.nn.Module", tower)
        side = int(cast("Any", tower.config.image_size))
        seen = pixel_values(picture, side)
        try:
            module.to(device)
            with torch.no_grad():
                made: Any = module(
                    torch.cat([seen, torch.zeros_like(seen)]).to(device), output_hidden_states=True
                )
        finally:
            module.to("cpu")
        hidden: Tensor = made.hidden_states[-2].cpu()
        return ImageEmbedding(
            pooled=made.image_embeds[:1].cpu(),
            hidden=hidden[:1],
            empty_hidden=hidden[1:],
            last=made.hidden_states[-1][:1].cpu(),
        )
