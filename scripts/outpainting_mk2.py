"""Extend a picture over its edges, starting from noise that matches its frequencies."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image, ImageDraw

from pipelines.plugin import (
    GenerationRequest,
    GenerationResult,
    Inpaint,
    InvalidRequest,
    JoinedPicture,
    Names,
    Repeated,
    Script,
    ScriptArgument,
    ScriptContext,
    combined,
    decode_picture,
    flatten,
    from_picture,
    grid_rows,
    opened,
    picture_grid,
    pictures,
    png,
    raw_png,
    sample_infotexts,
    source,
    start_size,
    with_seed,
)

DIRECTIONS = ("left", "right", "up", "down")
STEP = 64
"""The final sides, and those of every canvas, are multiples of it."""


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The width of the new border, its blur, its sides, and the fall-off and colour of its noise."""
    return (
        ScriptArgument(value="Works best with 80 to 100 steps of Euler a and a denoising strength of 0.8."),
        ScriptArgument(label="Pixels to expand", value=128, minimum=8, maximum=256, step=8),
        ScriptArgument(label="Mask blur", value=8, minimum=0, maximum=64, step=1),
        ScriptArgument(label="Outpainting direction", value=list(DIRECTIONS), choices=DIRECTIONS),
        ScriptArgument(
            label="Fall-off exponent (lower=higher detail)", value=1.0, minimum=0.0, maximum=4.0, step=0.01
        ),
        ScriptArgument(label="Color variation", value=0.05, minimum=0.0, maximum=1.0, step=0.01),
    )


