"""Prompts and seeds of every picture of a job."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Hires, PerPicture, Seeds, Style
from pipelines.generation.texts import expand_seeds, expand_texts, strip_comments
from tests.pipelines.jobs.helpers import make_request

STYLES = (
    Style(name="round", prompt="round {prompt} shape", negative_prompt="square"),
    Style(name="red", prompt="red"),
)


def test_every_picture_has_the_requests_texts() -> None:
    texts = expand_texts(make_request("a cat", negative_prompt="blur", batch_size=2, batch_count=3))
    assert texts.prompts == ("a cat",) * 6
    assert texts.negative_prompts == ("blur",) * 6


def test_styles_are_merged_in_their_order_into_all_four_texts() -> None:
    hires = Hires(prompt="large", negative_prompt="noise")
    texts = expand_texts(make_request("a cat", negative_prompt="blur", styles=STYLES, hires=hires))
    assert texts.prompts == ("round a cat shape, red",)
    assert texts.negative_prompts == ("blur, square",)
    assert texts.hires_prompts == ("round large shape, red",)
    assert texts.hires_negative_prompts == ("noise, square",)


def test_the_hires_pass_has_the_first_ones_texts_unless_it_has_its_own() -> None:
    own = PerPicture(prompts=("one", "two"), negative_prompts=("x", "y"))
    texts = expand_texts(make_request("a cat", batch_size=2, per_picture=own, hires=Hires(prompt="large")))
    assert texts.hires_prompts == ("large", "large")
    assert texts.hires_negative_prompts == ("x", "y")


def test_texts_of_their_own_count_the_pictures() -> None:
    own = PerPicture(prompts=("one", "two", "three"))
    request = make_request("a cat", batch_size=2, batch_count=2, per_picture=own, styles=STYLES[1:])
    texts = expand_texts(request)
    assert texts.prompts == ("one, red", "two, red", "three, red")
    assert len(texts.negative_prompts) == 3


def test_comments_are_stripped_if_the_option_says_so() -> None:
    for on, expected in ((True, "a cat"), (False, "a cat # big")):
        options = GenerationOptions(enable_prompt_comments=on)
        assert expand_texts(make_request("a cat # big", options=options)).prompts[0].strip() == expected


def test_seeds_and_subseeds_count_up() -> None:
    request = make_request(batch_size=2, batch_count=2, seed=5)
    assert expand_seeds(request) == ((5, 6, 7, 8), (0, 1, 2, 3))


def test_a_variation_keeps_its_seed() -> None:
    seeds = Seeds(seed=5, subseed=9, subseed_strength=0.1)
    request = replace(make_request(batch_size=3), seeds=seeds)
    assert expand_seeds(request) == ((5, 5, 5), (9, 10, 11))


def test_seeds_of_their_own_are_taken_as_they_are() -> None:
    request = make_request(batch_size=2, batch_count=2, per_picture=PerPicture(seeds=(4, 4, 9)))
    assert expand_seeds(request) == ((4, 4, 9), (0, 1, 2))


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a red circle # not this\non white", "a red circle \non white"),
        ("# first\na\n# second\nb", "\na\nb"),
        ("a\n#only", "a\n"),
        ("a#b", "a\n"),
        ("no comment", "no comment"),
        ("", ""),
    ],
)
def test_comments_become_newlines(prompt: str, expected: str) -> None:
    assert strip_comments(prompt) == expected
