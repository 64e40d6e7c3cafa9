"""Prompt styles as A1111 lists them."""

from __future__ import annotations

from pathlib import Path

from sdapi.listings.style_listing import list_styles


def test_several_style_files_get_dividers(tmp_path: Path) -> None:
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    first.write_text("name,prompt,negative_prompt\nn, p,np\n#no,x,y\n", encoding="utf-8-sig")
    second.write_text("name,text\nold,t\n")
    rows = list_styles([str(first), str(second)])
    assert [row["name"] for row in rows] == [" ONE ".center(40, "-"), "n", " TWO ".center(40, "-"), "old"]
    assert rows[1] == {"name": "n", "prompt": "p", "negative_prompt": "np"}
    assert list_styles([str(second)]) == [{"name": "old", "prompt": "t", "negative_prompt": ""}]


def test_one_file_has_no_divider(tmp_path: Path) -> None:
    file = tmp_path / "styles.csv"
    file.write_text("name,prompt,negative_prompt\nb,x,\na,y,z\n")
    assert list_styles([str(tmp_path / "*.csv")]) == [
        {"name": "b", "prompt": "x", "negative_prompt": ""},
        {"name": "a", "prompt": "y", "negative_prompt": "z"},
    ]


def test_no_file_has_no_styles(tmp_path: Path) -> None:
    assert list_styles([str(tmp_path / "styles.csv")]) == []


def test_a_divider_is_forty_characters_wide(tmp_path: Path) -> None:
    for name in ("a", "longer-name"):
        (tmp_path / f"{name}.csv").write_text("name,prompt,negative_prompt\n")
    dividers = [str(row["name"]) for row in list_styles([str(tmp_path / "*.csv")])]
    assert [len(divider) for divider in dividers] == [40, 40]
    assert dividers[1].strip("-") == " LONGER-NAME "
