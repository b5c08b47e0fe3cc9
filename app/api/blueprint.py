"""How routes read their arguments and answer: the base of every blueprint of the API.

A body is JSON of bounded size and depth; whatever is wrong with it is told field by field. Views answer ready values with
`reply`; their schema then only describes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar, cast

import flask
import flask_smorest  # type: ignore[import-untyped]
import marshmallow as ma
from flask import Flask, Request, Response
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from app.api.problems import MEDIA_TYPE, ProblemSchema
from app.errors import DomainError, invalid
from app.schemas.fields import Choice, Text
from app.schemas.json_reading import read_json
from app.schemas.reading import by_field

View = TypeVar("View", bound=Callable[..., Any])
R = TypeVar("R")


class ArgumentsParser(FlaskParser):
    """Reads arguments; every fault is a DomainError (unsupported_media_type, too_large, invalid)."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, ma.RAISE)

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """The body as an object; no body at all counts as an empty one."""
        body = req.get_data(cache=True)
        if not body.strip():
            return missing
        if not req.is_json:
            raise DomainError(
                "unsupported_media_type", "Nội dung gửi lên phải là JSON (Content-Type: application/json)."
            )
        value = read_json(body)
        if not isinstance(value, dict):
            raise invalid({"body": ["Phải là một đối tượng JSON."]})
        return value

    def handle_error(
        self,
        error: ma.ValidationError,
        req: Request,
        schema: ma.Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        # The messages stand under the name of the place that they came from (json, query).
        told = error.messages
        messages = next(iter(told.values())) if isinstance(told, dict) else told
        raise invalid(by_field(messages)) from error


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """flask-smorest's, with our parser and with types."""

    ARGUMENTS_PARSER = ArgumentsParser()

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:
        decorate: Callable[[View], View] = super().get(rule, **options)
        return decorate

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:
        decorate: Callable[[View], View] = super().post(rule, **options)
        return decorate

    def put(self, rule: str, **options: Any) -> Callable[[View], View]:
        decorate: Callable[[View], View] = super().put(rule, **options)
        return decorate

    def arguments(self, schema: Any, **kwargs: Any) -> Callable[[Callable[..., R]], Callable[..., R]]:
        # One instance for all requests: making a schema costs more than using it.
        ready = schema() if isinstance(schema, type) else schema
        decorate: Callable[[Callable[..., R]], Callable[..., R]] = super().arguments(ready, **kwargs)
        return decorate

    def doc(self, **members: Any) -> Callable[[View], View]:
        """Add members to the operation in the OpenAPI document."""
        decorate: Callable[[View], View] = super().doc(**members)
        return decorate

    def response(self, status: int, schema: Any = None, **kwargs: Any) -> Callable[[View], View]:
        """Describe the answer; the view itself answers with `reply`."""
        decorate: Callable[[View], View] = super().response(status, schema, **kwargs)
        return decorate


class OneStopApi(flask_smorest.Api):  # type: ignore[misc]
    """The OpenAPI document, with our form of an error and our fields."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask) -> None:
        super().__init__()
        for field in (Text, Choice):  # before the first schema is described, which is the one of errors
            self.register_field(field, "string", None)
        self.init_app(app)

    def _register_responses(self) -> None:
        """The library's, which are all errors, under the media type that ours have."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE


def reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer. Instants and days become text in the form of `app.jsontext`."""
    response = cast(Response, flask.current_app.json.response(value))
    response.status_code = status
    response.headers.update(headers or {})
    return response
