"""Says where something stands on a page of a PDF that came on standard input: in a process of its own, its limits set first.

`INDEX` (from 0) is the argument; prints `{"rects": [[left, bottom, right, top], …], "anchors": […]}` in points. Nothing of
ours is imported here.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

MEMORY = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 10
MOST = 5000
ANCHORS = ("(Ký,", "(Ký ", "(Ký số")
"""What stands above the room that a form leaves for a signature."""
IMAGE, PATH = 3, 2
LARGE = 0.8
"""A drawing over most of the page is its background."""


def main(arguments: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import pypdfium2

    with pypdfium2.PdfDocument(sys.stdin.buffer.read()) as document:
        page = document[int(arguments[0])]
        print(json.dumps(marks_of(page)))
    return 0


def marks_of(page: Any) -> dict[str, list[list[float]]]:
    text = page.get_textpage()
    rects = [list(text.get_rect(number)) for number in range(min(text.count_rects(), MOST))]
    width, height = page.get_size()
    for drawn in page.get_objects(filter=(IMAGE, PATH), max_depth=2):
        if len(rects) >= MOST:
            break
        left, bottom, right, top = drawn.get_bounds()
        if (right - left) * (top - bottom) < LARGE * width * height:
            rects.append([left, bottom, right, top])
    return {"rects": rects, "anchors": anchors_of(text)}


def anchors_of(text: Any) -> list[list[float]]:
    """The lines under whose words people sign."""
    found: list[list[float]] = []
    for words in ANCHORS:
        search = text.search(words, match_case=False)
        while (hit := search.get_next()) is not None and len(found) < MOST:
            start, _ = hit
            boxes = [text.get_charbox(start + step) for step in range(len_of_line(text, start))]
            found.append(
                [
                    min(box[0] for box in boxes),
                    min(box[1] for box in boxes),
                    max(box[2] for box in boxes),
                    max(box[3] for box in boxes),
                ]
            )
    return found


def len_of_line(text: Any, start: int) -> int:
    """Characters up to the closing bracket."""
    words = text.get_text_range(start, min(80, text.count_chars() - start))
    end = words.find(")")
    return end + 1 if end > 0 else len(words.splitlines()[0]) if words else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
