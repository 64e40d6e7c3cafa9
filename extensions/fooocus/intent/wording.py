"""The words of every picture of a job: seeds, styles, wildcards, and texts that take the prompt's place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import SystemRandom

from extensions.fooocus.bodies.common import TextToImage
from extensions.fooocus.kinds import FooocusPicture
from extensions.fooocus.words.chunks import Words, picture_of
from extensions.fooocus.words.lines import lines_of, split_networks
from extensions.fooocus.words.styles import legal_names, styles_of
from extensions.fooocus.words.wildcards import FOLDER, Wildcards
from sdapi.plugin import State

MOST_SEED = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of a job, and the seed of every picture."""

    words: Words
    seeds: tuple[int, ...]

    def pictures(self) -> tuple[FooocusPicture, ...]:
        """The texts of all pictures."""
        return tuple(picture_of(self.words, index, seed) for index, seed in enumerate(self.seeds))

    def instead(self, prompt: str, negative: str) -> Wording:
        """The same with other texts; an empty one leaves what was there."""
        bare = [split_networks(line)[0] for line in lines_of(prompt)]
        words = replace(self.words, lines=tuple(bare)) if prompt.strip() else self.words
        lines = tuple(lines_of(negative))
        return replace(self, words=replace(words, negative_lines=lines) if negative.strip() else words)


def wording_of(body: TextToImage, lines: Sequence[str], state: State) -> tuple[Wording, tuple[str, ...]]:
    """The words of a body whose prompt has these lines, and a warning about unknown styles."""
    styles = styles_of(state.config.data)
    legal = frozenset(legal_names(styles))
    unknown = [name for name in body.style_selections if name not in legal]
    words = Words(
        lines=tuple(lines),
        negative_lines=tuple(lines_of(body.negative_prompt)),
        names=tuple(name for name in body.style_selections if name in legal),
        styles=styles,
        wildcards=Wildcards(folder=state.config.data / FOLDER),
        in_order=body.read_wildcards_in_order,
    )
    told = (f"style_selections: {', '.join(unknown)!a} is unknown",) if unknown else ()
    return Wording(words=words, seeds=_seeds(body)), told


def _seeds(body: TextToImage) -> tuple[int, ...]:
    first = SystemRandom().randrange(MOST_SEED) if body.image_seed < 0 else body.image_seed
    step = 0 if body.advanced_params.disable_seed_increment else 1
    return tuple((first + index * step) % MOST_SEED for index in range(body.image_number))
