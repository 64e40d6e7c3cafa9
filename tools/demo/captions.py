"""Words a scene as a caption, in many phrasings, leaving some attributes out."""

import random

from tools.demo.scenes import Figure, Scene

EMPTY_SHARE = 0.12
SPARSE_SHARE = 0.1
PLACES = {
    "center": ("in the center", "in the middle", "at the center"),
    "left": ("on the left", "at the left", "on the left side"),
    "right": ("on the right", "at the right", "on the right side"),
    "top": ("at the top", "on the top", "at the top"),
    "bottom": ("at the bottom", "on the bottom", "at the bottom"),
}
GROUNDS = (" on a {} background", " on a {} background", " against a {} background", ", {} background")
PREFIXES = ("a picture of ", "a drawing of ", "an image of ")


def caption_scene(scene: Scene, rng: random.Random) -> str:
    """A training caption: now and then empty or only a word or two, otherwise complete."""
    draw = rng.random()
    if draw < EMPTY_SHARE:
        return ""
    if draw < EMPTY_SHARE + SPARSE_SHARE:
        return _sparse_caption(scene, rng)
    return full_caption(scene, rng, background=rng.random() < 0.85)


def full_caption(scene: Scene, rng: random.Random, background: bool = True) -> str:
    """A caption with colours, shapes and all that differs from a medium, filled, centered figure."""
    words = _tagged_caption if rng.random() < 0.4 else _sentence_caption
    return words(scene, rng, background)


def _sparse_caption(scene: Scene, rng: random.Random) -> str:
    figure = scene.figures[0]
    options = [
        figure.colour,
        figure.shape,
        f"{figure.colour} {figure.shape}",
        f"a {figure.colour} {figure.shape}",
        f"a {figure.shape}",
        f"a {figure.colour} shape",
        f"{scene.background} background",
        f"a {scene.background} background",
    ]
    return rng.choice(options)


def _sentence_caption(scene: Scene, rng: random.Random, background: bool) -> str:
    parts = [_noun_phrase(figure, rng) + _place(figure, rng, len(scene.figures)) for figure in scene.figures]
    text = " and ".join(parts)
    if background:
        text += rng.choice(GROUNDS).format(scene.background)
    return (rng.choice(PREFIXES) if rng.random() < 0.12 else "") + text


def _tagged_caption(scene: Scene, rng: random.Random, background: bool) -> str:
    tags = [_bare_phrase(figure, rng) + _place(figure, rng, len(scene.figures)) for figure in scene.figures]
    if background:
        tags.insert(len(tags) if rng.random() < 0.75 else 0, f"{scene.background} background")
    return ", ".join(tags)


def _noun_phrase(figure: Figure, rng: random.Random) -> str:
    phrase = _bare_phrase(figure, rng)
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def _bare_phrase(figure: Figure, rng: random.Random) -> str:
    size = f"{figure.size} " if figure.size != "medium" or rng.random() < 0.2 else ""
    name = f"{figure.colour} {figure.shape}"
    if figure.filled:
        return size + ("filled " if rng.random() < 0.25 else "") + name
    style = rng.randrange(4)
    if style == 0:
        return f"outline of a {size}{name}"
    if style == 1:
        return f"{size}{name} outline"
    return f"{size}{'outlined' if style == 2 else 'outline'} {name}"


def _place(figure: Figure, rng: random.Random, count: int) -> str:
    if count == 1 and figure.position == "center" and rng.random() < 0.6:
        return ""
    joint = ", " if count == 1 and rng.random() < 0.15 else " "
    return joint + rng.choice(PLACES[figure.position])
