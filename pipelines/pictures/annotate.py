"""Write legends around a grid of pictures: columns above, rows at the left, titles above all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pipelines.contract.errors import InvalidRequest

FONT = Path(__file__).parent / "fonts" / "Roboto-Regular.ttf"
STRIKE = 4
"""Thickness of the line through an inactive text, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text; an inactive one is grey and struck through."""

    text: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendStyle:
    """Font file ("" for the shipped one) and colours."""

    font: str = ""
    background: str = "#ffffff"
    active: str = "#000000"
    inactive: str = "#999999"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    text: str
    active: bool
    font: ImageFont.FreeTypeFont
    width: int
    height: int


def annotate_grid(
    grid: Image.Image,
    width: int,
    height: int,
    columns: Sequence[Sequence[Label]],
    rows: Sequence[Sequence[Label]],
    *,
    margin: int = 0,
    style: LegendStyle | None = None,
) -> Image.Image:
    """Lay a grid of cells of ``width`` x ``height`` pixels out again with legends and margins.

    ``columns`` and ``rows`` hold one list of labels per column and row. The left column is 3/4 of a cell
    wide if any row has a text. Font size is (width + height) / 25.
    """
    style = style or LegendStyle()
    size = (width + height) // 25
    spacing = size // 2
    left = width * 3 // 4 if any(label.text for row in rows for label in row) else 0
    column_lines = [_lines(labels, width, size, style) for labels in columns]
    row_lines = [_lines(labels, left or width, size, style) for labels in rows]
    top = max((_block(lines, spacing) for lines in column_lines), default=0)
    top = top + spacing * 2 if any(label.text for column in columns for label in column) else 0
    canvas_size = (
        left + width * len(columns) + margin * (len(columns) - 1),
        top + height * len(rows) + margin * (len(rows) - 1),
    )
    canvas = Image.new("RGB", canvas_size, style.background)
    draw = ImageDraw.Draw(canvas)
    for r in range(len(rows)):
        for c in range(len(columns)):
            cell = grid.crop((width * c, height * r, width * (c + 1), height * (r + 1)))
            canvas.paste(cell, (left + (width + margin) * c, top + (height + margin) * r))
    for c, lines in enumerate(column_lines):
        y = top / 2 - _block(lines, spacing) / 2
        _draw(draw, left + (width + margin) * c + width / 2, y, lines, spacing, style)
    for r, lines in enumerate(row_lines):
        y = top + (height + margin) * r + height / 2 - _block(lines, spacing) / 2
        _draw(draw, left / 2, y, lines, spacing, style)
    return canvas


def _block(lines: Sequence[_Line], spacing: int) -> int:
    return sum(line.height + spacing for line in lines) - spacing if lines else 0


def _font(style: LegendStyle, size: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(style.font or str(FONT), max(size, 1))
    except OSError as error:
        raise InvalidRequest(
            f"{style.font!r} is no font file that can be read", field="options.font"
        ) from error


def _lines(labels: Sequence[Label], width: int, size: int, style: LegendStyle) -> list[_Line]:
    return [_fitted(label, width, size, style) for label in labels]


def _fitted(label: Label, width: int, size: int, style: LegendStyle) -> _Line:
    """Wrap at spaces; a single word that is still too long is written smaller."""
    font = _font(style, size)
    text = _wrapped(label.text, font, width)
    draw = ImageDraw.Draw(Image.new("L", (1, 1)))
    while draw.multiline_textbbox((0, 0), text, font=font)[2] > width and size > 1:
        size -= 1
        font = _font(style, size)
    x1, y1, x2, y2 = draw.multiline_textbbox((0, 0), text, font=font)
    return _Line(text=text, active=label.active, font=font, width=int(x2 - x1), height=int(y2 - y1))


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def _draw(
    draw: ImageDraw.ImageDraw, x: float, y: float, lines: Sequence[_Line], spacing: int, style: LegendStyle
) -> None:
    for line in lines:
        color = style.active if line.active else style.inactive
        middle = int(y + line.height / 2)
        draw.multiline_text((x, middle), line.text, font=line.font, fill=color, anchor="mm", align="center")
        if not line.active:
            ends = (x - line.width // 2, middle, x + line.width // 2, middle)
            draw.line(ends, fill=color, width=STRIKE)
        y += line.height + spacing
