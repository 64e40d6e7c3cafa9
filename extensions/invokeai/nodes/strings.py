"""Nodes that join, split and fill texts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.nodes.dynamic import expand
from extensions.invokeai.outputs.plain import (
    String2Output,
    StringCollectionOutput,
    StringOutput,
    StringPosNegOutput,
)
from extensions.invokeai.vocabulary.nodes import UIComponent

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

_TEXT = UIComponent.Textarea
LONGEST_FILE = 4 << 20
"""Greatest size of a file of prompts, in bytes."""


@invocation("string_join", title="String Join", tags=["string"], category="strings", version="1.0.1")
class StringJoinInvocation(BaseInvocation):
    """Two texts as one."""

    string_left: str = InputField(default="", description="The first", ui_component=_TEXT)
    string_right: str = InputField(default="", description="The second", ui_component=_TEXT)

    def invoke(self, context: InvocationContext) -> StringOutput:
        return StringOutput(value=f"{self.string_left or ''}{self.string_right or ''}")


@invocation(
    "string_join_three", title="String Join Three", tags=["string"], category="strings", version="1.0.1"
)
class StringJoinThreeInvocation(BaseInvocation):
    """Three texts as one."""

    string_left: str = InputField(default="", description="The first", ui_component=_TEXT)
    string_middle: str = InputField(default="", description="The second", ui_component=_TEXT)
    string_right: str = InputField(default="", description="The third", ui_component=_TEXT)

    def invoke(self, context: InvocationContext) -> StringOutput:
        parts = (self.string_left, self.string_middle, self.string_right)
        return StringOutput(value="".join(part or "" for part in parts))


@invocation("string_split", title="String Split", tags=["string"], category="strings", version="1.0.1")
class StringSplitInvocation(BaseInvocation):
    """A text in two, at the first delimiter; at the first space without one."""

    string: str = InputField(default="", description="The text", ui_component=_TEXT)
    delimiter: str = InputField(default="", description="Where it is split")

    def invoke(self, context: InvocationContext) -> String2Output:
        left, _, right = self.string.partition(self.delimiter or " ")
        return String2Output(string_1=left, string_2=right)


@invocation(
    "string_split_neg", title="String Split Negative", tags=["string"], category="strings", version="1.0.1"
)
class StringSplitNegInvocation(BaseInvocation):
    """A text in two: the parts in square brackets, and the rest."""

    string: str = InputField(default="", description="The text", ui_component=_TEXT)

    def invoke(self, context: InvocationContext) -> StringPosNegOutput:
        positive, negative, depth = list[str](), list[str](), 0
        for letter in self.string or "":
            if letter == "[":
                depth += 1
            elif letter == "]" and depth:
                depth -= 1
                negative.append("" if depth else " ")
            elif letter != "]":
                (negative if depth else positive).append(letter)
        return StringPosNegOutput(
            positive_string="".join(positive).strip(), negative_string="".join(negative).strip()
        )


@invocation("string_replace", title="String Replace", tags=["string"], category="strings", version="1.0.1")
class StringReplaceInvocation(BaseInvocation):
    """A text with others put in place of what is found."""

    string: str = InputField(default="", description="The text", ui_component=_TEXT)
    search_string: str = InputField(default="", description="What is looked for", ui_component=_TEXT)
    replace_string: str = InputField(default="", description="What is put there", ui_component=_TEXT)
    use_regex: bool = InputField(default=False, description="Whether a regular expression is looked for")

    def invoke(self, context: InvocationContext) -> StringOutput:
        text, found, new = self.string or "", self.search_string or "", self.replace_string or ""
        if not self.use_regex:
            # as a regular expression of plain letters: case doesn't count
            return StringOutput(value=re.sub(re.escape(found), lambda _: new, text, flags=re.IGNORECASE))
        return StringOutput(value=re.sub(found, new, text))


@invocation("dynamic_prompt", title="Dynamic Prompt", category="prompt", version="1.0.1", use_cache=False)
class DynamicPromptInvocation(BaseInvocation):
    """Prompts made of one with alternatives {a|b}: all combinations in order, or random ones."""

    prompt: str = InputField(description="The prompt with alternatives", ui_component=_TEXT)
    max_prompts: int = InputField(default=1, ge=1, description="At most so many prompts")
    combinatorial: bool = InputField(default=False, description="Whether all combinations are made")

    def invoke(self, context: InvocationContext) -> StringCollectionOutput:
        prompts = expand(self.prompt, self.max_prompts, combinatorial=self.combinatorial)
        return StringCollectionOutput(collection=prompts)


@invocation("prompt_from_file", title="Prompts from File", category="prompt", version="1.0.2")
class PromptsFromFileInvocation(BaseInvocation):
    """The lines of a file in the data folder's ``prompts``."""

    file_path: str = InputField(description="The file's path, below the folder")
    pre_prompt: str | None = InputField(default=None, description="Put before each", ui_component=_TEXT)
    post_prompt: str | None = InputField(default=None, description="Put behind each", ui_component=_TEXT)
    start_line: int = InputField(default=1, ge=1, description="The first line that counts")
    max_prompts: int = InputField(default=1, ge=0, description="At most so many; 0 for all")

    def invoke(self, context: InvocationContext) -> StringCollectionOutput:
        file = _prompt_file(context.config.get().root_path / "prompts", self.file_path)
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()[self.start_line - 1 :]
        chosen = lines[: self.max_prompts] if self.max_prompts else lines
        before, behind = self.pre_prompt or "", self.post_prompt or ""
        return StringCollectionOutput(collection=[f"{before}{line.strip()}{behind}" for line in chosen])


def _prompt_file(folder: Path, path: str) -> Path:
    """Return the path of a file of prompts.

    Raises ValueError for a path that leads out of the folder, and for a file that is missing or too large.
    """
    place = (folder / path).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise ValueError(f"{path} leads out of the folder prompts")
    if not place.is_file() or place.stat().st_size > LONGEST_FILE:
        raise ValueError(f"there is no file {path} of prompts in the folder prompts")
    return place
