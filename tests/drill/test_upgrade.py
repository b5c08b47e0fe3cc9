"""A release goes into service without a pause: behind nginx as shipped, one web server after another is replaced."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from uuid import uuid4

import pytest

from app.config import PROJECT_ROOT
from app.processes import die_with_owner
from tests.drill.crew import APPLICANT
from tests.drill.parts import Part, free_port, is_ready
from tests.drill.quick import CODE
from tests.drill.town import PATIENCE, Town, town
from tests.drill.waiting import until

NGINX = "/usr/sbin/nginx"
SITE = PROJECT_ROOT / "ops" / "nginx" / "motcua.conf"
CLIENTS = 4
REQUEST = [
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=motcua.example.gov.vn",
]
pytestmark = pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed")


def certificate(folder: Path) -> None:
    """For motcua.example.gov.vn, signed by itself."""
    subprocess.run(
        [*REQUEST, "-keyout", str(folder / "key.pem"), "-out", str(folder / "fullchain.pem")],
        check=True,
        capture_output=True,
    )


def configuration(folder: Path, site: str, port: int = 0) -> Path:
    """nginx's own file around the shipped site, everything in `folder`; with a port, the site answers there without TLS."""
    (folder / "logs").mkdir(exist_ok=True)
    site = site.replace("/etc/ssl/motcua", str(folder)).replace("/var/log/nginx", str(folder / "logs"))
    site = site.replace("/usr/share/motcua/nginx", str(PROJECT_ROOT / "ops" / "nginx" / "pages"))
    site = site.replace("/opt/motcua/app/web/static/", f"{PROJECT_ROOT / 'app' / 'web' / 'static'}/")
    if port:
        site = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", site, flags=re.DOTALL)
        site = site.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};").replace(
            "listen [::]:443 ssl http2;", ""
        )
        site = re.sub(r"\n    ssl_[^\n]*", "", site)
        site = re.sub(r"\n +limit_(req|conn) [^\n]*", "", site)  # one address here, many in life
    (folder / "site.conf").write_text(site, encoding="utf-8")
    temps = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"user root; pid {folder}/nginx.pid; error_log {folder}/logs/error.log warn; worker_processes 1; daemon off;\n"
        f"events {{ worker_connections 256; }}\nhttp {{ {temps} include {folder}/site.conf; }}\n"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return folder / "nginx.conf"


def test_nginx_takes_the_shipped_site(tmp_path: Path) -> None:
    certificate(tmp_path)
    file = configuration(tmp_path, SITE.read_text(encoding="utf-8"))
    done = subprocess.run([NGINX, "-t", "-q", "-c", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "[warn]" in line and "listen" not in line]
    assert said == [], said


class Nginx:
    """The shipped site in front of web servers; `drain` takes one of them out, without losing what it is answering."""

    def __init__(self, folder: Path, ports: tuple[int, int]) -> None:
        self.port = free_port()
        site = SITE.read_text(encoding="utf-8")
        for shipped, own in zip((8001, 8002), ports, strict=True):
            site = site.replace(f"127.0.0.1:{shipped} ", f"127.0.0.1:{own} ")
        self._folder, self._site = folder, site
        self._file = configuration(folder, site, self.port)
        self._process = subprocess.Popen(
            [NGINX, "-c", str(self._file)], start_new_session=True, preexec_fn=die_with_owner(signal.SIGTERM)
        )

    def drain(self, port: int | None) -> None:
        """Out of turn from now on; None: all are back."""
        site = self._site if port is None else re.sub(rf"(127\.0\.0\.1:{port}) [^;]*;", r"\1 down;", self._site)
        configuration(self._folder, site, self.port)
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        before = set(children.read_text().split())
        os.kill(self._process.pid, signal.SIGHUP)
        until("nginx has new processes only", lambda: not before & set(children.read_text().split()), PATIENCE)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)


class Clients:
    """Citizens' forms and officials' look-ups without an end; nobody tries again, so whatever fails is seen."""

    def __init__(self, port: int, tokens: dict[str, str]) -> None:
        self.registered: list[str] = []
        self.answered = 0
        self.failed: list[Any] = []
        self._port, self._token = port, tokens["desk"]
        self._stop, self._lock = Event(), Lock()
        self._threads = [Thread(target=self._work) for _ in range(CLIENTS)]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        body = json.dumps({"procedure": CODE, "applicant": APPLICANT}).encode()
        while not self._stop.is_set():
            status, answer = self._ask("POST", "/api/v1/dossiers", body)
            if status == 201:
                self.registered.append(str(answer["code"]))
                status, answer = self._ask("GET", f"/api/v1/dossiers/{answer['code']}", None)
            with self._lock:
                self.answered += 1
            if status not in (200, 201):
                self.failed.append((status, answer))

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", "Connection": "close"}
        headers["Idempotency-Key"] = uuid4().hex
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if answer.headers["Content-Type"].endswith("json") else content
        except (OSError, http.client.HTTPException) as error:
            return 0, repr(error)
        finally:
            connection.close()


@contextmanager
def two_servers(place: Town, folder: Path) -> Iterator[tuple[Part, Part]]:
    """The town's web server, and another one beside it on the same data."""
    port = free_port()
    second = Part("other web", ["serve"], {**place.environment, "PORT": str(port)}, folder / "other.log")
    second.start()
    try:
        until("the other web server answers", lambda: is_ready(port), PATIENCE)
        yield place.web, second
    finally:
        second.kill()


@pytest.mark.drill
@pytest.mark.rule("HT-15.3")
def test_nobody_notices_that_the_web_servers_are_replaced(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    with town() as place, two_servers(place, tmp_path) as servers:
        ports = (place.port, int(servers[1]._environment["PORT"]))
        nginx = Nginx(tmp_path, ports)
        try:
            until("nginx answers", lambda: reached(nginx.port), PATIENCE)
            with Clients(nginx.port, place.tokens) as clients:
                for part, port in zip(servers, ports, strict=True):
                    nginx.drain(port)
                    end(part)
                    seen = clients.answered
                    until("the other one goes on alone", lambda seen=seen: clients.answered > seen + 5, PATIENCE)  # type: ignore[misc]
                    part.start()
                    until("it is back", lambda port=port: is_ready(port), PATIENCE)  # type: ignore[misc]
                    nginx.drain(None)
                    seen = clients.answered
                    until("both are at work", lambda seen=seen: clients.answered > seen + 5, PATIENCE)  # type: ignore[misc]
        finally:
            nginx.stop()
        assert clients.failed == []
        assert len(clients.registered) == len(set(clients.registered)) == place.number("SELECT count(*) FROM dossiers")
        assert place.number("SELECT count(*) FROM history WHERE kind = 'registered'") == len(clients.registered)


def end(part: Part) -> None:
    """As systemd ends it: what it is answering is answered."""
    process = part._process
    assert process is not None
    process.terminate()
    assert process.wait(PATIENCE) == 0


def reached(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_the_script_drains_too() -> None:
    script = (PROJECT_ROOT / "ops" / "systemd" / "motcua-upgrade").read_text(encoding="utf-8")
    assert " down;" in script
    assert shutil.which("bash")
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