def outline(
    request: GenerationRequest, args: tuple[Any, ...], names: Names
) -> Iterable[Repeated | JoinedPicture]:
    """A pass for each direction, each on a larger canvas."""
    size = start_size(request)
    for direction, pixels in read_settings(args, size).margins.items():
        horizontal = direction in ("left", "right")
        size = (size[0] + pixels * horizontal, size[1] + pixels * (not horizontal))
        yield JoinedPicture(width=_rounded(size[0]), height=_rounded(size[1]))
        width, height = tile_size(request, size, horizontal=horizontal)
        one = replace(request, width=width, height=height, batch_count=1)
        yield Repeated(request=one, times=request.batch_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The script's arguments. ``margins``: pixels to add per direction, in order. ``blur``: in pixels."""

    margins: dict[str, int]
    blur: int
    falloff: float
    color_variation: float

    def blur_along(self, *directions: str) -> int:
        """Return the blur of the mask along an axis; 0 where neither of its directions is widened."""
        return self.blur * 4 if any(name in self.margins for name in directions) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EnlargedPicture:
    """A picture enlarged by ``pixels`` towards one side.

    ``size``: of the part kept in the end; ``image`` and the masks are larger, in multiples of 64. ``crop``:
    box of the part that is repainted.
    """

    image: Image.Image
    mask: Image.Image
    latent_mask: Image.Image
    size: tuple[int, int]
    crop: tuple[int, int, int, int]


def run(
    request: GenerationRequest, args: tuple[Any, ...], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    """Widen the picture towards each direction in turn; ``batch_count`` repetitions of a batch each."""
    start = flatten(
        decode_picture(source(request).images[0], field="init_images"),
        request.options.img2img_background_color,
    )
    settings = read_settings(args, start.size)
    total = request.batch_count * len(settings.margins)
    results: list[GenerationResult] = []
    images: list[Image.Image] = []
    for number in range(request.batch_count):
        batch = [start] * request.batch_size
        seeded = with_seed(request, request.seeds.seed + number * request.batch_size)
        for direction, pixels in settings.margins.items():
            context.set_job(f"Batch {number + 1} out of {request.batch_count}", count=total)
            canvases = [make_canvas(i, direction, pixels, settings, request) for i in batch]
            result = yield _pass(seeded, canvases, settings)
            results.append(result)
            painted = [opened(i) for i in pictures(result)]
            batch = [_joined(c, p) for c, p in zip(canvases, painted, strict=False)]
            if context.interrupted:
                break
        images += batch
        if context.interrupted:
            break
    return _answer(request, results, images, context)


def read_settings(args: Sequence[Any], size: tuple[int, int]) -> Settings:
    """Read margins that bring both sides to multiples of 64. Raises InvalidRequest without a direction."""
    pixels, blur, wanted = int(args[1]), int(args[2]), [str(d).lower() for d in args[3] or ()]
    left, right = _margins(size[0], pixels, "left" in wanted, "right" in wanted)
    up, down = _margins(size[1], pixels, "up" in wanted, "down" in wanted)
    margins = dict(zip(DIRECTIONS, (left, right, up, down), strict=True))
    margins = {name: value for name, value in margins.items() if value > 0}
    if not margins:
        raise InvalidRequest(f"no direction among {', '.join(DIRECTIONS)} was chosen", field="script_args")
    return Settings(margins=margins, blur=blur, falloff=float(args[4]), color_variation=float(args[5]))


def _margins(side: int, pixels: int, before: bool, after: bool) -> tuple[int, int]:
    """Return the pixels before and after, which together fill the rounded side."""
    low, high = pixels * before, pixels * after
    extra = _rounded(side + low + high) - side
    if low > 0:
        low = low * extra // (low + high)
    if high > 0:
        high = extra - low
    return low, high


def _rounded(side: int) -> int:
    return math.ceil(side / STEP) * STEP


def make_canvas(
    picture: Image.Image, direction: str, pixels: int, settings: Settings, request: GenerationRequest
) -> EnlargedPicture:
    """Lay the picture on a larger canvas, fill the rest with matching noise, and draw both masks."""
    # here, because its arrays bring numpy, and scripts are read while the server starts
    from pipelines.plugin import fill_with_noise

    horizontal, before = direction in ("left", "right"), direction in ("left", "up")
    width = picture.width + pixels * horizontal
    height = picture.height + pixels * (not horizontal)
    whole = (_rounded(width), _rounded(height))
    canvas = Image.new("RGB", whole)
    canvas.paste(picture, (pixels if direction == "left" else 0, pixels if direction == "up" else 0))
    mask = _frame(whole, (width, height), direction, pixels + settings.blur)
    latent_mask = _frame(whole, (width, height), direction, pixels + settings.blur * 2)
    tile_width, tile_height = tile_size(request, (width, height), horizontal=horizontal)
    x = 0 if before or not horizontal else whole[0] - tile_width
    y = 0 if before or horizontal else whole[1] - tile_height
    return EnlargedPicture(
        image=fill_with_noise(
            canvas, mask, falloff=settings.falloff, color_variation=settings.color_variation
        ),
        mask=mask,
        latent_mask=latent_mask,
        size=(width, height),
        crop=(x, y, x + tile_width, y + tile_height),
    )


def tile_size(request: GenerationRequest, size: tuple[int, int], *, horizontal: bool) -> tuple[int, int]:
    """Return the size of the part to repaint: the request's along the growth, the canvas's across it."""
    if horizontal:
        return min(request.width, size[0]), _rounded(size[1])
    return _rounded(size[0]), min(request.height, size[1])


def _frame(whole: tuple[int, int], kept: tuple[int, int], direction: str, inset: int) -> Image.Image:
    """Draw a mask, white where to repaint: beyond the kept size, and ``inset`` pixels at the new side."""
    mask = Image.new("L", whole, "white")
    box = (
        inset if direction == "left" else 0,
        inset if direction == "up" else 0,
        whole[0] - inset if direction == "right" else kept[0],
        whole[1] - inset if direction == "down" else kept[1],
    )
    if box[2] > box[0] and box[3] > box[1]:
        ImageDraw.Draw(mask).rectangle(box, fill="black")
    return mask


def _pass(
    request: GenerationRequest, canvases: Sequence[EnlargedPicture], settings: Settings
) -> GenerationRequest:
    """Repaint the new side of a batch of canvases; each axis that grows blurs the mask of every pass."""
    first = canvases[0]
    inpaint = Inpaint(
        mask=raw_png(first.mask.crop(first.crop)),
        latent_mask=raw_png(first.latent_mask.crop(first.crop)),
        blur_x=settings.blur_along("left", "right"),
        blur_y=settings.blur_along("up", "down"),
        fill=1,
        only_masked=False,
    )
    job = from_picture(request, *(c.image.crop(c.crop) for c in canvases))
    return replace(
        job,
        img2img=replace(source(job), inpaint=inpaint),
        width=first.crop[2] - first.crop[0],
        height=first.crop[3] - first.crop[1],
        batch_size=len(canvases),
        batch_count=1,
        save_images=False,
    )


def _joined(canvas: EnlargedPicture, painted: Image.Image) -> Image.Image:
    """Paste the repainted part on the canvas, and cut that to the size that is kept."""
    whole = canvas.image.copy()
    whole.paste(painted, canvas.crop[:2])
    return whole.crop((0, 0, *canvas.size))


def _answer(
    request: GenerationRequest,
    results: Sequence[GenerationResult],
    images: Sequence[Image.Image],
    context: ScriptContext,
) -> GenerationResult:
    """Return the pictures, before them a grid if there are several; all are saved as options ask.

    As in A1111 the size in ``info`` is the last pass's, that in the infotext the first's.
    """
    text = sample_infotexts(results[0])[0]
    shown = [png(image, text) for image in images]
    for number, picture in enumerate(shown):
        context.save(picture, seed=request.seeds.seed + number)
    first = 0
    output = request.output
    if len(images) > 1:
        rows = grid_rows(
            len(images), request.batch_size, output.n_rows, no_empty_spots=output.grid_prevent_empty_spots
        )
        grid = png(picture_grid(images, rows, output.grid_background_color), text)
        context.save(grid, seed=request.seeds.seed, grid=True)
        if output.return_grid:
            shown.insert(0, grid)
            first = 1
    last = {side: results[-1].info[side] for side in ("width", "height")}
    return combined(results, shown, [text] * len(shown), index_of_first_image=first, **last)


SCRIPT = Script(
    title="Outpainting mk2", run=run, outline=outline, arguments=arguments, txt2img=False, order=100
)
