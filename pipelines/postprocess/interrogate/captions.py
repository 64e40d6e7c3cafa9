"""Captions by BLIP (Li et al. 2022) and best matches by CLIP (Radford et al. 2021), from local folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors import SafetensorError
from torch import Tensor

from pipelines.contract.errors import CorruptFile
from pipelines.contract.heed import heed, heeding
from pipelines.contract.options import GenerationOptions

PROMPT = "a picture of"
"""Beginning of every caption, which is taken off."""
TEXTS_AT_ONCE = 64


class Captioner:
    """BLIP. Raises CorruptFile if the folder can't be read."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        from transformers import BlipForConditionalGeneration, BlipProcessor

        self._device = device
        model, self._processor = _loaded(folder, BlipForConditionalGeneration, BlipProcessor)
        self._model = model.to(device)

    @torch.inference_mode()
    def caption(self, picture: Image.Image, options: GenerationOptions) -> str:
        """Describe an RGB picture in a phrase; lengths and beams are options."""
        inputs = self._processor(images=picture, text=f"{PROMPT} ", return_tensors="pt").to(self._device)
        tokens = self._model.generate(
            **inputs,
            do_sample=False,
            num_beams=max(int(options.interrogate_clip_num_beams), 1),
            min_length=int(options.interrogate_clip_min_length),
            max_length=max(int(options.interrogate_clip_max_length), 8),
            stopping_criteria=[heed_tokens],
        )
        text: str = self._processor.decode(tokens[0], skip_special_tokens=True).strip()
        return text.removeprefix(PROMPT).strip()


class Matcher:
    """CLIP. Raises CorruptFile if the folder can't be read."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        from transformers import CLIPModel, CLIPProcessor

        self._device = device
        model, self._processor = _loaded(folder, CLIPModel, CLIPProcessor)
        self._model = model.to(device)

    @torch.inference_mode()
    def features(self, picture: Image.Image) -> Tensor:
        """Return the features of an RGB picture, (1, width), of unit length."""
        inputs = self._processor(images=picture, return_tensors="pt").to(self._device)
        vision: Any = self._model.vision_model(**inputs).pooler_output
        return _unit(self._model.visual_projection(vision))

    @torch.inference_mode()
    def matches(self, features: Tensor, items: Sequence[str], top: int) -> list[tuple[str, float]]:
        """Return the ``top`` items nearest to the picture with their share of 1, best first."""
        starts = range(0, len(items), TEXTS_AT_ONCE)
        parts = [self._texts(items[start : start + TEXTS_AT_ONCE]) for start in heeding(starts)]
        shares = (100.0 * features @ torch.cat(parts).T).softmax(-1)[0].float().cpu()
        best = shares.topk(min(top, len(items)))
        pairs = zip(best.values.tolist(), best.indices.tolist(), strict=True)
        return [(str(items[index]), float(share)) for share, index in pairs]

    def _texts(self, items: Sequence[str]) -> Tensor:
        inputs = self._processor(text=list(items), padding=True, truncation=True, return_tensors="pt")
        output: Any = self._model.text_model(**inputs.to(self._device)).pooler_output
        return _unit(self._model.text_projection(output))


def heed_tokens(tokens: Tensor, scores: object, **others: object) -> Tensor:
    """Stop no row; raise Cancelled in a job that is given up, before its next token."""
    heed()
    return torch.zeros(len(tokens), dtype=torch.bool, device=tokens.device)


def _unit(features: Tensor) -> Tensor:
    return features / features.norm(dim=-1, keepdim=True)


def _loaded(folder: Path, model: Any, processor: Any) -> tuple[Any, Any]:
    try:
        network = model.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
        return network.eval().requires_grad_(False), processor.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        text = (
            f"{folder.name} can't be loaded: its files are damaged or not complete; download the folder again"
        )
        raise CorruptFile(text, field="model") from error
