"""The words of a training picture: its text file, or else its name, put into a line of a template."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

from pipelines.contract.training import TrainingPictures

NAME, WORDS = "[name]", "[filewords]"
LONGEST = 1 << 16
"""Bytes of a picture's text file that are read."""
_NUMBERS = re.compile(r"^[-\d]+\s*")


def words_of(picture: Path, plan: TrainingPictures) -> str:
    """Read the words of a picture: its .txt file, or else its name without the numbers at its start."""
    beside = picture.with_suffix(".txt")
    if beside.is_file():
        with beside.open("rb") as file:
            return file.read(LONGEST).decode("utf-8", "replace")
    name = _NUMBERS.sub("", picture.stem)
    if plan.word_regex:
        name = plan.join_string.join(_texts(re.findall(plan.word_regex, name)))
    return name


def _texts(found: list[str] | list[tuple[str, ...]]) -> list[str]:
    return [item if isinstance(item, str) else "".join(item) for item in found]


def changes_words(plan: TrainingPictures) -> bool:
    """True if the words are drawn anew each time a picture is used."""
    return plan.shuffle_tags or plan.tag_drop_out > 0


def draw_text(words: str, name: str, plan: TrainingPictures, random: Random) -> str:
    """Put these words into a drawn line of the template. The order of the draws is A1111's."""
    line = random.choice(plan.template).replace(NAME, name)
    if changes_words(plan):
        tags = [tag for tag in words.split(",") if random.random() > plan.tag_drop_out]
        if plan.shuffle_tags:
            random.shuffle(tags)
        words = ",".join(tags)
    return line.replace(WORDS, words)
