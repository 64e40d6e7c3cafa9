"""File names from A1111's patterns: ``[seed]``, ``[prompt_words]``, ``[datetime<%Y>]`` and the rest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PIL import Image

_TOKEN = re.compile(r"(.*?)(?:\[([^\[\]]+)\]|$)", re.DOTALL)
_ARGUMENT = re.compile(r"(.*)<([^>]*)>$")
_ILLEGAL = '#<>:"/\\|?*\n\r\t'
_ODD = re.compile("[\x00\ud800-\udfff]")
"""Characters that no file name holds, whatever the rules."""
MAX_PART = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRules:
    """Rules for file names. ``unix`` (`--unix-filenames-sanitization`): only ``/`` is illegal."""

    longest: int = MAX_PART
    unix: bool = False


class _Skip:
    """A token that vanishes together with the text before it."""


_TIME = "%Y%m%d%H%M%S"
SKIP = _Skip()
Piece = str | None | _Skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFacts:
    """Facts about a picture that the tokens of a file name stand for."""

    image: Image.Image
    seed: int | None = None
    seeds: Sequence[int] = ()
    subseed: int | None = None
    prompt: str = ""
    prompt_without_styles: str = ""
    negative_prompt: str = ""
    steps: int = 0
    cfg_scale: float = 0.0
    sampler: str = ""
    scheduler: str = ""
    styles: Sequence[str] = ()
    model_hash: str | None = None
    model_name: str = ""
    vae_name: str | None = None
    clip_skip: int = 1
    denoising_strength: float | None = None
    batch_size: int = 1
    batch_count: int = 1
    batch_index: int = 0
    generation_index: int = 0
    job_timestamp: str = "0"
    basename: str = ""
    max_words: int = 8
    rules: NameRules = NameRules()

    def clean(self, text: str, *, spaces: bool = False) -> str:
        """Make text fit for a file name, by the rules in force."""
        return sanitize(text, spaces=spaces, rules=self.rules)


def sanitize(text: str, *, spaces: bool = False, rules: NameRules | None = None) -> str:
    """Make text fit for a file name: illegal characters become ``_``, at most so many characters."""
    rules = rules or NameRules()
    if spaces:
        text = text.replace(" ", "_")
    illegal = "/" if rules.unix else _ILLEGAL
    text = text.lstrip(" ")[: max(rules.longest, 0)]
    return _ODD.sub("_", text.translate({ord(c): "_" for c in illegal})).rstrip(" .")


def apply_pattern(pattern: str, facts: NameFacts) -> str:
    """Replace every known token of ``pattern``; unknown ones stay as they are."""
    result = ""
    for match in _TOKEN.finditer(pattern):
        text, token = match.group(1), match.group(2)
        if token is None:
            result += text
            continue
        value = _token_value(token, facts)
        if isinstance(value, _Skip):
            continue
        result += text + (f"[{token}]" if value is None else value)
    return result


def _token_value(token: str, facts: NameFacts) -> Piece:
    arguments: list[str] = []
    while (match := _ARGUMENT.match(token)) is not None:
        arguments.insert(0, match.group(2))
        token = match.group(1)
    maker = TOKENS.get(token.lower())
    return None if maker is None else maker(facts, arguments)


def _count(arguments: Sequence[str]) -> int | None:
    """Return the number of hash digits that a token asks for; None without a readable one."""
    text = arguments[0] if arguments else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _digits(text: str, arguments: Sequence[str]) -> str:
    count = _count(arguments)
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return digest[: 8 if count is None else count]


def _image_hash(f: NameFacts, arguments: Sequence[str]) -> str:
    return hashlib.sha256(f.image.tobytes()).hexdigest()[: _count(arguments)]


def _datetime(f: NameFacts, arguments: Sequence[str]) -> str:
    zone = None
    if len(arguments) > 1:
        try:
            zone = ZoneInfo(arguments[1])
        except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is no zone
            zone = None
    now = datetime.now(zone)
    try:
        return f.clean(now.strftime(arguments[0] if arguments and arguments[0] else _TIME))
    except ValueError:  # not a format
        return f.clean(now.strftime(_TIME))


def _words(f: NameFacts, _: Sequence[str]) -> str:
    words = [w for w in re.split(r"[\s,.;:!?\-_()\[\]{}<>|\"'*/\\]+", f.prompt) if w]
    return f.clean(" ".join(words[: f.max_words] or ["empty"]))


def _has_prompt(f: NameFacts, arguments: Sequence[str]) -> str:
    found = ""
    for argument in arguments:
        expected, _, default = argument.partition("|")
        found += f.clean(expected.lower() if expected.lower() in f.prompt.lower() else default)
    return found


def _scheduler(f: NameFacts) -> str:
    return f.scheduler.capitalize()


TOKENS: dict[str, Callable[[NameFacts, Sequence[str]], Piece]] = {
    "basename": lambda f, a: f.basename or "img",
    "seed": lambda f, a: "" if f.seed is None else str(f.seed),
    "seed_first": lambda f, a: str(f.seed) if f.batch_size == 1 else str(f.seeds[0]),
    "seed_last": lambda f, a: SKIP if f.batch_size == 1 else str(f.seeds[-1]),
    "steps": lambda f, a: str(f.steps),
    "cfg": lambda f, a: str(f.cfg_scale),
    "width": lambda f, a: str(f.image.width),
    "height": lambda f, a: str(f.image.height),
    "styles": lambda f, a: f.clean(", ".join(s for s in f.styles if s != "None") or "None"),
    "sampler": lambda f, a: f.clean(f.sampler),
    "scheduler": lambda f, a: f.clean(_scheduler(f)),
    "sampler_scheduler": lambda f, a: f.clean(f"{f.sampler} {_scheduler(f)}"),
    "model_hash": lambda f, a: f.model_hash,
    "model_name": lambda f, a: f.clean(f.model_name),
    "date": lambda f, a: datetime.now().strftime("%Y-%m-%d"),
    "datetime": _datetime,
    "job_timestamp": lambda f, a: f.job_timestamp,
    "prompt_hash": lambda f, a: _digits(f.prompt, a),
    "negative_prompt_hash": lambda f, a: _digits(f.negative_prompt, a),
    "full_prompt_hash": lambda f, a: _digits(f"{f.prompt} {f.negative_prompt}", a),
    "prompt": lambda f, a: f.clean(f.prompt, spaces=True),
    "prompt_spaces": lambda f, a: f.clean(f.prompt),
    "prompt_no_styles": lambda f, a: f.clean(f.prompt_without_styles),
    "prompt_words": _words,
    "hasprompt": _has_prompt,
    "batch_number": lambda f, a: SKIP if f.batch_size == 1 else str(f.batch_index + 1),
    "batch_size": lambda f, a: str(f.batch_size),
    "generation_number": lambda f, a: (
        SKIP if f.batch_count * f.batch_size == 1 else str(f.generation_index + 1)
    ),
    "clip_skip": lambda f, a: str(f.clip_skip),
    "denoising": lambda f, a: str(f.denoising_strength) if f.denoising_strength else SKIP,
    "user": lambda f, a: None,
    "vae_filename": lambda f, a: f.vae_name or "NoneType",
    "none": lambda f, a: "",
    "image_hash": _image_hash,
}
