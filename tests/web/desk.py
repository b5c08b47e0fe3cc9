"""People at their pages without a browser: signed in through the form, acting through the forms that the pages hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.actions.scene import Scene
from tests.factories import PASSWORD


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, what it holds as it stands."""

    action: str
    fields: dict[str, str]


class Desk:
    """One person's browser without JavaScript."""

    def __init__(self, scene: Scene, username: str) -> None:
        self.client: FlaskClient = scene.app.test_client()
        form = self.form(self.client.get("/dang-nhap"), "/dang-nhap")
        answer = self.client.post("/dang-nhap", data=form.fields | {"username": username, "password": PASSWORD})
        assert answer.status_code == 303, answer.text

    def see(self, path: str, status: int = 200) -> html.HtmlElement:
        """The page at that address, following redirects."""
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == status, answer.text
        return page_of(answer)

    def form(self, answer: TestResponse | html.HtmlElement, action: str) -> Form:
        """The form of a page that goes to `action`, by itself or by one of its buttons."""
        seen = page_of(answer) if isinstance(answer, TestResponse) else answer
        for form in seen.iter("form"):
            buttons = [button.get("formaction") for button in form.iter("button")]
            if form.get("action") == action or action in buttons:
                fields = {name: str(value) for name, value in form.form_values()}
                return Form(action, fields)
        raise AssertionError(f"no form goes to {action}")

    def send(self, form: Form, typed: Mapping[str, Any] | None = None) -> TestResponse:
        return self.client.post(form.action, data=form.fields | dict(typed or {}))

    def act(self, code: str, task: int, action: str, **typed: Any) -> TestResponse:
        """Open the dossier at the task, fill in, press the button."""
        return self.send(self.form(self.see(f"/ho-so/{code}?viec={task}"), f"/viec/{task}/{action}"), typed)


def page_of(answer: TestResponse) -> html.HtmlElement:
    return html.document_fromstring(answer.text)


def words(seen: html.HtmlElement | TestResponse) -> str:
    """What a person reads on a page, blanks made one."""
    found = page_of(seen) if isinstance(seen, TestResponse) else seen
    return " ".join(" ".join(found.find("body").itertext()).split())


def below(seen: html.HtmlElement, name: str, tag: str) -> list[html.HtmlElement]:
    """The elements of that tag inside those of that class."""
    return [found for outer in seen.find_class(name) for found in outer.iter(tag)]
