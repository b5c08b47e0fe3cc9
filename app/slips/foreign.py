"""Templates written outside this package, by a province or an agency: what they may do, and where they went wrong.

They read the slip's content and the modules of the templates folder, nothing else. typst itself keeps files outside its
root away; a package would be fetched from the net, and the spelling of its name can be hidden from a reader, so whatever
could name one is refused before typst sees it: imports of anything but a file that is named outright, `eval` and `std`.
"""

from __future__ import annotations

import re

import typst

MOST_CHARACTERS = 200_000
_OWN = "__typst_py_bytes__.typ"
_PLACE = re.compile(rf"^\s*┌─ .*{re.escape(_OWN)}:(\d+):\d+$", re.MULTILINE)
_SEARCHED = re.compile(r"\(searched at [^)]*\)")
_MODULE = re.compile(r'(?:import|include)\s+"[a-z_]+\.typ"(?=\s*(?::|$|\n|\)|\]|;|as\b))')
_PRINTS_WITH_ONE = re.compile(r"^#one\(\w[\w-]*\)\s*$", re.MULTILINE)
_REACHING = re.compile(r"(?<![\w-])(import|include|eval|std|plugin)(?![\w-])")


class SlipTemplateError(ValueError):
    """A template does not render: `line` (from 1, None when unknown), `told` says why (Vietnamese, with typst's own words)."""

    def __init__(self, told: str, line: int | None = None) -> None:
        super().__init__(f"Dòng {line}: {told}" if line else told)
        self.told = told
        self.line = line


def refuse_reaching_out(source: str) -> None:
    """Errors: SlipTemplateError, with the line, for a template that is too long or could reach beyond its folder."""
    if len(source) > MOST_CHARACTERS:
        raise SlipTemplateError(f"Mẫu dài quá {MOST_CHARACTERS} ký tự.")
    for found in _REACHING.finditer(source):
        word = found[1]
        if word in {"import", "include"} and _MODULE.match(source, found.start()):
            continue
        line = source.count("\n", 0, found.start()) + 1
        if word in {"import", "include"}:
            raise SlipTemplateError(
                f'Lệnh “{word}” chỉ dùng với tệp có sẵn, viết rõ tên, ví dụ {word} "common.typ".', line
            )
        raise SlipTemplateError(f"Mẫu không được dùng “{word}”.", line)


def takes_many(source: str) -> bool:
    """True when the template prints with `one` of the common module and reads no content by itself.

    Such a template can set many slips together. One that could reach out is left to be refused as it is printed.
    """
    try:
        refuse_reaching_out(source)
    except SlipTemplateError:
        return False
    return _PRINTS_WITH_ONE.search(source) is not None and "sys" not in source


def fault_of(error: typst.TypstError) -> SlipTemplateError:
    """What typst found, with the line in the template itself, also when the fault shows in a module that it calls."""
    place = _PLACE.search(error.diagnostic)
    said = _SEARCHED.sub("", error.message).strip()
    return SlipTemplateError(f"Mẫu không in được: {said}.", int(place[1]) if place else None)
