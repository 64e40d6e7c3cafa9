"""Measures how well the demo checkpoint follows captions it never saw, and prints a Markdown table."""

import argparse
import random
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from tools.demo.captions import full_caption
from tools.demo.finetuning import CHECKPOINT
from tools.demo.judge import Verdict, judge, read_picture
from tools.demo.sampling import Networks, Settings, load_networks, sample_pictures
from tools.demo.scenes import COLOURS, SHAPES, Scene, is_held_out, sample_scene

ASPECTS = ("colour", "shape", "background", "position")
CONTACT_COLUMNS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A held-out scene and the caption that asks for it."""

    scene: Scene
    caption: str


def held_out_cases(count: int, seed: int) -> list[Case]:
    """Captions of attribute combinations that training never saw."""
    rng = random.Random(seed)
    cases: list[Case] = []
    while len(cases) < count:
        scene = sample_scene(rng)
        if is_held_out(scene):
            cases.append(Case(scene=scene, caption=full_caption(scene, rng)))
    return cases


def judge_cases(
    networks: Networks, cases: list[Case], settings: Settings
) -> tuple[list[Verdict], list[Image.Image]]:
    """Draws every case and judges the pictures."""
    pictures = sample_pictures(networks, [case.caption for case in cases], settings)
    pairs = zip(cases, pictures, strict=True)
    verdicts = [judge(read_picture(picture), case.scene) for case, picture in pairs]
    return verdicts, pictures


def table_row(name: str, verdicts: list[Verdict]) -> str:
    """One Markdown row of percentages."""
    sums = [sum(getattr(verdict, aspect) for verdict in verdicts) for aspect in ASPECTS]
    shares = [100 * value / len(verdicts) for value in sums]
    return f"| {name} | {len(verdicts)} | " + " | ".join(f"{share:.1f}" for share in shares) + " |"


def part_rows(name: str, cases: list[Case], verdicts: list[Verdict]) -> list[str]:
    """The row for all cases and one each for those with one and with two figures."""
    rows = [table_row(name, verdicts)]
    for count, label in ((1, "one figure"), (2, "two figures")):
        pairs = zip(cases, verdicts, strict=True)
        part = [verdict for case, verdict in pairs if len(case.scene.figures) == count]
        if part:
            rows.append(table_row(f"{name}, {label}", part))
    return rows


def negative_rows(networks: Networks, settings: Settings, repeats: int) -> list[str]:
    """Counts of each colour where the prompt leaves it open, without and with it as negative prompt."""
    rows: list[str] = []
    prompts = [f"a {SHAPES[index % len(SHAPES)]} on a white background" for index in range(repeats)]
    plain = colours_seen(sample_pictures(networks, prompts, settings))
    for colour in COLOURS:
        negated = colours_seen(sample_pictures(networks, prompts, settings, [colour] * repeats))
        rows.append(f"| {colour} | {repeats} | {plain.count(colour)} | {negated.count(colour)} |")
    return rows


def colours_seen(pictures: list[Image.Image]) -> list[str]:
    """The colour of every figure in the pictures."""
    return [figure.colour for picture in pictures for figure in read_picture(picture).figures]


def save_contact_sheet(pictures: list[Image.Image], path: Path) -> None:
    """Tiles the pictures, a thin gap between them."""
    side = pictures[0].width + 2
    rows = -(-len(pictures) // CONTACT_COLUMNS)
    sheet = Image.new("RGB", (CONTACT_COLUMNS * side, rows * side), (200, 120, 200))
    for index, picture in enumerate(pictures):
        sheet.paste(picture, (index % CONTACT_COLUMNS * side, index // CONTACT_COLUMNS * side))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, optimize=True)


def print_following(networks: Networks, cases: list[Case], settings: Settings, sheet: Path | None) -> None:
    """Prints the caption-following table and saves the contact sheet."""
    print("| Pictures | Count | Colour % | Shape % | Background % | Position % |\n|---|---|---|---|---|---|")
    verdicts, pictures = judge_cases(networks, cases, settings)
    print(*part_rows("CFG 7", cases, verdicts), sep="\n", flush=True)
    if sheet is not None:
        save_contact_sheet(pictures[:48], sheet)
        sheet.with_suffix(".txt").write_text("".join(f"{case.caption}\n" for case in cases[:48]))
    verdicts, _ = judge_cases(networks, cases, replace(settings, guidance=1.0))
    print(table_row("CFG 1", verdicts), flush=True)
    larger = cases[: len(cases) // 3]
    verdicts, _ = judge_cases(networks, larger, replace(settings, side=settings.side * 3 // 2))
    print(table_row("CFG 7, 1.5x size", verdicts), flush=True)


def main() -> None:
    """Command line entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, nargs="?", default=CHECKPOINT)
    parser.add_argument("--count", type=int, default=200, help="held-out captions")
    parser.add_argument("--negatives", type=int, default=20, help="pictures per negative prompt")
    parser.add_argument("--seed", type=int, default=4242)
    parser.add_argument("--sheet", type=Path, help="where to save a contact sheet of the first 48 pictures")
    options = parser.parse_args()
    networks = load_networks(options.checkpoint)
    print_following(networks, held_out_cases(options.count, options.seed), Settings(), options.sheet)
    print("\n| Negative prompt | Pictures | Colour seen without | Colour seen with |\n|---|---|---|---|")
    print(*negative_rows(networks, Settings(seed=5000), options.negatives), sep="\n")


if __name__ == "__main__":
    main()
