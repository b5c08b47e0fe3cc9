"""Takes the pictures of the README and the docs from the running system: `make pictures`.

Starts what `make run` starts, with the demonstration province, on a free port and in a folder of its own, looks at it as an
official, as a head and as a citizen with Debian's Chromium, and ends it again. Diagrams are drawn by the viewer of the pages.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Browser, Page, sync_playwright

from app.config import PROJECT_ROOT, Settings
from app.embedded import open_database
from app.processes import die_with_owner
from app.slips.symbols import lookup_url
from app.store.database import APPLICATION_OPTIONS

PICTURES = PROJECT_ROOT / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
DESKTOP = (1366, 768)
PHONE = (390, 844)
MOST_BYTES = 300_000
READY = "Ctrl-C"
VIEWER = PROJECT_ROOT / "frontend" / "node_modules" / "bpmn-js" / "dist" / "bpmn-viewer.production.min.js"
TABLE = PROJECT_ROOT / "tests" / "drafting" / "tables" / "change_religious_headquarters.md"
"""A published table."""
DRAWN = {"supplement.png": PROJECT_ROOT / "bpmn" / "shared" / "supplement.bpmn"}
"""Pictures of diagrams."""
ENDING_SECONDS = 60
OURS = ("MOTCUA_", "DATABASE_", "SMTP_", "MAIL_", "LOG_", "WEB_", "TICK_", "TOKEN_", "PORT", "HOST", "PUBLIC_", "MAX_")

# The official for whom most waits, and of that the dossier with the longest past that is in time, if there is one.
SCENE = """
    WITH waiting AS (
        SELECT account.username, task.id AS task_id, task.dossier_id
        FROM tasks task
        JOIN account_positions held ON held.position_id = task.position_id AND held.valid_to IS NULL
        JOIN accounts account ON account.id = held.account_id
        WHERE task.state = 'open' AND coalesce(task.assignee_id, account.id) = account.id
    ), busiest AS (SELECT username FROM waiting GROUP BY username ORDER BY count(*) DESC, username LIMIT 1)
    SELECT waiting.username, waiting.task_id, dossier.code, dossier.token
    FROM waiting JOIN busiest USING (username) JOIN dossiers dossier ON dossier.id = waiting.dossier_id
    ORDER BY dossier.overdue, dossier.history_seq DESC, waiting.task_id LIMIT 1
"""

# The leader in whose agency most is late.
LEADER = """
    SELECT account.username
    FROM tasks task
    JOIN positions led ON led.agency_id = task.agency_id AND led.head
    JOIN units unit ON unit.id = led.unit_id AND unit.kind = 'leadership'
    JOIN account_positions held ON held.position_id = led.id AND held.valid_to IS NULL
    JOIN accounts account ON account.id = held.account_id
    WHERE task.state = 'open' AND task.due_at < now()
    GROUP BY account.username ORDER BY count(*) DESC, account.username LIMIT 1
"""


# Who designs and publishes.
DESIGNER = """
    SELECT username FROM accounts WHERE permissions @> ARRAY['diagram.design', 'diagram.deploy']::text[]
    ORDER BY username LIMIT 1
"""

MOST_FOLLOWED = """
    SELECT procedure.code, version.number
    FROM dossiers dossier
    JOIN procedure_versions version ON version.id = dossier.version_id
    JOIN procedures procedure ON procedure.id = version.procedure_id
    GROUP BY procedure.code, version.number ORDER BY count(*) DESC, procedure.code LIMIT 1
"""


@dataclass(frozen=True)
class Scene:
    """Who looks at what."""

    username: str
    password: str
    task_id: int
    code: str
    lookup: str
    head: str
    head_password: str
    designer: str
    designer_password: str
    run: str
    """The address of the version that most dossiers follow, as it really runs."""


def main() -> None:
    with running() as settings:
        scene = find_scene(settings)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            official = browser.new_page(**look(DESKTOP))
            sign_in(official, settings, scene.username, scene.password)
            official.goto(f"{settings.public_url}/viec")
            take(official, "inbox.png")
            official.goto(f"{settings.public_url}/viec/{scene.task_id}")
            take(official, "dossier.png")
            official.goto(f"{settings.public_url}/ho-so/{scene.code}/phieu/lap?loai=supplement")
            take(official, "slip.png")
            head = browser.new_page(**look(DESKTOP))
            sign_in(head, settings, scene.head, scene.head_password)
            head.goto(f"{settings.public_url}/theo-doi")
            take(head, "board.png")
            designs(browser, settings, scene)
            citizen = browser.new_page(**look(PHONE))
            citizen.goto(scene.lookup)
            take(citizen, "citizen.png")
            for name, diagram in DRAWN.items():
                draw(browser, diagram, name)
            browser.close()


def designs(browser: Browser, settings: Settings, scene: Scene) -> None:
    """The workbench: a table beside its steps, the diagram that is drawn of it, and how another really runs."""
    page = browser.new_page(**look(DESKTOP))
    sign_in(page, settings, scene.designer, scene.designer_password)
    page.goto(f"{settings.public_url}/thiet-ke/bang")
    page.locator("input[type=file]").set_input_files(TABLE)
    page.locator("main form:has(input[type=file]) [type=submit]").click()
    page.wait_for_selector(".table-steps")
    take(page, "table.png")
    page.locator("input[name=anyway]").evaluate_all("boxes => boxes.forEach(box => { box.checked = true })")
    page.locator("input[name=procedure]").first.check()
    page.locator("form[action$='/nhan'] [type=submit]").last.click()
    page.wait_for_selector("#modeller[data-ready]")
    page.wait_for_selector("[data-problems][data-checked]")
    take(page, "modeller.png")
    page.goto(f"{settings.public_url}{scene.run}")
    page.wait_for_selector("[data-heat][data-ready]")
    take(page, "as-run.png")


@contextmanager
def running() -> Iterator[Settings]:
    """The whole system with its demonstration; answers its settings. Ended, and its folder removed, whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-pictures-"))
    folder.chmod(0o711)  # the database's unprivileged user passes through
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    given = {"MOTCUA_DATA": str(folder), "PORT": str(port), "LOG_LEVEL": "WARNING"}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    run = subprocess.Popen(
        [sys.executable, "-m", "app", "run"],
        env=kept | given,
        cwd=PROJECT_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_owner(signal.SIGTERM),
    )
    try:
        await_ready(run)
        yield Settings.from_env(given)
    finally:
        end(run)
        shutil.rmtree(folder, ignore_errors=True)


