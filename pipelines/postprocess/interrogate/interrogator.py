"""Describe pictures with the models that the user has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from PIL import Image

from pipelines.catalog.caption_models import CLIP, TAGS
from pipelines.catalog.files import stamp
from pipelines.catalog.model_folders import find_model
from pipelines.contract.errors import MissingWeights
from pipelines.contract.heed import Pieces, heeding
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import CaptionRequest
from pipelines.contract.settings import Folders
from pipelines.memory.weight_shelf import Holder, WeightShelf
from pipelines.pictures.decode import decode_picture
from pipelines.pictures.resize import FILL, resize_picture
from pipelines.postprocess.interrogate.captions import Captioner, Matcher
from pipelines.postprocess.interrogate.categories import read_categories
from pipelines.postprocess.interrogate.deepdanbooru import SIDE, load_deepdanbooru
from pipelines.postprocess.interrogate.tags import tag_line

OWNER = "interrogator"
N = TypeVar("N")
NETWORKS = 3
"""Networks that stay loaded together: BLIP, CLIP and DeepDanbooru."""
DEEPDANBOORU_FILE = "model-resnet_custom_v3.pt"


class Interrogator:
    """The captioners of one engine; networks are loaded at first use and stay on ``shelf``."""

    def __init__(self, folders: Folders, device: torch.device, shelf: WeightShelf | None = None) -> None:
        self._folders = folders
        self._device = device
        self._shelf = shelf or WeightShelf()

    def describe(self, request: CaptionRequest) -> Pieces[str]:
        """Make a caption, with a piece for every category. Raises MissingWeights, CorruptFile."""
        picture = decode_picture(request.image, field="image").convert("RGB")
        if request.model == CLIP:
            return (yield from self._caption(picture, request.options))
        assert request.model == TAGS, request.model
        return self._tags(picture, request.options)

    def unload(self) -> None:
        """Let the networks go."""
        self._shelf.clear(OWNER)

    def _caption(self, picture: Image.Image, options: GenerationOptions) -> Pieces[str]:
        """Join BLIP's caption and the best matches of every category."""
        categories = read_categories(
            self._folders.data / "interrogate",
            skip=options.interrogate_clip_skip_categories,
            limit=int(options.interrogate_clip_dict_limit),
        )
        holder = Holder()
        captioner = self._load_captioner(holder)
        matcher = self._load_matcher(holder) if categories else None
        parts = [captioner.caption(picture, options)]
        if matcher is not None:
            features = matcher.features(picture)
            for category in heeding(categories):
                yield
                for item, share in matcher.matches(features, category.items, category.top):
                    parts.append(f"({item}:{share:.3f})" if options.interrogate_return_ranks else item)
        return ", ".join(parts)

    def _tags(self, picture: Image.Image, options: GenerationOptions) -> str:
        folder = self._folders.models / "torch_deepdanbooru"
        files = [folder / DEEPDANBOORU_FILE, *sorted(folder.glob("*.pt"))]
        path = next((p for p in files if p.is_file()), None)
        if path is None:
            raise MissingWeights(
                f"deepdanbooru needs the file {DEEPDANBOORU_FILE} in the folder {folder}", field="model"
            )
        tagger = self._kept(path, lambda: load_deepdanbooru(path, self._device), Holder())
        square = resize_picture(FILL, picture, SIDE, SIDE)
        pixels = np.array(square, dtype=np.float32).transpose(2, 0, 1)[None] / 255.0
        return tag_line(tagger.probabilities(torch.from_numpy(pixels).to(self._device)), options)

    def _load_captioner(self, holder: Holder) -> Captioner:
        places = (self._folders.models / "BLIP",)
        folder = _model_folder(places, "blip", "clip needs a BLIP captioning model")
        return self._kept(folder, lambda: Captioner(folder, self._device), holder)

    def _load_matcher(self, holder: Holder) -> Matcher:
        places = (*self._folders.clip, self._folders.models / "CLIP")
        need = f"the lists in {self._folders.data / 'interrogate'} need a CLIP model"
        folder = _model_folder(places, "clip", need)
        return self._kept(folder, lambda: Matcher(folder, self._device), holder)

    def _kept(self, place: Path, load: Callable[[], N], holder: Holder) -> N:
        """Return a network of a file or folder, loaded unless it is on the shelf."""
        key = (place, stamp(place))
        return self._shelf.get(OWNER, key, load, files=(place,), most=NETWORKS, holder=holder, blamed="model")


def _model_folder(places: Sequence[Path], kind: str, need: str) -> Path:
    """Find the folder of a model of this kind. Raises MissingWeights, whose text begins with ``need``."""
    folder = find_model(places, kind)
    if folder is None:
        raise MissingWeights(
            f"{need} in transformers' layout (config.json, model.safetensors, tokenizer files) "
            f"in the folder {places[0]}",
            field="model",
        )
    return folder
