"""Run one job per line of text."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.plugin import (
    TRUE,
    GenerationRequest,
    GenerationResult,
    InvalidRequest,
    Names,
    Repeated,
    Script,
    ScriptArgument,
    ScriptContext,
    Style,
    combined,
    draw_seed,
    pictures,
    resolve_sampler,
    sample_infotexts,
    with_seed,
)


def _flag(text: str) -> bool:
    return text.strip().lower() in TRUE


KNOWN: dict[str, Callable[[str], Any]] = {
    "prompt": str,
    "negative_prompt": str,
    "sd_model": str,
    "outpath_samples": str,
    "outpath_grids": str,
    "prompt_for_display": str,
    "styles": str,
    "seed": int,
    "subseed": int,
    "subseed_strength": float,
    "seed_resize_from_h": int,
    "seed_resize_from_w": int,
    "sampler_index": str,
    "sampler_name": str,
    "batch_size": int,
    "n_iter": int,
    "steps": int,
    "cfg_scale": float,
    "width": int,
    "height": int,
    "restore_faces": _flag,
    "tiling": _flag,
    "do_not_save_samples": _flag,
    "do_not_save_grid": _flag,
}
FIELDS = {
    "prompt": "prompt",
    "negative_prompt": "negative_prompt",
    "batch_size": "batch_size",
    "n_iter": "batch_count",
    "steps": "steps",
    "cfg_scale": "cfg_scale",
    "width": "width",
    "height": "height",
    "restore_faces": "restore_faces",
    "tiling": "tiling",
}
UNSAID = dict.fromkeys(("restore_faces", "sd_model_name", "sd_model_hash"))
"""Facts of ``info`` that differ from line to line: A1111 returns null for them."""

SEEDS = {
    "seed": "seed",
    "subseed": "subseed",
    "subseed_strength": "subseed_strength",
    "seed_resize_from_w": "resize_width",
    "seed_resize_from_h": "resize_height",
}


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The seeds of the lines, the place of a line in the prompt, and the lines."""
    return (
        ScriptArgument(label="Iterate seed every line", value=False),
        ScriptArgument(label="Use same random seed for all lines", value=False),
        ScriptArgument(label="Insert prompts at the", value="start", choices=("start", "end")),
        ScriptArgument(label="List of prompt inputs", value=""),
    )


def outline(request: GenerationRequest, args: tuple[Any, ...], names: Names) -> Iterator[Repeated]:
    """A request for each line."""
    for line in lines_of(args[3]):
        yield Repeated(request=changed(request, parse_line(line), str(args[2])))


def lines_of(text: object) -> Sequence[str]:
    """Return the lines with text in them, trimmed. Raises InvalidRequest if there is none."""
    lines = [line.strip() for line in str(text or "").splitlines() if line.strip()]
    if not lines:
        raise InvalidRequest("the list of prompts is empty", field="script_args")
    return lines


def run(
    request: GenerationRequest, args: tuple[Any, ...], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    """Make one generation per line; return all pictures in order."""
    iterate, same_seed, position, text = args
    lines = lines_of(text)
    results: list[GenerationResult] = []
    advanced = 0
    for number, line in enumerate(lines):
        context.set_job(f"{number + 1} out of {len(lines)}")
        wanted = parse_line(line)
        drawn = request.seeds.random and not (iterate or same_seed)
        current = with_seed(request, draw_seed() if drawn else request.seeds.seed + advanced)
        results.append((yield applied(current, wanted, str(position), context)))
        if iterate:
            advanced += request.batch_size * request.batch_count
        if context.interrupted:
            break
    images = [i for r in results for i in pictures(r)]
    infotexts = [t for r in results for t in sample_infotexts(r)]
    return combined(
        results,
        images,
        infotexts,
        all_prompts=[p for r in results for p in r.info["all_prompts"]],
        all_seeds=[request.seeds.seed],
        seed=request.seeds.seed,
        index_of_first_image=0,
        **UNSAID,
    )


def parse_line(line: str) -> dict[str, str]:
    """Read the options of one line, by name. A line that does not parse is a prompt."""
    if "--" not in line:
        return {"prompt": line}
    try:
        words = shlex.split(line)
    except ValueError:
        return {"prompt": line}
    options: dict[str, str] = {}
    i = 0
    while i < len(words):
        name = words[i].removeprefix("--")
        if not words[i].startswith("--") or name not in KNOWN:
            return {"prompt": line}
        end = i + 2
        if name in ("prompt", "negative_prompt"):
            while end < len(words) and not words[end].startswith("--"):
                end += 1
        options[name] = " ".join(words[i + 1 : end])
        i = end
    return options if all(_fits(name, value) for name, value in options.items()) else {"prompt": line}


def _fits(name: str, value: str) -> bool:
    try:
        KNOWN[name](value)
    except ValueError:
        return False
    return True


def applied(
    request: GenerationRequest, wanted: Mapping[str, str], position: str, context: ScriptContext
) -> GenerationRequest:
    """Apply a line's options with the checkpoint. Raises InvalidRequest for an unknown one."""
    request = changed(request, wanted, position)
    if "sd_model" not in wanted:
        return request
    path = context.find_checkpoint(wanted["sd_model"])
    if path is None:
        raise InvalidRequest(f"Unknown checkpoint: {wanted['sd_model']}", field="script_args")
    return replace(request, checkpoint=path)


def changed(request: GenerationRequest, wanted: Mapping[str, str], position: str) -> GenerationRequest:
    """Apply a line's options, except its checkpoint; seeds of -1 are drawn."""
    changes = {FIELDS[k]: KNOWN[k](v) for k, v in wanted.items() if k in FIELDS}
    seeds = {SEEDS[k]: KNOWN[k](v) for k, v in wanted.items() if k in SEEDS}
    seeds |= {k: draw_seed() for k in ("seed", "subseed") if seeds.get(k) == -1}
    for key, own in (("prompt", request.prompt), ("negative_prompt", request.negative_prompt)):
        if key in wanted and own:
            texts = (wanted[key], own) if position == "start" else (own, wanted[key])
            changes[key] = " ".join(texts)
    if "styles" in wanted:
        changes["styles"] = tuple(Style(name=n.strip()) for n in wanted["styles"].split(","))
    name = wanted.get("sampler_name") or wanted.get("sampler_index")
    if name is not None:
        choice = resolve_sampler(name, None)
        changes |= {"sampler": choice.sampler, "scheduler": choice.scheduler}
    return replace(request, seeds=replace(request.seeds, **seeds), **changes)


SCRIPT = Script(
    title="Prompts from file or textbox", run=run, outline=outline, arguments=arguments, order=100
)
