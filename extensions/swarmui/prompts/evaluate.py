"""Tags that become text: choices, repetitions, schedules, names, variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from extensions.swarmui.parameters.request import BEFORE, NEGATIVE, PROMPT, edited
from extensions.swarmui.parameters.values import closest
from extensions.swarmui.prompts.random_choice import MOST, is_bounded, joined, pick, split_entries
from extensions.swarmui.prompts.tags import DEEPEST, PromptTag, parts_of
from extensions.swarmui.prompts.world import Filling
from extensions.swarmui.words.names import clean
from pipelines.plugin import InvalidRequest

MOST_REPEATS = 1000
_REPEAT = re.compile(r"\s*(\d{1,4})(?:-(\d{1,4}))?\s*")
_WEIGHT = re.compile(r"-?(?:\d{1,6}(?:\.\d{0,9})?|\.\d{1,9})")


def evaluate(text: str, filling: Filling, depth: int = 0) -> str:
    """Evaluate a text's tags; unknown ones stay. Raises InvalidRequest for tags nested too deep."""
    if depth > DEEPEST:
        raise InvalidRequest(f"Invalid value for parameter Prompt: tags are nested more than {DEEPEST} deep")
    return "".join(
        part if isinstance(part, str) else evaluate_tag(part, filling, depth) for part in parts_of(text)
    )


def evaluate_tag(tag: PromptTag, filling: Filling, depth: int) -> str:
    """Return the text that one tag becomes."""
    handler = TAGS.get(tag.name)
    text = None if handler is None else handler(tag, filling, depth + 1)
    text = f"<{tag.whole}>" if text is None else text
    filling.count(len(text))
    return text


def _random(tag: PromptTag, filling: Filling, depth: int) -> str | None:
    entries = split_entries(tag.content)
    if not entries:
        return None
    return _picked(entries, tag, filling, depth)


def _picked(entries: Sequence[str], tag: PromptTag, filling: Filling, depth: int) -> str:
    """Join the entries that a tag picks, evaluated; asking for too many gets a warning."""
    if is_bounded(tag.data):
        filling.warn(f"prompt: <{tag.whole[:60]}> picks {MOST} at most")
    picked = pick(entries, tag.data, filling.chance)
    return joined([evaluate(entry, filling, depth) for entry in picked], tag.data)


def _wildcard(tag: PromptTag, filling: Filling, depth: int) -> str | None:
    name, _, rest = evaluate(tag.content, filling, depth).partition(",")
    known = closest(name, filling.world.wildcards)
    if known is None:
        filling.warn(f"prompt: there is no wildcard {name[:60]!a}")
        return ""
    without = rest.strip().removeprefix("not=") if rest.strip().startswith("not=") else ""
    excluded = {entry.lower() for entry in split_entries(without)}
    lines = [line for line in filling.world.wildcard(known) if line.lower() not in excluded]
    if not lines:
        filling.warn(f"prompt: the wildcard {known!a} has no entries")
        return ""
    filling.use("wildcards", known)
    return _picked(lines, tag, filling, depth)


def _alternate(tag: PromptTag, filling: Filling, depth: int) -> str | None:
    entries = [evaluate(entry, filling, depth) for entry in split_entries(tag.content)]
    return f"[{'|'.join(entries)}]" if entries else None


def _from_to(tag: PromptTag, filling: Filling, depth: int) -> str | None:
    entries = [evaluate(entry, filling, depth) for entry in split_entries(tag.content)]
    if len(entries) != 2 or not _WEIGHT.fullmatch(tag.data.strip()):
        filling.warn(f"prompt: <{tag.whole[:60]}> is not of the form <fromto[0.5]:before,after>")
        return None
    return f"[{entries[0]}:{entries[1]}:{tag.data.strip()}]"


def _repeat(tag: PromptTag, filling: Filling, depth: int) -> str | None:
    data, content = tag.data, tag.content
    if not data:
        data, _, content = content.partition(",")
    found = _REPEAT.fullmatch(data)
    if found is None:
        filling.warn(f"prompt: <{tag.whole[:60]}> doesn't say how often")
        return None
    least = int(found[1])
    count = filling.chance.randint(*sorted((least, int(found[2] or least))))
    if count > MOST_REPEATS:
        filling.warn(f"prompt: <{tag.whole[:60]}> repeats {MOST_REPEATS} times at most")
    return " ".join(evaluate(content.strip(), filling, depth) for _ in range(min(count, MOST_REPEATS)))


def _embedding(tag: PromptTag, filling: Filling, depth: int) -> str:
    name = evaluate(tag.content, filling, depth).strip()
    known = closest(name, filling.world.embeddings)
    if known is None:
        filling.warn(f"prompt: there is no embedding {name[:60]!a}")
        return ""
    filling.use("embeddings", known)
    return known


