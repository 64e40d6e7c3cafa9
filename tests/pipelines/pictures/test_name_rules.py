"""File names keep the rules of --filenames-max-length and --unix-filenames-sanitization."""

from __future__ import annotations

from PIL import Image

from pipelines.pictures.filenames import NameFacts, NameRules, apply_pattern, sanitize


def test_illegal_characters_and_length() -> None:
    assert sanitize(' a<b>:"/\\|?*c. ') == "a_b" + "_" * 8 + "c"
    assert sanitize("x" * 200) == "x" * 128


def test_unix_rule_bans_slashes_only() -> None:
    assert sanitize("a:b/c?", rules=NameRules(unix=True)) == "a:b_c?"


def test_rules_hold_in_patterns() -> None:
    facts = NameFacts(
        image=Image.new("RGB", (1, 1)), prompt="a red: circle", rules=NameRules(longest=5, unix=True)
    )
    assert apply_pattern("[prompt_spaces]-[prompt]", facts) == "a red-a_red"
