"""Tags become text: choices, repetitions, names, variables."""

from __future__ import annotations

import random
from typing import Any

import pytest

from extensions.swarmui.prompts.evaluate import evaluate
from extensions.swarmui.prompts.world import Filling, PromptWorld
from pipelines.contract.errors import InvalidRequest

WORLD = PromptWorld(
    wildcards=("colors", "deep/shapes"),
    wildcard=lambda name: {"colors": ["red", "blue"], "deep/shapes": ["<random:circle>"]}[name],
    loras=("teal", "sub/gold"),
    triggers={"teal": "in teal; pale"},
    embeddings=("bad-hands",),
    preset={"Look": {"prompt": "a look", "steps": 4}}.get,
)


def filling(seed: int = 1) -> Filling:
    return Filling(world=WORLD, chance=random.Random(seed))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("(a:1.3) [b] \\(c\\)", "(a:1.3) [b] \\(c\\)"),
        ("<random:red>", "red"),
        ("<random[2,]:red|red>", "red, red"),
        ("<wildcard:COLORS,not=red>", "blue"),
        ("<wc:shapes>", "circle"),
        ("<alternate:a,b,c>", "[a|b|c]"),
        ("<alt:a || b, c>", "[a|b, c]"),
        ("<fromto[0.5]:a,b>", "[a:b:0.5]"),
        ("<fromto[7]:<random:x>|y>", "[x:y:7]"),
        ("<repeat[3]:ab>", "ab ab ab"),
        ("<repeat:2,ab>", "ab ab"),
        ("<embed:BAD>", "bad-hands"),
        ("x<lora:TEAL:0.5>", "x<lora:teal:0.5>"),
        ("<lora:gold>", "<lora:sub/gold:1>"),
        ("<lora:teal:0.5:0.2>", "<lora:teal:0.2:0.5>"),
        ("<lora:teal> <trigger>", "<lora:teal:1> in teal, pale"),
        ("<setvar[x]:red> and <var:x>", "red and red"),
        ("<setvar[x,false]:red>a <var[x]> <var:X>", "a red red"),
        ("<setmacro[m]:<random:a>> <macro:m>", "a a"),
        ("<setmacro[m, false]:<random:a>> <macro[m]>", " a"),
        ("a<break>b", "a BREAK b"),
        ("a<comment:to myself>", "a"),
        ("<p:Look>", "a look"),
        ("<unknown:thing>", "<unknown:thing>"),
    ],
)
def test_what_tags_become(text: str, meant: str) -> None:
    own = filling()
    assert evaluate(text, own) == meant
    assert own.warnings == []


@pytest.mark.parametrize(
    ("text", "left", "why"),
    [
        ("<wildcard:nobody>", "", "there is no wildcard 'nobody'"),
        ("<wc:colors,not=red|blue>", "", "has no entries"),
        ("<lora:nobody>", "", "there is no LoRA 'nobody'"),
        ("<lora:teal:much>", "<lora:teal:1>", "a weight of the LoRA 'teal' is no number"),
        ("<embed:nobody>", "", "there is no embedding"),
        ("<var:nobody>", "", "no variable"),
        ("<macro:nobody>", "", "no macro"),
        ("<preset:nobody>", "", "no preset"),
        ("<fromto[0.5]:a>", "<fromto[0.5]:a>", "is not of the form"),
        ("<repeat[many]:a>", "<repeat[many]:a>", "how often"),
    ],
)
def test_what_cannot_be_done_is_told(text: str, left: str, why: str) -> None:
    own = filling()
    assert evaluate(text, own) == left
    assert why in own.warnings[0]


@pytest.mark.parametrize(
    ("text", "count", "told"),
    [
        ("<random[100]:a>", 100, []),
        ("<random[101]:a>", 100, ["prompt: <random[101]:a> picks 100 at most"]),
        ("<wc[150-101,]:colors>", 100, ["prompt: <wc[150-101,]:colors> picks 100 at most"]),
        ("<repeat[1000]:a>", 1000, []),
        ("<repeat[1001]:a>", 1000, ["prompt: <repeat[1001]:a> repeats 1000 times at most"]),
        ("<repeat:9999,a>", 1000, ["prompt: <repeat:9999,a> repeats 1000 times at most"]),
    ],
)
def test_counts_beyond_the_bounds_get_a_warning(text: str, count: int, told: list[str]) -> None:
    own = filling()
    assert len(evaluate(text, own).split()) == count
    assert own.warnings == told


def test_the_same_chance_chooses_the_same() -> None:
    text = "<random:1,2,3,4,5,6,7,8> <wc:colors> <repeat[1-9]:x>"
    assert evaluate(text, filling(3)) == evaluate(text, filling(3))
    assert len({evaluate(text, filling(seed)) for seed in range(20)}) > 5


def test_parameters_and_names_are_noted() -> None:
    own = filling()
    evaluate("<param[CFG Scale]:3><preset:Look><lora:teal><wc:colors>", own)
    assert own.parameters == {"CFG Scale": "3", "steps": 4}
    assert own.used == {"presets": ["Look"], "loras": ["teal"], "wildcards": ["colors"]}


def test_tags_that_multiply_end() -> None:
    with pytest.raises(InvalidRequest, match="too much text"):
        evaluate("<repeat[1000]:<repeat[1000]:<repeat[1000]:<comment:x>>>>", filling())
    endless: dict[str, Any] = {"wildcards": ("loop",), "wildcard": lambda name: ["<wc:loop>"]}
    with pytest.raises(InvalidRequest, match="nested"):
        evaluate("<wc:loop>", Filling(world=PromptWorld(**endless), chance=random.Random(1)))
