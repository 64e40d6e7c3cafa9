"""Trains the demo checkpoint from nothing: draws scenes, trains the networks, writes one SD 1.x file."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from transformers import CLIPTextModel

from tools.demo.layout import save_checkpoint
from tools.demo.nets import build_text_encoder, build_vae, count_parameters
from tools.demo.train_diffusion import DiffusionPlan, fill_pool, train_diffusion
from tools.demo.train_text import TextPlan, train_text
from tools.demo.train_vae import VaePlan, measure_vae, train_vae

SIDE = 128


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
        train_vae(VaePlan(steps=steps, seed=seed, side=SIDE, checkpoint=file), log)
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
    parser.add_argument("--out", type=Path, default=Path("models/Stable-diffusion/demo.safetensors"))
    parser.add_argument("--vae-steps", type=int, default=1300)
    parser.add_argument("--text-steps", type=int, default=600)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--fine-steps", type=int, default=0, help="last steps that train every block")
    parser.add_argument("--scenes", type=int, default=24000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    log = make_log(options.work / "train.log")

    vae = obtain_vae(options.work / "vae.pt", options.vae_steps, options.seed, log)
    text = obtain_text(options.work / "text.pt", options.text_steps, options.seed, log)

    plan = DiffusionPlan(
        steps=options.steps,
        fine_steps=options.fine_steps,
        scenes=options.scenes,
        seed=options.seed,
        side=SIDE,
        checkpoint=options.work / "diffusion.pt",
    )
    unet = train_diffusion(fill_pool(plan), text, plan, log)
    total = sum(count_parameters(part) for part in (unet, vae, text))
    save_checkpoint(options.out, unet, vae, text)
    log(f"wrote {options.out.name}: {total} parameters, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
