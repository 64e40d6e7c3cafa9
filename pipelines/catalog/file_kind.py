"""Recognise by its first bytes what lies in the place of a weight file, with a remedy; no torch."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from pipelines.contract.errors import CorruptFile

HEAD = 1024
SHOWN = 60
AGAIN = "download it again"
MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"GGUF", "a GGUF file, made for other programs", "a .safetensors file of the same model is needed"),
    (b"lmgg", "a GGML file, made for other programs", "a .safetensors file of the same model is needed"),
    (b"\x89HDF\r\n", "a Keras (HDF5) file", "a .safetensors file of the same model is needed"),
    (b"\x93NUMPY", "a NumPy array", "a .safetensors file is needed"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it and put the weight file of it here"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it and put the weight file of it here"),
    (b"\x1f\x8b", "a gzip archive", "unpack it and put the weight file of it here"),
    (b"BZh", "a bzip2 archive", "unpack it and put the weight file of it here"),
    (b"\xfd7zXZ\x00", "an xz archive", "unpack it and put the weight file of it here"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it and put the weight file of it here"),
    (b"\x89PNG", "a PNG picture", "the weights are in another file"),
    (b"\xff\xd8\xff", "a JPEG picture", "the weights are in another file"),
    (b"GIF8", "a GIF picture", "the weights are in another file"),
    (b"%PDF", "a PDF document", "the weights are in another file"),
    (b"SQLite format 3", "an SQLite database", "the weights are in another file"),
    (b"\x7fELF", "a program", "delete it; weights are never programs"),
    (b"MZ", "a Windows program", "delete it; weights are never programs"),
)
PICTURES = (".png", ".webp", ".jxl", ".avif")
"""Suffixes of pictures that may have an embedding in them."""
_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|script)\b", re.IGNORECASE)


def damaged(path: Path, reason: str) -> CorruptFile:
    """Return the error for a file that can't be read: what it is instead, else ``reason``."""
    return CorruptFile(f"{path.name} is {explain(path) or f'damaged: {reason}; {AGAIN}'}")


def explain(path: Path) -> str | None:
    """Describe a file that is no weight file of the form that its suffix promises; None if it may be one.

    The text continues "NAME is".
    """
    try:
        found = _what_it_is(path)
    except OSError as error:
        return f"unreadable: {error.strerror or error}"
    if found is None:
        return None
    what, help_ = found
    return f"{what}: {help_}" if help_ else what


def _what_it_is(path: Path) -> tuple[str, str] | None:
    if not path.is_file():
        return ("a folder" if path.is_dir() else "not there or no ordinary file"), ""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not size:
        return "empty", f"the download is incomplete, {AGAIN}"
    if not head.strip(b"\0"):
        return "filled with zeros", f"the download is incomplete, {AGAIN}"
    if path.suffix.lower() in PICTURES:
        return None
    for start, what, help_ in MAGIC:
        if head.startswith(start):
            return what, help_
    if head[257:262] == b"ustar":
        return "a tar archive", "unpack it and put the weight file of it here"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP picture", "the weights are in another file"
    return _text(head, size) or _other_form(path, head, size)


def _text(head: bytes, size: int) -> tuple[str, str] | None:
    """Recognise a text in the place of weights, and return what it is and a remedy; None for bytes."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith(b"version https://git-lfs.github.com/spec"):
        return (
            "a Git LFS pointer, not the weights",
            "run `git lfs pull` beside it, or download the file itself",
        )
    if _PAGE.match(head):
        help_ = "download the file itself; the site may want a login or an accepted licence first"
        return "a saved web page, not the weights", help_
    text = head.decode(errors="ignore" if size > HEAD else "replace")
    if (
        not all((c.isprintable() and c != "\ufffd") or c in "\t\r\n" for c in text)
        or len(text) < len(head) // 4
    ):
        return None
    kind = "a JSON text" if text.lstrip().startswith(("{", "[")) else "a text"
    shown = " ".join(text.split())[:SHOWN]
    return (
        f"damaged, {kind} in place of the weights ({shown!r})",
        "perhaps what a site sent in place of the file; download that",
    )


def _other_form(path: Path, head: bytes, size: int) -> tuple[str, str] | None:
    """Recognise a weight file whose suffix promises another form; None if it fits."""
    safetensors = path.suffix.lower() == ".safetensors"
    length = int.from_bytes(head[:8], "little")
    if not safetensors and head[8:9] == b"{" and 8 < length < size:
        return "a safetensors file under another name", "let its name end in .safetensors"
    if head.startswith(b"PK\x03\x04"):
        return _archive(path, safetensors)
    if safetensors and head[:1] == b"\x80" and head[1:2] <= b"\x05":
        return "a torch file (pickle), not safetensors", "let its name end in .ckpt or .pt"
    return None


def _archive(path: Path, safetensors: bool) -> tuple[str, str] | None:
    try:
        if not zipfile.is_zipfile(path):
            return "truncated: its end is missing", f"the download is incomplete, {AGAIN}"
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, RuntimeError):
        return "a damaged archive", AGAIN
    if not any(name.endswith("data.pkl") for name in names):
        what = "an archive of NumPy arrays" if names and names[0].endswith(".npy") else "a zip archive"
        return what, "unpack it and put the weight file of it here"
    if any("/code/" in name for name in names):
        return "a TorchScript program, not weights alone", "a .safetensors or .pth file is needed"
    return (
        ("a torch file (pickle), not safetensors", "let its name end in .ckpt or .pt")
        if safetensors
        else None
    )
