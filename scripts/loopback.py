"""Feed each result back as the next input."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from typing import Any

from pipelines.plugin import (
    GenerationRequest,
    GenerationResult,
    Names,
    Repeated,
    Script,
    ScriptArgument,
    ScriptContext,
    combined,
    from_picture,
    opened,
    picture_grid,
    png,
    source,
    with_seed,
    within,
)


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The count of loops, the last strength and the way to it, and the captioning of results."""
    return (
        ScriptArgument(label="Loops", value=4, minimum=1, maximum=32, step=1),
        ScriptArgument(label="Final denoising strength", value=0.5, minimum=0, maximum=1, step=0.01),
        ScriptArgument(
            label="Denoising strength curve", value="Linear", choices=("Aggressive", "Linear", "Lazy")
        ),
        ScriptArgument(
            label="Append interrogated prompt at each iteration",
            value="None",
            choices=("None", "CLIP", "DeepBooru"),
        ),
    )


def outline(request: GenerationRequest, args: tuple[Any, ...], names: Names) -> Iterable[Repeated]:
    """A picture for each loop of each run."""
    times = int(args[0]) * request.batch_count
    return [Repeated(request=replace(request, batch_size=1, batch_count=1), times=times)]


def run(
    request: GenerationRequest, args: tuple[Any, ...], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    """Make runs of several loops; one run returns every loop's picture, several runs only their last ones."""
    loops, final, curve, interrogation = int(args[0]), float(args[1]), str(args[2]), str(args[3])
    within("script_args", loops, 1, math.inf)
    within("script_args", final, 0, 1)
    first = request.strength
    pairs = (*request.pairs, ("Final denoising strength", final), ("Denoising curve", curve))
    # every loop matches the colours of the picture that the request came with
    start = replace(source(request), color_reference=source(request).images[0])
    request = replace(request, pairs=pairs, batch_size=1, img2img=start)
    results: list[GenerationResult] = []
    kept: list[bytes] = []
    seed, strength = request.seeds.seed, first
    for number in range(request.batch_count):
        current = replace(request, batch_count=1)
        strength = first
        for loop in range(loops):
            context.set_job(
                f"Iteration {loop + 1}/{loops}, batch {number + 1}/{request.batch_count}",
                count=loops * request.batch_count,
            )
            current = _prompted(current, request.prompt, interrogation, context)
            result = yield replace(with_seed(current, seed), denoising_strength=strength)
            if not result.images:
                break
            results.append(result)
            seed = int(result.info["seed"]) + 1
            strength = first + (final - first) * progress(curve, (loop + 1) / max(loops - 1, 1))
            current = _original_content(from_picture(current, opened(result.images[0])))
            if request.batch_count == 1:
                kept.append(result.images[0])
        if request.batch_count > 1 and results:
            kept.append(results[-1].images[0])
        if context.interrupted:
            break
    return _answer(request, results, kept, strength, context)


def progress(curve: str, t: float) -> float:
    """Return the share of the way to the final strength at fraction ``t`` of the loops."""
    if curve == "Aggressive":
        return math.sin(t * math.pi / 2)
    return 1 - math.cos(t * math.pi / 2) if curve == "Lazy" else t


def _prompted(
    request: GenerationRequest, prompt: str, interrogation: str, context: ScriptContext
) -> GenerationRequest:
    if interrogation == "None":
        return request
    caption = context.interrogate(
        source(request).images[0], "clip" if interrogation == "CLIP" else "deepdanbooru"
    )
    return replace(request, prompt=f"{prompt}, {caption}" if prompt else caption)


def _original_content(request: GenerationRequest) -> GenerationRequest:
    """Fill the mask with the picture itself, as A1111 does after the first loop."""
    start = source(request)
    if start.inpaint is None:
        return request
    return replace(request, img2img=replace(start, inpaint=replace(start.inpaint, fill=1)))


def _answer(
    request: GenerationRequest,
    results: list[GenerationResult],
    kept: list[bytes],
    strength: float,
    context: ScriptContext,
) -> GenerationResult:
    pictures = kept
    text = str(results[0].info["infotexts"][0])
    if len(kept) > 1:
        grid = png(picture_grid([opened(i) for i in kept], 1), text)
        context.save(grid, seed=request.seeds.seed, grid=True)
        pictures = [grid, *kept] if request.output.return_grid else kept
    last = results[-1].info
    return combined(
        results,
        pictures,
        [text] * len(pictures),
        all_seeds=last["all_seeds"],
        all_prompts=last["all_prompts"],
        extra_generation_params=last["extra_generation_params"],
        denoising_strength=strength,
        index_of_first_image=0,
    )


SCRIPT = Script(title="Loopback", run=run, outline=outline, arguments=arguments, txt2img=False, order=100)
