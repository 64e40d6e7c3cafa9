"""Grounding DINO: words to boxes around what they name.

Liu et al. 2023, arXiv:2303.05499; the network is transformers'.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import CorruptFile
from pipelines.postprocess.segment.imagenet import normalised
from pipelines.postprocess.segment.local_network import DAMAGE, input_edges, local_network

TOKENS = ("tokenizer.json", "vocab.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordBox:
    """A box (left, top, right, bottom in pixels), its score in 0..1, and the words that it stands for."""

    box: tuple[float, float, float, float]
    score: float
    words: str


class GroundingDino:
    """A network of a folder in transformers' layout. Raises CorruptFile that blames ``field``."""

    def __init__(self, folder: Path, device: torch.device, *, field: str) -> None:
        from transformers import AutoTokenizer, GroundingDinoForObjectDetection

        self._device = device
        network: Any = local_network(GroundingDinoForObjectDetection, folder, field=field)
        self.model = network.to(device)
        try:
            _require_tokens(folder)
            self._tokens: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except DAMAGE as error:
            raise CorruptFile(f"{folder.name} has no tokenizer that can be read", field=field) from error
        self._edges = input_edges(folder)

    @torch.inference_mode()
    def find(
        self, picture: Image.Image, words: str, *, box_threshold: float = 0.3, text_threshold: float = 0.25
    ) -> list[WordBox]:
        """Find boxes with a score above ``box_threshold``, the highest first.

        ``words``: phrases with a dot after each. A box has the words of the tokens whose scores are above
        ``text_threshold``.
        """
        picture = picture.convert("RGB")
        tokens = self._tokens(
            caption(words),
            truncation=True,
            max_length=self.model.config.max_text_len,
            return_tensors="pt",
            return_token_type_ids=True,
        )
        pixels = normalised(picture.resize(fitting(picture.size, self._edges), Image.Resampling.BILINEAR))
        answer: Any = self.model(pixel_values=pixels.to(self._device), **tokens.to(self._device))
        ids: Tensor = tokens["input_ids"][0]
        chances = answer.logits[0].float().sigmoid()[:, : len(ids)].cpu()
        return self._boxes(
            chances, answer.pred_boxes[0].float().cpu(), ids, picture.size, box_threshold, text_threshold
        )

    def _boxes(
        self,
        chances: Tensor,
        places: Tensor,
        ids: Tensor,
        size: tuple[int, int],
        box_threshold: float,
        text_threshold: float,
    ) -> list[WordBox]:
        """``chances``: (queries, tokens); ``places``: (queries, 4), middle and sides as shares."""
        sure = chances.max(dim=1).values
        order = [int(n) for n in sure.argsort(descending=True).tolist() if float(sure[n]) > box_threshold]
        return [
            WordBox(
                box=corners(places[n].tolist(), size),
                score=float(sure[n]),
                words=self._phrase(ids, chances[n] > text_threshold),
            )
            for n in order
        ]

    def _phrase(self, ids: Tensor, heard: Tensor) -> str:
        """The words at those places, without the marks at both ends."""
        inner = heard.clone()
        inner[0] = inner[-1] = False
        text: str = self._tokens.decode(ids.cpu()[inner], skip_special_tokens=True)
        return text.strip(" .")


def caption(words: str) -> str:
    """Bring a text to the form of the network's training: small letters, a dot at its end."""
    text = words.strip().lower()
    return text if text.endswith(".") else f"{text}."


def fitting(size: tuple[int, int], edges: tuple[int, int]) -> tuple[int, int]:
    """The size whose shorter edge is the first of ``edges``, unless the longer one would pass the second."""
    shorter, longer = min(size), max(size)
    raw = min(float(edges[0]), edges[1] * shorter / longer)
    short, long = max(1, round(raw)), max(1, int(raw * longer / shorter))
    return (long, short) if size[0] > size[1] else (short, long)


def corners(place: list[float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Middle and sides as shares of a picture -> left, top, right, bottom in its pixels."""
    x, y, width, height = place
    found = (
        (x - width / 2) * size[0],
        (y - height / 2) * size[1],
        (x + width / 2) * size[0],
        (y + height / 2) * size[1],
    )
    left, top, right, bottom = (
        min(max(value, 0.0), float(most)) for value, most in zip(found, (*size, *size), strict=True)
    )
    return left, top, right, bottom


def _require_tokens(folder: Path) -> None:
    """Raise FileNotFoundError where no words are: transformers would go on without any."""
    if not any((folder / name).is_file() for name in TOKENS):
        raise FileNotFoundError(folder / TOKENS[0])
