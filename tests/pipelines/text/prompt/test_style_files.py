"""Style files: columns, old header, comments, several files."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract.requests import Style
from pipelines.text.prompt.style_files import read_styles


def test_reads_rows_and_skips_comments(tmp_path: Path) -> None:
    path = tmp_path / "styles.csv"
    path.write_text(
        'name,prompt,negative_prompt\nOil, "oil, thick",blurry\n#off,x,y\nShort,only\n', encoding="utf-8-sig"
    )
    assert read_styles([str(path)]) == {
        "Oil": Style(name="Oil", prompt="oil, thick", negative_prompt="blurry"),
        "Short": Style(name="Short", prompt="only"),
    }


def test_old_header_and_later_file_wins(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,text,negative_prompt\nOil,old,\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("name,prompt,negative_prompt\nOil,new,\n", encoding="utf-8")
    assert read_styles([str(tmp_path / "a.csv")])["Oil"].prompt == "old"
    assert read_styles([str(tmp_path / "*.csv")])["Oil"].prompt == "new"


def test_missing_files_are_no_styles(tmp_path: Path) -> None:
    assert read_styles([str(tmp_path / "none.csv")]) == {}
