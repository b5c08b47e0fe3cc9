"""A client that knows only the published interface: it signs in, registers, and does whatever `actions[]` allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any, Protocol

ORDER = ("accept", "forward", "confirm-result", "deliver-result")
"""What moves a dossier on; the other actions are ways round."""
WHEN = {"date": "2030-01-15", "time": "09:00", "datetime": "2030-01-15T09:00"}
TEXTS = ("Theo hồ sơ.", "045123456789", "x")
EMAILS = ("anh.nguyet@example.org",)
PHONES = ("0912345678",)


class Transport(Protocol):
    """One request: method, path under `/api/v1`, token, body -> status and JSON."""

    def __call__(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]: ...


class StuckError(AssertionError):
    """No action is allowed on any open task of a dossier that is not closed."""


@dataclass
class Client:
    send: Transport
    accounts: Sequence[Mapping[str, Any]]
    tokens: dict[str, str] = field(default_factory=dict)
    upload: Callable[[str, str], tuple[int, Any]] | None = None
    """Sends a small file as a multipart form: path under `/api/v1`, token -> status and JSON."""

    def token(self, username: str) -> str:
        if username not in self.tokens:
            account = next(account for account in self.accounts if account["username"] == username)
            status, body = self.send("POST", "/tokens", body={"username": username, "password": account["password"]})
            assert status == 201, body
            self.tokens[username] = body["token"]
        return self.tokens[username]

    def call(
        self, username: str, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> tuple[int, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        status, answer = self.send(method, path, self.token(username), body, named)
        if status == 401:  # the token has expired: sign in again, once
            del self.tokens[username]
            status, answer = self.send(method, path, self.token(username), body, named)
        return status, answer

    def desk_officer(self, agency: str) -> str:
        return next(
            str(account["username"])
            for account in self.accounts
            if account["agency"] == agency and "dossier.register" in account["permissions"]
        )

    def register(self, agency: str, procedure: str, channel: str = "counter", **more: Any) -> dict[str, Any]:
        desk = self.desk_officer(agency)
        status, found = self.call(desk, "GET", f"/procedures/{procedure}")
        assert status == 200, found
        body = {
            "procedure": procedure,
            "applicant": {"name": "Trần Thị Ánh Nguyệt", "id_number": "045123456789", "phone": "0912345678"},
            "channel": channel,
            "components": [
                {"code": part["code"], "kind": "presented" if part.get("present_only") else "original", "quantity": 1}
                for part in found["components"]
            ],
            **more,
        }
        status, registered = self.call(desk, "POST", "/dossiers", body)
        assert status == 201, registered
        return dict(registered)

    def open_tasks(self, code: str, username: str) -> list[dict[str, Any]]:
        status, dossier = self.call(username, "GET", f"/dossiers/{code}")
        assert status == 200, dossier
        return list(dossier["open_tasks"])

    def step(self, code: str, viewer: str) -> dict[str, Any]:
        """Do the first allowed action that moves the dossier on; answers what the action answered."""
        tasks = self.open_tasks(code, viewer)
        for task in tasks:
            for username in [task["assignee"]] if task["assignee"] else task["candidates"]:
                status, opened = self.call(username, "GET", f"/tasks/{task['id']}")
                assert status == 200, opened
                offers = {offer["name"]: offer for offer in opened["actions"]}
                for name in ORDER:
                    if name in offers and offers[name]["allowed"]:
                        body = self._needed(offers[name], code, username) | self.form_data(name, opened)
                        status, answer = self.call(username, "POST", f"/tasks/{task['id']}/{name}", body)
                        assert status == 200, answer
                        return dict(answer)
        raise StuckError(f"{code}: nothing is allowed on {tasks}")

    def _needed(self, offer: Mapping[str, Any], code: str, username: str) -> dict[str, Any]:
        values: dict[str, Any] = {
            "comment": "Đồng ý, đề nghị thực hiện.",
            "decision": offer["decisions"][0]["value"] if offer["decisions"] else None,
            "data": {},
        }
        body = {need: values[need] for need in offer["needs"] if need != "attachment"}
        return body | ({"attachments": [self.attach(code, username)]} if "attachment" in offer["needs"] else {})

    def attach(self, code: str, username: str) -> int:
        """A paper of the dossier; its id."""
        assert self.upload is not None, "this client has no way to send files"
        status, added = self.upload(f"/dossiers/{code}/attachments", self.token(username))
        assert status == 201, added
        return int(added["id"])

    @staticmethod
    def form_data(action: str, opened: Mapping[str, Any]) -> dict[str, Any]:
        """What the step's form wants, every field filled in: the first of a list's options, or the first two."""
        if action != "forward" or not opened.get("form"):
            return {}
        return {"data": filled_in(opened["form"])}

    def drive(self, code: str, viewer: str, most: int = 60) -> int:
        """Act until the dossier has status 10; answers how many actions it took."""
        for number in range(most):
            status, dossier = self.call(viewer, "GET", f"/dossiers/{code}")
            assert status == 200, dossier
            if dossier["status"]["number"] == 10:
                return number
            self.step(code, viewer)
        raise StuckError(f"{code} is not delivered after {most} actions")


def filled_in(form: Mapping[str, Any]) -> dict[str, Any]:
    """A valid answer to each field of a form-js schema; a list has one row, what nobody can fill in is left out."""
    data: dict[str, Any] = {}
    for component in form["components"]:
        kind, name = component["type"], component.get("key") or component.get("path") or ""
        if kind == "group":
            inner = filled_in(component)
            _put(data, name, inner) if name else data.update(inner)
        elif kind == "dynamiclist":
            _put(data, name, [filled_in(component)])
        elif (value := _answer(component)) is not None:
            _put(data, name, value)
    return data


def _answer(component: Mapping[str, Any]) -> Any:
    """A value of the field's type, or None where it has none to give: a heading, something computed, a list without options."""
    kind, options = component["type"], [one["value"] for one in component.get("values") or []]
    if kind in ("checklist", "taglist"):
        return options[:2] or None
    if kind in ("select", "radio"):
        return options[0] if options else None
    if kind in ("textfield", "textarea"):
        return _text(component.get("validate") or {})
    if kind == "number":
        return _number(component.get("validate") or {})
    if kind == "checkbox":
        return True
    return WHEN[component.get("subtype") or "date"] if kind == "datetime" else None


def _text(validate: Mapping[str, Any]) -> str:
    """The first of some texts that has the form and the length."""
    pattern, shortest, longest = (
        validate.get("pattern"),
        validate.get("minLength", 0),
        validate.get("maxLength", 10_000),
    )
    kind = validate.get("validationType")
    texts = {"email": EMAILS, "phone": PHONES}.get(kind, TEXTS) if kind else TEXTS
    fits = (one for one in texts if shortest <= len(one) <= longest and (not pattern or re.search(pattern, one)))
    found = next(fits, None)
    assert found is not None, f"no text at hand is right for {validate}: add one"
    return found


def _number(validate: Mapping[str, Any]) -> int:
    lowest, highest = validate.get("min"), validate.get("max")
    number = 1 if lowest is None else max(1, ceil(lowest))
    return number if highest is None else min(number, floor(highest))


def _put(data: dict[str, Any], name: str, value: Any) -> None:
    """Where a key with dots says."""
    *above, last = name.split(".")
    for step in above:
        data = data.setdefault(step, {})
    data[last] = value
