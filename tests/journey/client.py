"""A client that knows only the published interface: it signs in, registers, and does whatever `actions[]` allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

ORDER = ("accept", "forward", "confirm-result", "deliver-result")
"""What moves a dossier on; the other actions are ways round."""


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
        """What the step's form wants chosen: the first of each list, or the first two."""
        if action != "forward" or not opened.get("form"):
            return {}
        data: dict[str, Any] = {}
        for found in opened["form"]["components"]:
            values = [one["value"] for one in found.get("values", [])]
            data[found["key"]] = values[:2] if found["type"] == "checklist" else values[0]
        return {"data": data}

    def drive(self, code: str, viewer: str, most: int = 60) -> int:
        """Act until the dossier has status 10; answers how many actions it took."""
        for number in range(most):
            status, dossier = self.call(viewer, "GET", f"/dossiers/{code}")
            assert status == 200, dossier
            if dossier["status"]["number"] == 10:
                return number
            self.step(code, viewer)
        raise StuckError(f"{code} is not delivered after {most} actions")
