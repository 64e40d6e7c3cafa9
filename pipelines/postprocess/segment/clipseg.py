"""Find what words name in a picture: CLIPSeg (Lüddecke and Ecker 2022), from a local folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from pipelines.catalog.files import stamp
from pipelines.catalog.model_folders import find_model
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.errors import CorruptFile, MissingWeights
from pipelines.memory.weight_shelf import WeightShelf
from pipelines.postprocess.segment.local_network import DAMAGE, local_network

OWNER = FOLDER = "clipseg"
WEIGHTS = "model.safetensors"
FILES = f"config.json, {WEIGHTS}, preprocessor_config.json, tokenizer files"


def clipseg_folder(models: Path, field: str | None = None) -> Path:
    """Find CLIPSeg, in or below ``clipseg`` of the models folder. Raises MissingWeights."""
    place = models / FOLDER
    found = find_model((place,), "clipseg")
    if found is None or not (found / WEIGHTS).is_file():
        text = (
            f"finding things by words needs CLIPSeg in transformers' layout ({FILES}) in the folder {place}, "
            "as CIDAS/clipseg-rd64-refined is published"
        )
        raise MissingWeights(text, field=field)
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordFinder:
    """CLIPSeg on its device; the shelf counts the weights of ``module``."""

    module: nn.Module
    processor: Any
    device: torch.device

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> WordFinder:
        """Load it from its folder, in fp32. Raises CorruptFile."""
        from transformers import CLIPSegForImageSegmentation, CLIPSegProcessor

        read_header(folder / WEIGHTS)  # its error for a damaged file is clearer than the library's
        module: Any = local_network(CLIPSegForImageSegmentation, folder, field=None)
        try:
            processor: Any = CLIPSegProcessor.from_pretrained(folder, local_files_only=True)
        except DAMAGE as error:
            text = f"{folder.name} can't be loaded: its files are damaged or not complete ({FILES})"
            raise CorruptFile(text) from error
        return cls(module=module.to(device), processor=processor, device=device)

    @torch.inference_mode()
    def __call__(self, picture: Image.Image, words: str) -> NDArray[np.float32]:
        """Return the probability (h, w) in 0..1 that each pixel of an RGB picture is what the words name."""
        inputs = self.processor(
            text=[words], images=[picture], padding=True, truncation=True, return_tensors="pt"
        )
        logits: torch.Tensor = self.module(**inputs.to(self.device)).logits
        small = logits.float().reshape(1, 1, *logits.shape[-2:]).sigmoid()
        size = (picture.height, picture.width)
        whole = nn.functional.interpolate(small, size=size, mode="bilinear", align_corners=False)
        return whole[0, 0].cpu().numpy()


def word_finder(models: Path, device: torch.device, shelf: WeightShelf, field: str | None) -> WordFinder:
    """Return the one that all share, loaded if need be. Raises MissingWeights, CorruptFile, OverBudget."""
    folder = clipseg_folder(models, field)
    return shelf.get(
        OWNER,
        (folder, stamp(folder / WEIGHTS), str(device)),
        lambda: WordFinder.load(folder, device),
        files=(folder,),
        blamed=field,
    )
