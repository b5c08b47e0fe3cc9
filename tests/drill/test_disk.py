"""The disk is full, under the database or under the files: nothing is half done, and all goes on once there is room."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from tests.drill.course import IN_A_TOWN, rounds, supervised, towns
from tests.drill.crew import Crew, Line
from tests.drill.town import PATIENCE, Plan, Town, town
from tests.drill.waiting import pause, until

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
FILLER = "filler"
DATABASE, FILES = "postgres", "data"


def fill(folder: Path) -> None:
    """Take what is left, to the last byte."""
    with (folder / FILLER).open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


def drill(seed: int, where: str, number: int) -> None:
    def full(place: Town, crew: Crew, chance: Random) -> None:
        retries, done = crew.retries, len(crew.acknowledged)
        fill(place.folder / where)
        refused = 0
        try:
            if where == DATABASE:  # it fails when it needs a page more, and may then fail for good until there is room
                until("people are asked to try again", lambda: _runs(place) and crew.retries > retries, PATIENCE)
            else:
                refused = _uploads(place, crew)
        finally:
            (place.folder / where / FILLER).unlink()
        until("it goes on", lambda: supervised(place, crew) or len(crew.acknowledged) > done, PATIENCE)
        if where == FILES:
            assert refused > 0
            assert _uploads(place, crew) == 0

    with town(web_workers=1 + seed % 2, plan=Plan(small_disk=where)) as place:
        rounds(place, seed, full, number)


def _runs(place: Town) -> bool:
    """The supervisor goes on starting what ends; the database may find no room to begin."""
    for part in place.parts:
        if not part.runs:
            part.start()
    return True


def _uploads(place: Town, crew: Crew) -> int:
    """Ten files to dossiers; how many were refused, each as "try again" and not otherwise."""
    line, refused = Line(place.port), 0
    for number in range(10):
        content = f"--b\r\nContent-Disposition: form-data; name=file; filename=a.pdf\r\n\r\n%PDF-1.7 {number}".encode()
        content += b" " * 300_000 + b"\r\n--b--\r\n"
        headers = {"Authorization": f"Bearer {place.tokens['desk']}", "Content-Type": "multipart/form-data; boundary=b"}
        status, answer = line.send("POST", f"/dossiers/{crew.codes[-1]}/attachments", headers, content)
        assert status in (0, 201, 409, 503), answer
        refused += status in (0, 503)
        pause()
    line.close()
    return refused


@pytest.mark.parametrize("where", [DATABASE, FILES])
def test_a_full_disk_loses_and_repeats_nothing(where: str) -> None:
    drill(1, where, 1)


@pytest.mark.drill
@pytest.mark.parametrize("where", [DATABASE, FILES])
@pytest.mark.parametrize("seed", towns(600))
def test_many_rounds_of_full_disks(seed: int, where: str) -> None:
    drill(seed, where, IN_A_TOWN)
