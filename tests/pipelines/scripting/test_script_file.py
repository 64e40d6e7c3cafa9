"""Scripts are found by their titles, and by patterns of other titles."""

from __future__ import annotations

from pathlib import Path

from pipelines.scripting.script_file import Script, Scripts, discover

OLD = Script(title="Words v1.0", always_on=True)
NEW = Script(title="Words v2.0", always_on=True, other_titles=r"words( v[\d.]+)?", img2img=False)
FOUND = Scripts(items=(NEW, OLD))


def test_a_title_counts_in_any_letter_case() -> None:
    assert FOUND.find("WORDS V2.0", is_img2img=False) is NEW


def test_a_pattern_takes_titles_of_other_versions() -> None:
    for title in ("Words", "words v0.9", "Words v10.2.1"):
        assert FOUND.find(title, is_img2img=False) is NEW
    assert FOUND.find("Words v", is_img2img=False) is None
    assert FOUND.find("More words v1", is_img2img=False) is None


def test_a_title_of_its_own_comes_before_a_pattern() -> None:
    assert FOUND.find("words v1.0", is_img2img=False) is OLD


def test_a_script_is_found_only_where_it_can_be_used() -> None:
    assert FOUND.find("words v3.0", is_img2img=True) is None


def test_a_file_that_exits_is_reported_and_skipped(tmp_path: Path) -> None:
    (tmp_path / "leaves.py").write_text("raise SystemExit(2)")
    (tmp_path / "stays.py").write_text(
        "from pipelines.scripting.script_file import Script\nSCRIPT = Script(title='Stays')\n"
    )
    found = discover(tmp_path)
    assert [script.title for script in found.items] == ["Stays"]
    assert found.failures == ("leaves.py: SystemExit: 2",)
