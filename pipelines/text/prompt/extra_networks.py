"""Take ``<lora:name:0.8>`` tags out of prompts (spec 2.4)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions

_TAG = re.compile(r"<(\w+):([^>]+)>")
_ALIASES = {"lyco": "lora"}
_POSITIONAL = {"lora": 4, "hypernet": 2}
_NAMED = {"lora": frozenset({"te", "unet", "dyn"}), "hypernet": frozenset[str]()}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkTag:
    """A tag as written. ``kind`` is the word before the first colon, ``lyco`` turned into ``lora``."""

    kind: str
    positional: tuple[str, ...]
    named: Mapping[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        """Write the tag; its named arguments come last."""
        named = (f"{key}={value}" for key, value in self.named.items())
        return f"<{':'.join((self.kind, *self.positional, *named))}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraArguments:
    """The arguments of a LoRA tag: multipliers of text encoder and UNet; ``dyn_dim`` cuts the rank."""

    name: str
    te: float = 1.0
    unet: float = 1.0
    dyn_dim: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HypernetworkArguments:
    """The arguments of a hypernetwork tag."""

    name: str
    multiplier: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedPrompts:
    """Prompts without tags, and the tags of the first of them; A1111 drops those of the others.

    ``dropped`` are those of the others that the first lacks.
    """

    prompts: tuple[str, ...]
    tags: tuple[NetworkTag, ...]
    dropped: tuple[NetworkTag, ...] = ()


def strip_tags(prompts: Sequence[str]) -> TaggedPrompts:
    """Remove the tags from all prompts of a batch; surrounding spaces stay."""
    stripped = [_strip(prompt) for prompt in prompts]
    tags = stripped[0][1] if stripped else ()
    dropped = tuple(tag for _, others in stripped[1:] for tag in others if tag not in tags)
    return TaggedPrompts(prompts=tuple(text for text, _ in stripped), tags=tags, dropped=dropped)


def dropped_tags(tagged: TaggedPrompts) -> tuple[str, ...]:
    """Warn of tags that the first prompt of a batch lacks: they have no effect."""
    if not tagged.dropped:
        return ()
    count, example = len(tagged.dropped), tagged.dropped[0]
    return (f"{count} tags had no effect, e.g. {example}: a batch goes by the tags of its first prompt",)


def negative_tags(negative_prompts: Sequence[str]) -> tuple[str, ...]:
    """Warn of tags in negative prompts, which stay there as words."""
    tags = [tag for prompt in negative_prompts for tag in _strip(prompt)[1] if tag.kind in _POSITIONAL]
    if not tags:
        return ()
    return (f"{tags[0]} in the negative prompt was read as words: tags count in the prompt only",)


def unknown_kinds(tags: Sequence[NetworkTag]) -> list[str]:
    """Warn of tags of unknown kinds, which leave the prompt all the same."""
    unknown = [tag for tag in tags if tag.kind not in _POSITIONAL]
    if not unknown:
        return []
    kinds = "lora, lyco and hypernet, in small letters"
    return [f"{len(unknown)} tags had no effect, e.g. {unknown[0]}: the kinds of tags are {kinds}"]


def without_effect(tag: NetworkTag) -> list[str]:
    """Warn of arguments of a tag that have no effect."""
    if tag.kind not in _POSITIONAL:
        return []
    named = [f"{key}={value}" for key, value in tag.named.items() if key not in _NAMED[tag.kind]]
    surplus = [*tag.positional[_POSITIONAL[tag.kind] :], *named]
    return [f"{len(surplus)} arguments of {tag} had no effect, e.g. {surplus[0]!r}"] if surplus else []


def networks_of(tags: Sequence[NetworkTag], options: GenerationOptions) -> tuple[NetworkTag, ...]:
    """Add the networks of the options ``sd_lora`` and ``sd_hypernetwork`` unless a tag mentions them."""
    extra = [
        NetworkTag(kind=kind, positional=(name, str(options.extra_networks_default_multiplier)))
        for kind, name in (("lora", options.sd_lora), ("hypernet", options.sd_hypernetwork))
        if name not in ("", "None") and not _mentioned(tags, kind, name)
    ]
    return (*tags, *extra)


def lora_arguments(tag: NetworkTag) -> LoraArguments:
    """Read a LoRA tag; the UNet's multiplier defaults to the text encoder's. Raises InvalidRequest."""
    te = _number(tag, 1, "te", 1.0)
    dyn = _argument(tag, 3, "dyn")
    return LoraArguments(
        name=_name(tag),
        te=te,
        unet=_number(tag, 2, "unet", te),
        dyn_dim=None if dyn is None else int(_parse(tag, dyn)),
    )


def hypernetwork_arguments(tag: NetworkTag) -> HypernetworkArguments:
    """Read a hypernetwork tag. Raises InvalidRequest."""
    return HypernetworkArguments(name=_name(tag), multiplier=_number(tag, 1, None, 1.0))


def _strip(prompt: str) -> tuple[str, tuple[NetworkTag, ...]]:
    # Nothing behind the last ">" can hold a tag; leaving it out keeps the search linear.
    end = prompt.rfind(">") + 1
    tags = tuple(_tag(match[1], match[2]) for match in _TAG.finditer(prompt, 0, end))
    return (_TAG.sub("", prompt[:end]) + prompt[end:], tags) if tags else (prompt, ())


def _tag(kind: str, arguments: str) -> NetworkTag:
    positional: list[str] = []
    named: dict[str, str] = {}
    for item in arguments.split(":"):
        parts = item.split("=", 2)
        if len(parts) == 2:
            named[parts[0]] = parts[1]
        else:
            positional.append(item)
    return NetworkTag(kind=_ALIASES.get(kind, kind), positional=tuple(positional), named=named)


def _mentioned(tags: Sequence[NetworkTag], kind: str, name: str) -> bool:
    return any(tag.kind == kind and tag.positional[:1] == (name,) for tag in tags)


def _name(tag: NetworkTag) -> str:
    if not tag.positional:
        raise InvalidRequest(f"the <{tag.kind}:...> tag names no network", field="prompt")
    return tag.positional[0]


def _number(tag: NetworkTag, index: int, key: str | None, default: float) -> float:
    text = _argument(tag, index, key)
    return default if text is None else _parse(tag, text)


def _argument(tag: NetworkTag, index: int, key: str | None) -> str | None:
    if key is not None and key in tag.named:
        return tag.named[key]
    return tag.positional[index] if len(tag.positional) > index else None


def _parse(tag: NetworkTag, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        label = ":".join((tag.kind, *tag.positional))
        raise InvalidRequest(f"{text!r} in <{label}> is not a number", field="prompt")
    return number
