"""Options of token merging, by A1111's keys."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.plugin import ExtensionOptions, ranged


@dataclass(frozen=True, slots=True, kw_only=True)
class MergingOptions(ExtensionOptions):
    """The shares of tokens to merge: in general, in img2img, in the second pass; 0 there means the first."""

    token_merging_ratio: float = ranged(0.0, 0, 0.99)
    token_merging_ratio_img2img: float = ranged(0.0, 0, 0.99)
    token_merging_ratio_hr: float = ranged(0.0, 0, 0.99)
