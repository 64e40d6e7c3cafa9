"""Trains the demo checkpoint from nothing: draws scenes, trains the networks, writes one SD 1.x file."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from transformers import CLIPTextModel

from tools.demo.finetuning import CHECKPOINT
from tools.demo.layout import save_checkpoint
from tools.demo.nets import build_text_encoder, build_vae, count_parameters
from tools.demo.train_diffusion import DiffusionPlan, train_diffusion
from tools.demo.train_text import TextPlan, train_text
from tools.demo.train_vae import VaePlan, measure_vae, train_vae

SIDE = 128
LARGER_SIDE = 192
STAGES = ("autoencoder", "text", "unet")


def make_log(path: Path) -> Callable[[str], None]:
    """A function that prints a line and appends it to the log file."""

    def log(line: str) -> None:
        print(line, flush=True)
        with path.open("a") as file:
            file.write(f"{time.strftime('%H:%M:%S')} {line}\n")

    return log


def obtain_vae(file: Path, steps: int, seed: int, log: Callable[[str], None]) -> AutoencoderKL:
    """The autoencoder from its file, trained first where there is none."""
    vae = build_vae()
    if not file.exists():
        torch.save(train_vae(VaePlan(steps=steps, seed=seed, side=SIDE), log).state_dict(), file)
    vae.load_state_dict(torch.load(file))
    log(f"autoencoder errors {measure_vae(vae, SIDE)}")
    return vae


def obtain_text(file: Path, steps: int, seed: int, log: Callable[[str], None]) -> CLIPTextModel:
    """The text encoder from its file, trained first where there is none."""
    text = build_text_encoder()
    if not file.exists():
        torch.save(train_text(TextPlan(steps=steps, seed=seed), log).state_dict(), file)
    text.load_state_dict(torch.load(file))
    return text


def main() -> None:
    """Command line entry point; a second run in the same work folder resumes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/demo"), help="folder for state and log")
    parser.add_argument("--out", type=Path, default=CHECKPOINT)
    parser.add_argument("--stage", choices=STAGES, help="do only this one; the UNet needs the text")
    parser.add_argument("--vae-steps", type=int, default=3200)
    parser.add_argument("--text-steps", type=int, default=600)
    parser.add_argument("--steps", type=int, default=18400)
    parser.add_argument(
        "--fine-steps", type=int, default=11900, help="last steps that train all residual blocks"
    )
    parser.add_argument("--guided-steps", type=int, default=8400, help="last steps that train guidance")
    parser.add_argument("--scenes", type=int, default=24000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    log = make_log(options.work / f"train{'-' * bool(options.stage)}{options.stage or ''}.log")
    run_stages(options, log)


def run_stages(options: argparse.Namespace, log: Callable[[str], None]) -> None:
    """Trains what is asked for and missing; asked for everything, also writes the checkpoint."""
    work, seed = options.work, options.seed
    if options.stage == "autoencoder":
        obtain_vae(work / "vae.pt", options.vae_steps, seed, log)
        return
    text = obtain_text(work / "text.pt", options.text_steps, seed, log)
    if options.stage == "text":
        return
    plan = DiffusionPlan(
        steps=options.steps,
        fine_steps=options.fine_steps,
        guided_steps=options.guided_steps,
        scenes=options.scenes,
        seed=seed,
        side=SIDE,
        larger_side=LARGER_SIDE,
        checkpoint=work / "diffusion.pt",
    )
    unet = train_diffusion(text, plan, log)
    if options.stage is None:
        vae = obtain_vae(work / "vae.pt", options.vae_steps, seed, log)
        total = sum(count_parameters(part) for part in (unet, vae, text))
        save_checkpoint(options.out, unet, vae, text)
        log(f"wrote {options.out.name}: {total} parameters, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