def await_ready(run: subprocess.Popen[str]) -> None:
    """Show what it says until it says that it runs; SystemExit when it ends before."""
    for line in run.stdout or ():
        print(line, end="", flush=True)
        if READY in line:
            return
    raise SystemExit(f"The system ended with {run.wait()} before it was ready: see above.")


def end(run: subprocess.Popen[str]) -> None:
    run.send_signal(signal.SIGTERM)
    try:
        run.communicate(timeout=ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        run.kill()
        run.communicate()


def find_scene(settings: Settings) -> Scene:
    with open_database(settings) as urls, psycopg.connect(urls.app, options=APPLICATION_OPTIONS) as connection:
        row = connection.execute(SCENE).fetchone()
        led = connection.execute(LEADER).fetchone()
        designer = connection.execute(DESIGNER).fetchone()
        followed = connection.execute(MOST_FOLLOWED).fetchone()
    if row is None or led is None or designer is None or followed is None:
        raise SystemExit("Nobody has anything to do in the demonstration.")
    username, task_id, code, token = row
    accounts = json.loads(settings.accounts_file.read_text(encoding="utf-8"))
    passwords = {one["username"]: one["password"] for one in accounts}
    lookup = lookup_url(settings.public_url, code, token)
    return Scene(
        username=username,
        password=passwords[username],
        task_id=task_id,
        code=code,
        lookup=lookup,
        head=led[0],
        head_password=passwords[led[0]],
        designer=designer[0],
        designer_password=passwords[designer[0]],
        run=f"/thu-tuc/{followed[0]}/phien-ban/{followed[1]}/thuc-te",
    )


def look(size: tuple[int, int]) -> dict[str, Any]:
    return {
        "viewport": {"width": size[0], "height": size[1]},
        "is_mobile": size == PHONE,
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
        "reduced_motion": "reduce",
    }


def sign_in(page: Page, settings: Settings, username: str, password: str) -> None:
    """Sign in, and say no to the tour."""
    page.goto(f"{settings.public_url}/dang-nhap")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("form:has(input[name=password]) [type=submit]").click()
    page.wait_for_url(lambda url: "/dang-nhap" not in url)
    page.locator(".tour-offer button").click()
    page.wait_for_selector(".tour-offer", state="detached")


def draw(browser: Browser, diagram: Path, name: str) -> None:
    """A diagram as large as it is drawn. SystemExit for a picture too large."""
    page = browser.new_page()
    page.set_content('<body style="margin: 0"><div id="canvas" style="width: 900px; height: 600px"></div>')
    page.add_script_tag(path=VIEWER)
    svg = page.evaluate(
        """async (xml) => {
            const viewer = new BpmnJS({ container: "#canvas" });
            await viewer.importXML(xml);
            return (await viewer.saveSVG()).svg;
        }""",
        diagram.read_text(encoding="utf-8"),
    )
    page.set_content(f'<body style="margin: 0">{svg[svg.index("<svg") :]}')
    page.locator("svg").first.screenshot(path=PICTURES / name)
    told(name)


def take(page: Page, name: str) -> None:
    """What fits on the screen, when everything has been loaded. SystemExit when it is no page, or a picture too large."""
    page.wait_for_load_state("networkidle")
    if page.locator("h1").count() == 0:
        raise SystemExit(f"{page.url} is not the page of {name}: {page.title()}")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / name)
    told(name)


def told(name: str) -> None:
    size = (PICTURES / name).stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{name} has {size} bytes, more than {MOST_BYTES}")
    print(f"» docs/pictures/{name}: {size // 1000} kB")


if __name__ == "__main__":
    main()
