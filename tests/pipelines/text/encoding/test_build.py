"""From prompts to conditioning and report."""

from __future__ import annotations

import pytest
import torch

from pipelines.contract.options import GenerationOptions
from pipelines.families.text import PictureSize
from pipelines.text.embeddings.files import Embedding
from pipelines.text.encoding.build import Built, PassPrompts, build_conditioning, empty_prompt
from pipelines.text.encoding.cache import ConditioningCache
from pipelines.text.encoding.encoded import TextConditioner
from tests.pipelines.text.encoding.models import WIDTH, sd1, sdxl

SIZE = PictureSize(width=64, height=64)


def built(
    prompt: str,
    negative: str = "",
    *,
    model: TextConditioner | None = None,
    cache: ConditioningCache | None = None,
    images: int = 1,
    hires_steps: int | None = None,
    **options: object,
) -> Built:
    prompts = PassPrompts(
        prompts=[prompt] * images,
        negative_prompts=[negative] * images,
        steps=10,
        hires_steps=hires_steps,
        size=SIZE,
    )
    given = GenerationOptions.from_mapping(options)
    return build_conditioning(prompts, model or sd1(), given, ConditioningCache() if cache is None else cache)


def test_parts_weights_and_schedules_come_together() -> None:
    conditioning = built("[a:b:3] AND c :0.5", images=2).conditioning
    assert conditioning.at(0).parts == (((0, 1.0), (1, 0.5)), ((2, 1.0), (3, 0.5)))
    before, after = conditioning.at(3).context, conditioning.at(4).context
    assert not torch.allclose(before[0], after[0])
    assert torch.equal(before[1], after[1])
    assert torch.equal(after[0], after[2])


def test_the_hires_pass_reads_numbers_from_one_to_two() -> None:
    first = built("[a:b:1.5]").conditioning
    second = built("[a:b:1.5]", hires_steps=20).conditioning
    assert first.at(0) is first.at(10)
    assert not torch.equal(second.at(10).context, second.at(11).context)


def test_negative_prompts_are_not_composed() -> None:
    assert built("a", "b AND c").conditioning.at(0).negative_context.shape[0] == 1


def test_the_cache_serves_equal_prompts_and_sizes() -> None:
    cache = ConditioningCache()
    built("cat", "dog", cache=cache)
    built("cat", "dog", cache=cache)
    assert len(cache) == 2
    built("cat", "dog", cache=cache, CLIP_stop_at_last_layers=2)
    assert len(cache) == 4
    built("cat", "dog", cache=cache, persistent_cond_cache=False, emphasis="None")
    assert len(cache) == 4


def test_sdxl_keeps_prompts_and_negative_prompts_apart() -> None:
    cache = ConditioningCache()
    step = built("", "", model=sdxl(), cache=cache).conditioning.at(0)
    assert step.context.any()
    assert not step.negative_context.any()


def test_the_empty_prompt_pads() -> None:
    step = built("a BREAK b", "c", pad_cond_uncond=True).conditioning.at(0)
    assert step.padded
    torch.testing.assert_close(step.negative_context[0, 77:], empty_prompt(sd1(), GenerationOptions()))


def test_hashes_of_embeddings_come_prompt_first_and_per_encoder() -> None:
    one = Embedding(name="zzxone", single=torch.zeros(1, WIDTH), sha256="1" * 64)
    two = Embedding(name="zzxtwo", single=torch.zeros(1, WIDTH), sha256="2" * 64)
    bare = Embedding(name="zzxbare", single=torch.zeros(1, WIDTH))
    model = sd1(embeddings=[one, two, bare])
    report = built("zzxone zzxbare", "zzxtwo zzxtwo", model=model).report
    assert report.pairs == {"TI hashes": "zzxone: 111111111111, zzxtwo: 222222222222"}
    assert report.embeddings == ("zzxone", "zzxbare", "zzxtwo")
    quiet = built("zzxone", model=model, textual_inversion_add_hashes_to_infotext=False)
    assert quiet.report.pairs == {}
    pair = Embedding(
        name="zzxpair",
        vectors={"clip": torch.zeros(1, WIDTH), "open_clip": torch.zeros(1, WIDTH)},
        sha256="3" * 64,
    )
    both = built("zzxpair", model=sdxl([pair])).report
    assert both.pairs == {"TI hashes": "zzxpair: 333333333333, zzxpair: 333333333333"}


def test_emphasis_is_told_if_not_default_and_brackets_are_there() -> None:
    assert built("a (cat)", emphasis="No norm").report.pairs == {"Emphasis": "No norm"}
    assert built("a cat", "[dog]", emphasis="None").report.pairs == {"Emphasis": "None"}
    assert built("a cat", emphasis="No norm").report.pairs == {}
    assert built("a (cat)").report.pairs == {}


def test_an_unknown_mode_is_warned_about() -> None:
    assert built("a").report.warnings == ()
    assert built("a", emphasis="Compel").report.warnings == ()
    assert built("a", emphasis="loud").report.warnings == ("emphasis: 'loud' is no mode, Original is used",)


def test_old_timelines_are_told_if_they_make_a_difference() -> None:
    assert built("[a:b:2.0]", use_old_scheduling=True).report.pairs == {"Old prompt editing timelines": True}
    assert built("[a:b:0.5]", use_old_scheduling=True).report.pairs == {}
    assert built("[a:b:0.5]", use_old_scheduling=True, hires_steps=10).report.pairs != {}


@pytest.mark.parametrize(
    ("prompt", "negative", "told"),
    [
        ("a (cat:1.2)", "", True),
        ("a cat", "[dog]", True),
        ("a [cat:(dog):3]", "", True),
        ("a [cat:dog:3]", "", False),
        ("a [cat|dog]", "[bird:0.5]", False),
        ("a [[cat]:dog:3]", "", True),
        ("a cat AND a dog :0.5", "", False),
        ("a cat", "", False),
    ],
)
def test_emphasis_is_told_where_a_text_that_is_read_has_brackets(
    prompt: str, negative: str, told: bool
) -> None:
    pairs = built(prompt, negative, emphasis="No norm").report.pairs
    assert pairs == ({"Emphasis": "No norm"} if told else {})
    assert "Emphasis" not in built(prompt, negative).report.pairs
