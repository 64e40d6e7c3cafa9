"""Words that ``Fooocus V2`` adds to a prompt: the project's own list, drawn by the seed.

The original adds words by a language model whose licence forbids commercial use; this list is ours, and
plain. It makes the same words of the same seed.
"""

from __future__ import annotations

from random import Random

COUNT = 12
"""Words that are added, about as many as one sentence more."""
WORDS = (
    *("intricate", "elegant", "highly detailed", "sharp focus", "rich colours", "soft light", "dynamic"),
    *("dramatic light", "clear composition", "fine texture", "beautiful", "cinematic", "atmospheric"),
    *("delicate", "vivid", "balanced", "ambient light", "thoughtful", "luxurious", "epic", "warm tones"),
    *("professional", "polished", "inspiring", "expressive", "radiant", "confident", "deep background"),
    *("symmetry", "enhanced detail", "crisp edges", "natural", "glowing", "majestic", "harmonious"),
    *("colourful", "artistic", "perfect light", "strong shapes", "subtle contrast", "open", "imposing"),
)


def added_words(prompt: str, seed: int) -> str:
    """The prompt followed by words that it doesn't hold yet; nothing for an empty prompt."""
    if not prompt.strip():
        return ""
    known = prompt.casefold()
    choice = [word for word in WORDS if word not in known]
    words = Random(seed % 2**32).sample(choice, min(COUNT, len(choice)))
    return ", ".join([prompt, *words])
