"""The parser against the grammar it stands for, which lark's Earley parser reads."""

from __future__ import annotations

import lark
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.text.prompt.schedule import prompt_schedule, step_rule
from pipelines.text.prompt.schedule_nodes import text_at
from pipelines.text.prompt.schedule_parser import parse_schedule

STEPS = 4
RULE = step_rule(steps=STEPS)
GRAMMAR = lark.Lark(r"""
start: (prompt | /[\]\[():]/+)*
prompt: (emphasised | scheduled | alternate | plain | BLANK)*
!emphasised: "(" prompt ")" | "(" prompt ":" prompt ")" | "[" prompt "]"
scheduled: "[" [prompt ":"] prompt ":" [BLANK] NUMBER [BLANK] "]"
alternate: "[" prompt ("|" [prompt])+ "]"
plain: /([^\\\[\]():|]|\\.)+/
BLANK: /\s+/
%import common.SIGNED_NUMBER -> NUMBER
""")
SPECIAL = st.sampled_from(["[", "]", "(", ")", ":", "|", "a", " ", "1", "0.5", r"\(", "\\"])


def grammar_text(node: lark.Tree[lark.Token] | lark.Token | None, step: int) -> str:
    """The text that the grammar's tree stands for at a step."""
    if node is None:
        return ""
    if isinstance(node, lark.Token):
        return str(node)
    children = node.children
    if node.data == "scheduled":
        when = RULE.step(str(children[3]))
        return grammar_text(children[0] if step <= when else children[1], step)
    if node.data == "alternate":
        return grammar_text(children[(step - 1) % len(children)], step)
    return "".join(grammar_text(child, step) for child in children)


def grammar_texts(prompt: str) -> list[str] | None:
    try:
        tree = GRAMMAR.parse(prompt)
    except lark.exceptions.LarkError:
        return None
    return [grammar_text(tree, step) for step in range(1, STEPS + 1)]


def parser_texts(prompt: str) -> list[str] | None:
    root = parse_schedule(prompt)
    return None if root is None else [text_at(root, step, RULE) for step in range(1, STEPS + 1)]


def wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Constructs around prompts, so that brackets are balanced."""
    number = st.sampled_from(["1", "2.0", "0.5", " 3 ", "-1", ".25"])
    return st.one_of(
        st.builds("({})".format, inner),
        st.builds("({}:1.2)".format, inner),
        st.builds("[{}]".format, inner),
        st.builds("[{}:{}]".format, inner, number),
        st.builds("[{}:{}:{}]".format, inner, inner, number),
        st.builds("[{}|{}]".format, inner, inner),
        st.builds("{} {}".format, inner, inner),
    )


BALANCED = st.recursive(st.sampled_from(["a", "b c", "", r"\(", " "]), wrapped, max_leaves=5)


@settings(max_examples=80, deadline=None)
@given(BALANCED)
def test_balanced_prompts_read_as_the_grammar_reads_them(prompt: str) -> None:
    assert parser_texts(prompt) == grammar_texts(prompt)


@settings(max_examples=80, deadline=None)
@given(st.lists(SPECIAL, max_size=10).map("".join))
def test_the_same_prompts_are_refused(prompt: str) -> None:
    # Which of several readings the grammar takes for unbalanced prompts varies from run to run, so that only
    # acceptance is compared.
    assert (parser_texts(prompt) is None) == (grammar_texts(prompt) is None)


@pytest.mark.parametrize(
    "prompt", ["a [b:3]", "[fe|||]male", "((a][:b:c [d:3]", "[a: b :c:3]", "a ]([ [x:y:2]"]
)
def test_known_prompts_read_as_the_grammar_reads_them(prompt: str) -> None:
    assert parser_texts(prompt) == grammar_texts(prompt)


@pytest.mark.parametrize("prompt", ["[" * 100_000, "[a:" * 30_000 + "b" + ":1]" * 30_000, "[:1](" * 20_000])
def test_deep_nesting_is_read_without_recursion(prompt: str) -> None:
    assert prompt_schedule(prompt, RULE)[-1].end == STEPS
