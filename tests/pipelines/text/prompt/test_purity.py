"""The prompt package must stay usable where torch is not loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
import sys, importlib, pkgutil
import pipelines.text.prompt as package
for module in pkgutil.iter_modules(package.__path__):
    importlib.import_module(f"pipelines.text.prompt.{module.name}")
from pipelines.families.clip.tokenizers import clip_tokenizer
assert clip_tokenizer().encode(["a cat"]) == [[320, 2368]]
print([name for name in ("torch", "transformers", "open_clip") if name in sys.modules])
"""


def test_nothing_heavy_is_imported(root: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", CODE], cwd=root, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
