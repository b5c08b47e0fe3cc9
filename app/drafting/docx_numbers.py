"""The numbers that Word draws before paragraphs and that stand nowhere in their text: `Bước %1`, `1.`, `a)`."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_LEVELS = 9


@dataclass(slots=True)
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    counters: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts as Word does: paragraphs of one list go on, a deeper level begins again behind a higher one."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._abstract: dict[str, _List] = {}
        self._lists: dict[str, _List] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        if numbering is not None:
            self._read(numbering)
        if styles is not None:
            self._read_styles(styles)

    def label(self, paragraph: etree._Element) -> str:
        """What Word draws before the paragraph, empty for none; a bullet as a dash. Counts it."""
        found = self._of(paragraph)
        if found is None:
            return ""
        number, depth = found
        one = self._lists.get(number)
        level = one.levels.get(depth) if one else None
        if one is None or level is None:
            return ""
        if level.format == "bullet":
            return "-"
        if level.format == "none":
            return ""
        one.counters[depth] = one.counters.get(depth, level.start - 1) + 1
        for deeper in [n for n in one.counters if n > depth]:
            del one.counters[deeper]
        text = level.text
        for n in range(_LEVELS):
            if f"%{n + 1}" in text:
                above = one.levels.get(n, _Level())
                text = text.replace(f"%{n + 1}", _written(one.counters.get(n, above.start), above.format))
        return text.strip()

    def _of(self, paragraph: etree._Element) -> tuple[str, int] | None:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return None
        own = properties.find(f"{W}numPr")
        style = properties.find(f"{W}pStyle")
        by_style = self._styles.get(style.get(f"{W}val", "")) if style is not None else None
        if own is None:
            return by_style
        identity, depth = own.find(f"{W}numId"), own.find(f"{W}ilvl")
        number = identity.get(f"{W}val", "0") if identity is not None else by_style[0] if by_style else "0"
        return (number, _whole(depth, by_style[1] if by_style else 0)) if number != "0" else None

    def _read(self, root: etree._Element) -> None:
        for abstract in root.findall(f"{W}abstractNum")[:2000]:
            levels = {_int(level.get(f"{W}ilvl"), 0): _level(level) for level in abstract.findall(f"{W}lvl")[:_LEVELS]}
            self._abstract[abstract.get(f"{W}abstractNumId", "")] = _List(levels)
        for num in root.findall(f"{W}num")[:5000]:
            of = num.find(f"{W}abstractNumId")
            base = self._abstract.get(of.get(f"{W}val", "")) if of is not None else None
            if base is None:
                continue
            overrides = num.findall(f"{W}lvlOverride")
            self._lists[num.get(f"{W}numId", "")] = _overridden(base, overrides) if overrides else base

    def _read_styles(self, root: etree._Element) -> None:
        for style in root.findall(f"{W}style")[:5000]:
            own = style.find(f"{W}pPr/{W}numPr")
            if own is not None and (identity := own.find(f"{W}numId")) is not None:
                depth = _whole(own.find(f"{W}ilvl"), 0)
                self._styles[style.get(f"{W}styleId", "")] = (identity.get(f"{W}val", "0"), depth)


def _overridden(base: _List, overrides: list[etree._Element]) -> _List:
    levels = dict(base.levels)
    for override in overrides:
        depth = _int(override.get(f"{W}ilvl"), 0)
        own = override.find(f"{W}lvl")
        level = _level(own) if own is not None else levels.get(depth, _Level())
        start = override.find(f"{W}startOverride")
        levels[depth] = _Level(level.format, level.text, _whole(start, level.start))
    return _List(levels)


def _level(element: etree._Element) -> _Level:
    format_, text = element.find(f"{W}numFmt"), element.find(f"{W}lvlText")
    return _Level(
        format_.get(f"{W}val", "decimal") if format_ is not None else "decimal",
        (text.get(f"{W}val") or "")[:60] if text is not None else "",
        _whole(element.find(f"{W}start"), 1),
    )


def _whole(element: etree._Element | None, otherwise: int) -> int:
    return _int(element.get(f"{W}val"), otherwise) if element is not None else otherwise


def _int(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 7 else otherwise


def _written(number: int, how: str) -> str:
    if how in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * (1 + (number - 1) // 26 % 10)
        return letter if how == "lowerLetter" else letter.upper()
    if how in ("lowerRoman", "upperRoman"):
        made, left = "", number % 4000
        for value, sign in _ROMAN:
            made += sign * (left // value)
            left %= value
        return made if how == "lowerRoman" else made.upper()
    return f"{number:02}" if how == "decimalZero" else str(number)
