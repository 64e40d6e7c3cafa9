"""Reads a picture's background, shapes, colours and positions back by plain image analysis."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tools.demo.scenes import BACKGROUNDS, COLOURS, SHAPES, Colour, Figure, Scene, paint_shape

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

FOREGROUND_DISTANCE = 60.0
MIN_AREA = 0.006  # of the picture
COLOUR_TOLERANCE = 90.0
BACKGROUND_TOLERANCE = 60.0
CENTRE_ZONE = 0.11  # of the side
TEMPLATE_SIDE = 64
MIN_OVERLAP = 0.7
MAX_STRETCH = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One figure found in a picture; names are "unknown" where nothing fits."""

    shape: str
    colour: str
    position: str
    filled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The background and the figures found in a picture, largest figure first."""

    background: str
    figures: tuple[Sighting, ...]


def read_picture(picture: Image.Image) -> Reading:
    """Finds the background and every figure of at least 0.6 % of the picture."""
    pixels = np.asarray(picture.convert("RGB"))
    ground = background_colour(pixels)
    mask = np.linalg.norm(pixels.astype(np.float32) - ground, axis=2) > FOREGROUND_DISTANCE
    background = nearest_name((ground[0], ground[1], ground[2]), BACKGROUNDS, BACKGROUND_TOLERANCE)
    figures = tuple(read_figure(pixels, part) for part in find_parts(mask))
    return Reading(background=background, figures=figures)


def background_colour(pixels: Pixels) -> NDArray[np.float32]:
    """The median colour of the picture's rim."""
    rim = max(2, pixels.shape[0] // 24)
    edges = [pixels[:rim], pixels[-rim:], pixels[:, :rim], pixels[:, -rim:]]
    return np.median(np.concatenate([edge.reshape(-1, 3) for edge in edges]), axis=0).astype(np.float32)


def nearest_name(colour: tuple[float, float, float], palette: dict[str, Colour], tolerance: float) -> str:
    """The palette's nearest name, or "unknown" beyond the tolerance."""
    distances = {name: float(np.linalg.norm(np.subtract(colour, value))) for name, value in palette.items()}
    name = min(distances, key=lambda key: distances[key])
    return name if distances[name] <= tolerance else "unknown"


def find_parts(mask: Mask) -> list[Mask]:
    """Connected foreground parts worth judging, largest first."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    sizes = [(int(stats[index, cv2.CC_STAT_AREA]), index) for index in range(1, count)]
    return [labels == index for area, index in sorted(sizes, reverse=True) if area >= MIN_AREA * mask.size]


def read_figure(pixels: Pixels, part: Mask) -> Sighting:
    """Names one connected part."""
    contours, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    x, y, width, height = cv2.boundingRect(contour)
    return Sighting(
        shape=name_shape(contour),
        colour=name_colour(pixels, part),
        position=name_position((x + width / 2) / part.shape[1], (y + height / 2) / part.shape[0]),
        filled=float(part.sum()) > 0.8 * enclosed_area(contour),
    )


def enclosed_area(contour: NDArray[np.int32]) -> float:
    """Pixels inside the outer contour, itself included."""
    return cv2.contourArea(contour) + cv2.arcLength(contour, True) / 2 + 1


def name_colour(pixels: Pixels, part: Mask) -> str:
    """The palette name of the part's core, away from its antialiased rim."""
    depth = cv2.distanceTransform(part.astype(np.uint8), cv2.DIST_L2, 3)
    core = depth >= min(2.0, 0.6 * float(depth.max()))
    red, green, blue = np.median(pixels[core], axis=0)
    return nearest_name((red, green, blue), COLOURS, COLOUR_TOLERANCE)


def name_shape(contour: NDArray[np.int32]) -> str:
    """The shape whose template, stretched to the same box, overlaps the filled contour best."""
    x, y, width, height = cv2.boundingRect(contour)
    if not 1 / MAX_STRETCH < width / height < MAX_STRETCH:
        return "unknown"
    filled = np.zeros((height, width), np.uint8)
    cv2.drawContours(filled, [contour - np.array([x, y])], -1, 255, cv2.FILLED)
    mask = cv2.resize(filled, (TEMPLATE_SIDE, TEMPLATE_SIDE), interpolation=cv2.INTER_AREA) > 127
    overlaps = {shape: overlap(mask, template(shape)) for shape in SHAPES}
    shape = max(overlaps, key=lambda key: overlaps[key])
    return shape if overlaps[shape] >= MIN_OVERLAP else "unknown"


def overlap(first: Mask, second: Mask) -> float:
    """The intersection of two masks over their union, in 0..1."""
    return float((first & second).sum() / max(1, (first | second).sum()))


@cache
def template(shape: str) -> Mask:
    """The shape filling its box, as it is drawn in scenes."""
    picture = Image.new("L", (4 * TEMPLATE_SIDE, 4 * TEMPLATE_SIDE))
    paint_shape(ImageDraw.Draw(picture), shape, (128.0, 128.0), 90.0, 255)
    return np.asarray(picture.crop(picture.getbbox()).resize((TEMPLATE_SIDE, TEMPLATE_SIDE))) > 127


def name_position(x: float, y: float) -> str:
    """The region of a point given in shares of the picture's width and height."""
    across, down = x - 0.5, y - 0.5
    if max(abs(across), abs(down)) < CENTRE_ZONE:
        return "center"
    if abs(across) > abs(down):
        return "left" if across < 0 else "right"
    return "top" if down < 0 else "bottom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The agreement of a picture with the scene it was asked for, aspect by aspect."""

    colour: bool
    shape: bool
    background: bool
    position: bool


def judge(reading: Reading, scene: Scene) -> Verdict:
    """Compares figure by figure; a missing figure fails all but the background, a surplus one the shape."""
    pairs = match_figures(reading.figures, scene.figures)
    complete = len(pairs) == len(scene.figures)
    return Verdict(
        colour=complete and all(seen.colour == asked.colour for seen, asked in pairs),
        shape=complete
        and len(reading.figures) == len(scene.figures)
        and all(seen.shape == asked.shape for seen, asked in pairs),
        background=reading.background == scene.background,
        position=complete and all(seen.position == asked.position for seen, asked in pairs),
    )


def match_figures(seen: tuple[Sighting, ...], asked: tuple[Figure, ...]) -> list[tuple[Sighting, Figure]]:
    """Pairs two figures by the axis their positions differ on; a single one with the largest part."""
    if len(seen) < len(asked):
        return []
    if len(asked) == 1:
        return [(seen[0], asked[0])]
    order = ("left", "top", "center", "right", "bottom")
    found = sorted(seen[:2], key=lambda sighting: order.index(sighting.position))
    return list(zip(found, asked, strict=True))
