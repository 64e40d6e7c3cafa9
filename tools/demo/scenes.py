"""Describes and draws the demo world: one or two flat shapes on a plain background."""

import hashlib
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]

SHAPES = ("circle", "square", "triangle", "star")
COLOURS: dict[str, Colour] = {
    "red": (225, 25, 25),
    "green": (25, 165, 50),
    "blue": (30, 60, 225),
    "yellow": (250, 220, 20),
    "purple": (150, 40, 185),
}
BACKGROUNDS: dict[str, Colour] = {"white": (255, 255, 255), "black": (0, 0, 0)}
SIZES = {"small": 0.165, "medium": 0.2, "large": 0.235}
POSITIONS: dict[str, Point] = {
    "center": (0.5, 0.5),
    "left": (0.29, 0.5),
    "right": (0.71, 0.5),
    "top": (0.5, 0.29),
    "bottom": (0.5, 0.71),
}
PAIRS = (("left", "right"), ("top", "bottom"))
PAIR_SHARE = 0.22
PAIR_SHRINK = 0.9
PAIR_DISTANCE = 0.25  # from the centre; keeps two stars apart
HELD_OUT_SHARE = 0.15
SUPERSAMPLING = 4
STROKE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One drawn shape and its attributes, as captions name them."""

    shape: str
    colour: str
    size: str
    position: str
    filled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A background and the one or two figures on it."""

    background: str
    figures: tuple[Figure, ...]


def sample_scene(rng: random.Random) -> Scene:
    """A scene with every attribute drawn independently."""
    background = rng.choice(list(BACKGROUNDS))
    if rng.random() >= PAIR_SHARE:
        return Scene(background=background, figures=(_sample_figure(rng, rng.choice(list(POSITIONS))),))
    first, second = rng.choice(PAIRS)
    filled = rng.random() < 0.75
    figures = (_sample_pair_figure(rng, first, filled), _sample_pair_figure(rng, second, filled))
    return Scene(background=background, figures=figures)


def _sample_figure(rng: random.Random, position: str) -> Figure:
    return Figure(
        shape=rng.choice(SHAPES),
        colour=rng.choice(list(COLOURS)),
        size=rng.choices(list(SIZES), (0.25, 0.5, 0.25))[0],
        position=position,
        filled=rng.random() < 0.75,
    )


def _sample_pair_figure(rng: random.Random, position: str, filled: bool) -> Figure:
    shape, colour = rng.choice(SHAPES), rng.choice(list(COLOURS))
    return Figure(shape=shape, colour=colour, size="medium", position=position, filled=filled)


def is_held_out(scene: Scene) -> bool:
    """True for the fixed share of attribute combinations that training never sees."""
    digest = hashlib.sha256(repr(scene).encode()).digest()
    return digest[0] < 256 * HELD_OUT_SHARE


def draw_scene(
    scene: Scene, side: int, rng: random.Random, palette: Mapping[str, Colour] = COLOURS
) -> Image.Image:
    """A square RGB picture, antialiased, with a little jitter in place and size."""
    large = side * SUPERSAMPLING
    picture = Image.new("RGB", (large, large), BACKGROUNDS[scene.background])
    paired = len(scene.figures) == 2
    for figure in scene.figures:
        x, y = (value + rng.uniform(-0.015, 0.015) for value in centre_of(figure.position, paired))
        radius = SIZES[figure.size] * (PAIR_SHRINK if paired else 1) * rng.uniform(0.95, 1.05) * large
        paint_figure(picture, figure, (x * large, y * large), radius, BACKGROUNDS[scene.background], palette)
    return picture.resize((side, side), Image.Resampling.BOX)


def centre_of(position: str, paired: bool) -> Point:
    """A figure's centre in shares of the side; two figures stand a little farther out."""
    x, y = POSITIONS[position]
    return (_outwards(x), _outwards(y)) if paired else (x, y)


def _outwards(place: float) -> float:
    return 0.5 + math.copysign(PAIR_DISTANCE, place - 0.5) if place != 0.5 else place


def scene_tensor(
    scene: Scene, side: int, rng: random.Random, palette: Mapping[str, Colour] = COLOURS
) -> torch.Tensor:
    """The drawn scene in [-1, 1], shape [3, side, side]."""
    pixels = np.asarray(draw_scene(scene, side, rng, palette), dtype=np.float32)
    return torch.from_numpy(pixels / 127.5 - 1).permute(2, 0, 1)


def paint_figure(
    picture: Image.Image,
    figure: Figure,
    centre: Point,
    radius: float,
    background: Colour,
    palette: Mapping[str, Colour] = COLOURS,
) -> None:
    """Paints the figure in place; an outline is the figure with a smaller copy cut out."""
    draw = ImageDraw.Draw(picture)
    paint_shape(draw, figure.shape, centre, radius, palette[figure.colour])
    if not figure.filled:
        inset = STROKE * picture.width / inner_radius(figure.shape, radius)
        paint_shape(draw, figure.shape, centre, radius * (1 - inset), background)


def paint_shape(
    draw: ImageDraw.ImageDraw, shape: str, centre: Point, radius: float, colour: Colour | int
) -> None:
    """Paints a filled shape of about equal visual weight for equal radius."""
    x, y = centre
    if shape == "circle":
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
        return
    draw.polygon([(x + radius * u, y + radius * v) for u, v in outline(shape)], fill=colour)


def outline(shape: str) -> list[Point]:
    """The polygon's vertices around the origin, for a radius of one."""
    if shape == "square":
        return [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
    if shape == "triangle":
        return [_polar(1.25, turn / 3) for turn in range(3)]
    return [_polar(1.25 if turn % 2 == 0 else 0.52, turn / 10) for turn in range(10)]


def _polar(radius: float, turn: float) -> Point:
    angle = 2 * math.pi * turn - math.pi / 2
    return radius * math.cos(angle), radius * math.sin(angle)


def inner_radius(shape: str, radius: float) -> float:
    """Distance from the centre to the shape's edge lines."""
    if shape == "circle":
        return radius
    (ax, ay), (bx, by) = outline(shape)[:2]
    return radius * abs(ax * by - ay * bx) / math.hypot(bx - ax, by - ay)
