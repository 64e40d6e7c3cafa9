"""Time our engine against diffusers' own pipeline on the same weights, size and steps.

usage: python -m tools.compare_diffusers CHECKPOINT [--size 256] [--steps 4] [--pictures 3] [--save FILE]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionPipeline

from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.settings import EngineSettings, Folders
from pipelines.engine.engine import Engine
from pipelines.families.clip.tokenizers import tokenizer_of
from pipelines.families.model import LoadedModel
from sdapi.cli.commands.machine import describe_machine, describe_versions

COMMAND = "python -m tools.compare_diffusers CHECKPOINT --size {} --steps {}"
PROMPT, NEGATIVE = "a red circle on a white background", "blurry"


def main() -> None:
    """Print seconds per picture of both, and save them if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--pictures", type=int, default=3)
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    engine = make_engine(options.checkpoint)
    request = make_request(options.checkpoint, options.size, options.steps)
    model = engine.services.load_checkpoint(request.checkpoint, GenerationOptions())
    theirs_once = diffusers_picture(model, options.size, options.steps)
    times = take_turns(lambda: engine.run(request), theirs_once, options.pictures)
    report = {
        "command": COMMAND.format(options.size, options.steps),
        "checkpoint": options.checkpoint.name,
        "seconds_per_picture": {"sdapi": round(times[0], 3), "diffusers": round(times[1], 3)},
        "machine": describe_machine(),
        "versions": describe_versions(),
    }
    print(json.dumps(report, indent=2))
    if options.save:
        options.save.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def make_engine(checkpoint: Path) -> Engine:
    """An fp32 engine on the CPU."""
    folder = checkpoint.parent
    folders = Folders(
        data=folder / ".bench",
        models=folder,
        checkpoints=(folder,),
        vaes=(),
        loras=(),
        embeddings=(),
        hypernetworks=(),
    )
    settings = EngineSettings(folders=folders, device="cpu", no_half=True, precision="full", hashing=False)
    return Engine(settings)


def make_request(checkpoint: Path, size: int, steps: int) -> GenerationRequest:
    """One picture, without previews."""
    return GenerationRequest(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        seeds=Seeds(seed=1, subseed=1),
        checkpoint=str(checkpoint),
        steps=steps,
        width=size,
        height=size,
        output=OutputOptions(live_previews_enable=False),
    )


def diffusers_picture(model: LoadedModel, size: int, steps: int) -> Callable[[], object]:
    """The same job by diffusers' pipeline on the very same modules; texts are encoded once, outside."""
    make: Any = StableDiffusionPipeline
    pipe: Any = make(
        vae=model.codec.module,
        text_encoder=None,
        tokenizer=None,
        unet=model.unet,
        scheduler=EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    context, negative = encode(model, PROMPT), encode(model, NEGATIVE)

    def once() -> object:
        return pipe(
            prompt_embeds=context,
            negative_prompt_embeds=negative,
            num_inference_steps=steps,
            guidance_scale=7.0,
            width=size,
            height=size,
            generator=torch.Generator().manual_seed(1),
        )

    return once


def encode(model: LoadedModel, text: str) -> torch.Tensor:
    """The last hidden state of one padded chunk, (1, 77, width)."""
    ids = tokenizer_of("clip").encode([text])[0]
    row = [49406, *ids, *[49407] * (76 - len(ids))]
    with torch.inference_mode():
        output: torch.Tensor = model.text_encoders[0].module(torch.tensor([row])).last_hidden_state
    return output


def take_turns(ours: Callable[[], object], theirs: Callable[[], object], count: int) -> tuple[float, float]:
    """Median seconds of each; the first of each only warms up."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for number in range(count + 1):
        for run, taken in zip((ours, theirs), seconds, strict=True):
            start = time.perf_counter()
            run()
            if number:
                taken.append(time.perf_counter() - start)
    return median(seconds[0]), median(seconds[1])


if __name__ == "__main__":
    main()
