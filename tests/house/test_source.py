"""The source keeps the house style: short files and functions, docstrings, nothing out of place."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("sdapi", "pipelines", "extensions", "scripts", "tools", "tests")
MODULES = [ROOT / "launch.py", *(p for folder in FOLDERS for p in sorted((ROOT / folder).rglob("*.py")))]
PRODUCT = [path for path in MODULES if "tests" not in path.parts]
TEXTS = [
    p for pattern in ("*.md", "*.toml", "*.lock", ".ci/*", "docs/**/*.md") for p in sorted(ROOT.glob(pattern))
]
LOCK = ROOT / "requirements.lock"
LONGEST_FUNCTION = 50
LONGEST_FILE = 400
UNWANTED = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:work|root|Users)/\w"),
    "a package registry": re.compile(r"pypi\.(?:org|python)|python[h]osted|registry\.npm"),
    "a note to do something later": re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b"),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_modules_say_what_they_are_for() -> None:
    silent = [
        name_of(p)
        for p in MODULES
        if p.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree_of(p))
    ]
    assert silent == [], "a file starts with a one-sentence docstring"


def test_files_are_short() -> None:
    lengths = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in PRODUCT}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    long = {
        f"{name_of(path)}:{node.lineno} {node.name}": length
        for path in PRODUCT
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("what", UNWANTED)
def test_nothing_unwanted_is_said(what: str) -> None:
    found = {
        name_of(path): match.group()
        for path in (*MODULES, *TEXTS)
        if (match := UNWANTED[what].search(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def imported_names(path: Path) -> set[str]:
    """Top-level packages that a file imports anywhere."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


OPENER = ROOT / "pipelines" / "pictures" / "reading" / "opening.py"
DECODERS = {
    ("Image", "open"),
    ("ImageFile", "Parser"),
    ("ImageFile", "LOAD_TRUNCATED_IMAGES"),
    ("cv2", "imread"),
    ("cv2", "imreadmulti"),
    ("cv2", "imdecode"),
    ("cv2", "imdecodemulti"),
    ("cv2", "VideoCapture"),
}
PICTURE_READERS = {"imageio", "tifffile", "torchvision.io", "skimage.io", "matplotlib.image"}


def decoders_of(path: Path) -> set[str]:
    """Return the names by which a file turns encoded pictures into pixels."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            found |= {f"{owner}.{node.attr}"} if (owner, node.attr) in DECODERS else set()
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            last = module.rpartition(".")[2]
            found |= {f"{module}.{a.name}" for a in node.names if (last, a.name) in DECODERS}
            found |= {name for a in node.names for name in (module, f"{module}.{a.name}")} & PICTURE_READERS
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & PICTURE_READERS
    return found


def test_pictures_are_opened_at_one_place() -> None:
    """Formats, sizes and metadata are bounded there; any other way in would pass these bounds."""
    found = {name_of(path): decoders_of(path) for path in PRODUCT if path != OPENER}
    assert {name: what for name, what in found.items() if what} == {}
    assert decoders_of(OPENER) == {"Image.open"}


@pytest.mark.parametrize(
    "source",
    [
        "from PIL import Image\nImage.open('x')",
        "import PIL.Image\nPIL.Image.open('x')",
        "from PIL.Image import open as read",
        "import cv2\nread = cv2.imdecode",
        "from cv2 import imread",
        "import imageio",
        "from torchvision import io",
        "from PIL import ImageFile\nImageFile.LOAD_TRUNCATED_IMAGES = True",
    ],
)
def test_every_way_to_open_a_picture_is_seen(source: str, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(source, encoding="utf-8")
    assert decoders_of(path) != set()


def test_samplers_know_torch_and_nothing_else() -> None:
    allowed = {"pipelines.sampling."}
    for path in (ROOT / "pipelines" / "sampling" / "samplers").glob("*.py"):
        modules = {n.module or "" for n in ast.walk(tree_of(path)) if isinstance(n, ast.ImportFrom)}
        own = {module for module in modules if module.startswith("pipelines")}
        assert all(module.startswith(tuple(allowed)) for module in own), name_of(path)
        assert imported_names(path) <= sys.stdlib_module_names | {"torch", "pipelines"}, name_of(path)


def test_launch_needs_only_the_standard_library() -> None:
    path = ROOT / "launch.py"
    assert imported_names(path) <= sys.stdlib_module_names
    assert path.read_text(encoding="utf-8").count("\n") < 120


def test_help_needs_only_the_standard_library() -> None:
    no_packages = [sys.executable, "-S", "-m", "sdapi", "serve", "--help"]
    said = subprocess.run(no_packages, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert "--swarm-port" in said.stdout


def test_lock_names_exact_versions_and_no_addresses() -> None:
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if line[:1].isalnum()]
    assert all(re.match(r"[\w.\[\]-]+==\S+", line) for line in packages)
    assert len(packages) > 100
    assert sum("--hash=sha256:" in line for line in lines) > len(packages)
    assert not [line for line in lines if "://" in line or line.startswith("-")]


def test_no_locked_package_is_under_the_gpl() -> None:
    names = [
        line.partition("==")[0] for line in LOCK.read_text(encoding="utf-8").splitlines() if "==" in line
    ]
    found: dict[str, str] = {}
    for name in names:
        try:
            licence = licence_of(metadata(name))
        except PackageNotFoundError:
            continue  # of another platform
        if re.search(r"(?<!L)A?GPL|(?<!Lesser )General Public", licence):
            found[name] = licence
    assert found == {}


def licence_of(package: PackageMetadata) -> str:
    """The licence by classifiers and expression; whole licence texts name many others."""
    told = [*package.get_all("License-Expression", []), *package.get_all("Classifier", [])]
    return "; ".join(value for value in told if "::" not in value or value.startswith("License"))
