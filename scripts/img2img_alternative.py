"""Find the noise that an input picture comes from, then sample again."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from typing import Any

from pipelines.plugin import (
    GenerationRequest,
    GenerationResult,
    Inversion,
    Names,
    Repeated,
    Script,
    ScriptArgument,
    ScriptContext,
)


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The prompts, steps and CFG scale that the noise is found with, and the fields that they override."""
    return (
        ScriptArgument(value="A CFG scale of 2 or lower works best."),
        ScriptArgument(label="Override `Sampling method` to Euler?(this method is built for it)", value=True),
        ScriptArgument(
            label="Override `prompt` to the same value as `original prompt`?(and `negative prompt`)",
            value=True,
        ),
        ScriptArgument(label="Original prompt", value=""),
        ScriptArgument(label="Original negative prompt", value=""),
        ScriptArgument(label="Override `Sampling Steps` to the same value as `Decode steps`?", value=True),
        ScriptArgument(label="Decode steps", value=50, minimum=1, maximum=150, step=1),
        ScriptArgument(label="Override `Denoising strength` to 1?", value=True),
        ScriptArgument(label="Decode CFG scale", value=1.0, minimum=0.0, maximum=15.0, step=0.1),
        ScriptArgument(label="Randomness", value=0.0, minimum=0.0, maximum=1.0, step=0.01),
        ScriptArgument(label="Sigma adjustment for finding noise for image", value=False),
    )


def outline(request: GenerationRequest, args: tuple[Any, ...], names: Names) -> Iterable[Repeated]:
    """Return the one generation that it asks for, with its inversion."""
    return [Repeated(request=inverted(request, args))]


def run(
    request: GenerationRequest, args: tuple[Any, ...], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    """Make one generation that starts from found noise."""
    return (yield inverted(request, args))


def inverted(request: GenerationRequest, args: tuple[Any, ...]) -> GenerationRequest:
    """Add an inversion to the request, and override the fields that the arguments choose."""
    _, euler, own_prompt, prompt, negative, own_steps, steps, full_strength, cfg, randomness, adjusted = args
    inversion = Inversion(
        prompt=str(prompt or ""),
        negative_prompt=str(negative or ""),
        steps=int(steps),
        cfg_scale=float(cfg),
        randomness=float(randomness),
        sigma_adjustment=bool(adjusted),
    )
    changes: dict[str, Any] = {"inversion": inversion}
    if euler:
        changes["sampler"] = "Euler"
    if own_prompt:
        changes |= {"prompt": inversion.prompt, "negative_prompt": inversion.negative_prompt}
    if own_steps:
        changes["steps"] = inversion.steps
    if full_strength:
        changes["denoising_strength"] = 1.0
    return replace(request, **changes)


SCRIPT = Script(
    title="img2img alternative test", run=run, outline=outline, arguments=arguments, txt2img=False, order=100
)
