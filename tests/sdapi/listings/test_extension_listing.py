"""Extensions are read from their git folders, without git."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdapi.listings.extension_listing import list_extensions

COMMIT = "0123456789" * 4
URL = "https://example.com/one"


def checkout(folder: Path, name: str = "one") -> Path:
    """Make a checkout's git folder."""
    git = folder / name / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "config").write_text(f'[remote "origin"]\n\turl = {URL}\n')
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "refs" / "heads" / "main").write_text(f"{COMMIT}\n")
    return git


def test_a_checkout_is_a_row(tmp_path: Path) -> None:
    git = checkout(tmp_path)
    (git / "logs").mkdir()
    first = f"{'0' * 40} {COMMIT} N <n@example.com> 1700000000 +0000\tclone\n"
    last = f"{COMMIT} {COMMIT} A Name <n@example.com> 1721000000 -0730\tpull: 7 files\n"
    (git / "logs" / "HEAD").write_text(first + last)
    assert list_extensions(tmp_path, frozenset()) == [
        {
            "name": "one",
            "remote": URL,
            "branch": "main",
            "commit_hash": COMMIT,
            "version": "01234567",
            "commit_date": "1721000000",
            "enabled": True,
        }
    ]


def test_rows_are_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        checkout(tmp_path, name)
    (tmp_path / "plain").mkdir()
    rows = list_extensions(tmp_path, frozenset({"b", "gone"}))
    assert [(row["name"], row["enabled"]) for row in rows] == [("a", True), ("b", False)]


def test_a_packed_branch_is_found_by_its_whole_name(tmp_path: Path) -> None:
    git = checkout(tmp_path)
    (git / "refs" / "heads" / "main").unlink()
    (git / "packed-refs").write_text(
        f"# pack-refs with: peeled\n{'f' * 40} refs/heads/not-main\n{COMMIT} refs/heads/main\n"
    )
    (row,) = list_extensions(tmp_path, frozenset())
    assert row["commit_hash"] == COMMIT


def test_a_branch_may_have_parts(tmp_path: Path) -> None:
    git = checkout(tmp_path)
    (git / "HEAD").write_text("ref: refs/heads/feature/x\n")
    (git / "refs" / "heads" / "feature").mkdir()
    (git / "refs" / "heads" / "feature" / "x").write_text("f" * 40)
    (row,) = list_extensions(tmp_path, frozenset())
    assert (row["branch"], row["commit_hash"]) == ("feature/x", "f" * 40)


@pytest.mark.parametrize("log", ["", "short", f"0 {COMMIT} N <n@example.com> never +0000\tclone"])
def test_a_head_without_a_log_has_no_date(log: str, tmp_path: Path) -> None:
    git = checkout(tmp_path)
    (git / "logs").mkdir()
    (git / "logs" / "HEAD").write_text(log)
    (row,) = list_extensions(tmp_path, frozenset())
    assert row["commit_date"] == "0"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("HEAD", COMMIT.encode()),
        ("HEAD", b""),
        ("config", b"[core]\n\tbare = false\n"),
        ("config", b"no section\n"),
        ("config", b'[remote "origin"]\n\turl = \xff\n'),
        ("refs/heads/main", b""),
    ],
)
def test_a_checkout_that_can_not_be_read_is_left_out(file: str, content: bytes, tmp_path: Path) -> None:
    (checkout(tmp_path, "broken") / file).write_bytes(content)
    checkout(tmp_path, "whole")
    assert [row["name"] for row in list_extensions(tmp_path, frozenset())] == ["whole"]


def test_no_folder_has_no_extensions(tmp_path: Path) -> None:
    assert list_extensions(tmp_path / "extensions", frozenset()) == []