def _lora(tag: PromptTag, filling: Filling, depth: int) -> str:
    """Return the engine's own tag; SwarmUI's second weight, of the text encoder, is the engine's first."""
    name, *weights = evaluate(tag.content, filling, depth).split(":")
    known = closest(name, filling.world.loras)
    if known is None:
        filling.warn(f"prompt: there is no LoRA {name[:60]!a}")
        return ""
    kept = [weight.strip() for weight in weights[:2] if _WEIGHT.fullmatch(weight.strip())]
    if len(kept) < min(len(weights), 2):
        filling.warn(f"prompt: a weight of the LoRA {known!a} is no number")
    kept = kept or ["1"]
    filling.use("loras", known)
    if len(kept) == 2:
        return f"<lora:{known}:{kept[1]}:{kept[0]}>"
    return f"<lora:{known}:{kept[0]}>"


def _trigger(tag: PromptTag, filling: Filling, depth: int) -> str:
    phrases = [filling.world.triggers.get(name, "") for name in filling.used.get("loras", ())]
    return ", ".join(phrase.replace(";", ",") for phrase in phrases if phrase)


def _called(tag: PromptTag) -> tuple[str, bool]:
    """Return the name under which a tag stores its text, and False for ``[name,false]``: it is not shown."""
    name, _, shown = tag.data.partition(",")
    return name.strip().lower(), shown.strip().lower() != "false"


def _meant(tag: PromptTag) -> str:
    """The name that a tag reads: ``<var:name>``, or ``<var[name]>``."""
    return (tag.content or tag.data).strip().lower()


def _set_variable(tag: PromptTag, filling: Filling, depth: int) -> str:
    text, (name, shown) = evaluate(tag.content, filling, depth), _called(tag)
    filling.variables[name] = text
    return text if shown else ""


def _variable(tag: PromptTag, filling: Filling, depth: int) -> str:
    name = _meant(tag)
    if name not in filling.variables:
        filling.warn(f"prompt: no variable is called {name[:60]!a} here")
    return filling.variables.get(name, "")


def _set_macro(tag: PromptTag, filling: Filling, depth: int) -> str:
    name, shown = _called(tag)
    filling.macros[name] = tag.content
    return evaluate(tag.content, filling, depth) if shown else ""


def _macro(tag: PromptTag, filling: Filling, depth: int) -> str:
    name = _meant(tag)
    if name not in filling.macros:
        filling.warn(f"prompt: no macro is called {name[:60]!a} here")
    return evaluate(filling.macros.get(name, ""), filling, depth)


def _parameter(tag: PromptTag, filling: Filling, depth: int) -> str:
    name, text = clean(tag.data), evaluate(tag.content, filling, depth)
    if name == PROMPT:
        filling.warn(f"prompt: <param[{tag.data}]:…> is ignored: a prompt doesn't set itself")
    elif name == NEGATIVE:
        filling.negative = text
    else:
        filling.parameters[tag.data] = text
    return ""


def _preset(tag: PromptTag, filling: Filling, depth: int) -> str:
    """Return a preset's prompt; set its other parameters, and edit the negative prompt by its own."""
    title = evaluate(tag.content, filling, depth).strip()
    found = filling.world.preset(title)
    if found is None:
        filling.warn(f"prompt: no preset is called {title[:60]!a}")
        return ""
    filling.use("presets", title)
    texts = {clean(name): value for name, value in found.items() if clean(name) in (PROMPT, NEGATIVE)}
    filling.parameters |= {name: value for name, value in found.items() if clean(name) not in texts}
    if texts.get(NEGATIVE) is not None:
        filling.negative = edited(filling.negative, str(texts[NEGATIVE]))
    own = str(texts.get(PROMPT) or "").replace(BEFORE, "")  # the text before the tag stays where it is
    return evaluate(own, filling, depth)


def _break(tag: PromptTag, filling: Filling, depth: int) -> str:
    return " BREAK "


def _comment(tag: PromptTag, filling: Filling, depth: int) -> str:
    return ""


TAGS: dict[str, Callable[[PromptTag, Filling, int], str | None]] = {
    "random": _random,
    "wildcard": _wildcard,
    "wc": _wildcard,
    "alternate": _alternate,
    "alt": _alternate,
    "fromto": _from_to,
    "repeat": _repeat,
    "embed": _embedding,
    "embedding": _embedding,
    "lora": _lora,
    "trigger": _trigger,
    "setvar": _set_variable,
    "var": _variable,
    "setmacro": _set_macro,
    "macro": _macro,
    "param": _parameter,
    "preset": _preset,
    "p": _preset,
    "break": _break,
    "comment": _comment,
}
"""Functions by the name of a tag; a tag stays as it was written where they return None."""
