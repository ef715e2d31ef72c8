"""flask-smorest as this API uses it: one Blueprint and one Api whose rules no view has to repeat."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, TypeVar

import marshmallow as ma
import orjson
from flask import Flask, Request, Response, current_app, request
from flask_smorest import Api, Blueprint
from webargs.flaskparser import FlaskParser

from goqueue_api import problem_documents
from goqueue_api.access.gate import SCOPE_ATTRIBUTE
from goqueue_api.access.scope import Scope
from goqueue_api.errors import InvalidRequest
from goqueue_api.examples.answers import ANSWERS
from goqueue_api.json_provider import dumps
from goqueue_api.json_schema import SchemaPlugin
from goqueue_api.public_path import prefix
from goqueue_api.schemas.problem import ProblemSchema
from goqueue_common.errors import FieldError, GoQueueError
from goqueue_common.limit_store import LimitKind
from goqueue_common.new_job import NAME_PATTERN

View = TypeVar("View", bound=Callable[..., Any])

_PATH_PARAMETER: Final = re.compile(r"<(\w+)>")
_ID: Final = {"type": "string", "format": "uuid"}
_PATH_PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "job_id": {"description": "As POST /jobs answered it.", "schema": _ID},
    "kind": {"description": "What is limited.", "schema": {"type": "string", "enum": list(LimitKind)}},
    "operation_id": {"description": "As POST /bulk answered it.", "schema": _ID},
    "name": {
        "description": "Of a queue, or where a type is limited, of a type.",
        "schema": {"type": "string", "pattern": f"^{NAME_PATTERN}$"},
    },
    "fingerprint": {
        "description": "As GET /failures lists it.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    },
    "schedule": {
        "description": "The name of a schedule.",
        "schema": {"type": "string", "pattern": f"^{NAME_PATTERN}$"},
    },
    "scheduler_id": {"description": "Which the scheduler gave itself when it started.", "schema": _ID},
    "worker_id": {"description": "As GET /workers lists it.", "schema": _ID},
}
"""The parts of paths, by their names in rules."""


BEARER: Final = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "gq_<id>_<secret>",
    "description": "An API key (`goqueue keys create`). Each operation names the scope that the key must have: submit, "
    "read, operate (includes read) or admin (includes all). An API that only its own machine can reach asks for keys once "
    "there are any; with GOQUEUE_AUTH=none it never does.",
}
"""How callers show who they are, as OpenAPI has it."""


class StrictParser(FlaskParser):
    """Refuses unknown query parameters, and several values where there is room for one."""

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """The query, with every value of the fields that are lists."""
        repeated = [
            FieldError(f"/query/{name}", f"is given {len(values)} times; it takes one value")
            for name, values in req.args.lists()
            if len(values) > 1 and not isinstance(schema.fields.get(name.partition(".")[0]), ma.fields.List)
        ]
        if repeated:
            raise InvalidRequest(repeated)
        return super().load_querystring(req, schema)

    def handle_error(self, error: ma.ValidationError, *_: Any, **__: Any) -> NoReturn:
        """What marshmallow found, as our error."""
        raise InvalidRequest(list(field_errors("", error.messages))) from error


def field_errors(pointer: str, messages: Any) -> Iterator[FieldError]:
    """What marshmallow says of a document that lies at the pointer."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from field_errors(f"{pointer}/{name}", inner)
    else:
        for message in messages:
            yield FieldError(pointer, _sentence(str(message)))


def _sentence(message: str) -> str:
    return "is no parameter of this path" if message == "Unknown field." else message


@dataclass(frozen=True, slots=True)
class Answer:
    """One way a view answers, as documented. schema: of ours, or JSON Schema; None: without a body. headers: name ->
    what it says.
    """

    schema: ma.Schema | Mapping[str, Any] | None
    description: str
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"

    def documented(self, example: Any) -> dict[str, Any]:
        """As OpenAPI has it. example: None, there is no body or no example yet."""
        document: dict[str, Any] = {"description": self.description}
        if self.schema is not None:
            worked = {} if example is None else {"example": example}
            document["content"] = {self.media_type: {"schema": self.schema, **worked}}
        if self.headers:
            document["headers"] = {
                name: {"schema": {"type": "string"}, "description": text} for name, text in self.headers.items()
            }
        return document


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON body, which the view reads itself (json_body); examples by name, as OpenAPI has them."""

    schema: ma.Schema
    examples: Mapping[str, Any]
    required: bool = True

    def documented(self) -> dict[str, Any]:
        """As OpenAPI has it."""
        return {
            "required": self.required,
            "content": {"application/json": {"schema": self.schema, "examples": self.examples}},
        }


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A resource: strict about its query, and documented with all it may answer."""

    ARGUMENTS_PARSER = StrictParser(unknown=ma.RAISE)

    def __init__(self, name: str, import_name: str, description: str) -> None:
        super().__init__(name, import_name, description=description)
        self.before_request(_refuse_query)

    def operation(
        self,
        method: str,
        rule: str,
        operation_id: str,
        *,
        scope: Scope | None,
        answers: Mapping[int, Answer],
        problems: Iterable[type[GoQueueError]] = (),
        query: ma.Schema | None = None,
        body: Body | None = None,
        headers: Iterable[Mapping[str, Any]] = (),
    ) -> Callable[[View], View]:
        """Serve a view and document it; its docstring becomes summary and description.

        scope: what its caller's key must allow; None: no key is asked for.
        problems: errors it may answer, beside those of keys, queries and bodies in general. query: the view is handed what
        this loads, first. headers: OpenAPI parameters. Its answers are shown in goqueue_api.examples.answers.
        """
        documented: dict[str, Any] = {
            "operationId": operation_id,
            "responses": {
                str(status): answer.documented(ANSWERS.get(operation_id, {}).get(status))
                for status, answer in answers.items()
            }
            | problem_documents.responses({*problems, *problem_documents.always(scope, has_body=body is not None)}),
            "security": [] if scope is None else [{"bearer": [scope]}],
        }
        if body is not None:
            documented["requestBody"] = body.documented()
        # Said here for the query, too: a list of parameters takes the place of the one that `arguments` makes.
        in_query = [] if query is None else [{"in": "query", "schema": query}]
        if parameters := [*in_query, *({"in": "header", **header} for header in headers)]:
            documented["parameters"] = parameters
        path = [{"in": "path", "name": name, **_PATH_PARAMETERS[name]} for name in _PATH_PARAMETER.findall(rule)]

        def decorate(view: View) -> View:
            # One wrapper a concern: each costs a microsecond a request.
            served = view if query is None else self._with_query(view, query)
            served = self.doc(**documented)(served)
            served.__dict__[_TAKES_QUERY] = query is not None
            served.__dict__[SCOPE_ATTRIBUTE] = scope
            self.add_url_rule(rule, view.__name__, served, methods=[method], parameters=path)
            return view

        return decorate

    def _with_query(self, view: View, query: ma.Schema) -> View:
        served: View = self.arguments(query, location="query")(view)
        served.__dict__["_apidoc"]["arguments"]["responses"] = {}  # documented with the other problems
        return served


_TAKES_QUERY: Final = "takes_query"


def _refuse_query() -> None:
    """A parameter that a path does not know is a typing error more often than not; it must not be ignored in silence."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.query_string and not getattr(view, _TAKES_QUERY, False):
        raise InvalidRequest([FieldError(f"/query/{name}", "is no parameter of this path") for name in request.args])


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """Api whose errors are problem documents, and whose description is made once, when it is first asked for.

    Making it takes longer than all else that an application does at its start.
    """

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[ApiBlueprint] = []
        self._describing = threading.Lock()
        self._document: bytes | None = None
        super().__init__(app, spec_kwargs={"marshmallow_plugin": SchemaPlugin()})

    def register_blueprint(self, blueprint: ApiBlueprint) -> None:
        """Serve a resource, and describe it later."""
        self._app.register_blueprint(blueprint)
        self._undescribed.append(blueprint)

    @property
    def document(self) -> bytes:
        """The OpenAPI description; to be asked for once all blueprints are registered."""
        with self._describing:
            if self._document is None:
                self._document = self._describe()
            return self._document

    def _describe(self) -> bytes:
        self.spec.components.security_scheme("bearer", BEARER)
        for blueprint in self._undescribed:
            blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=None)
            self.spec.tag({"name": blueprint.name, "description": blueprint.description})
        return dumps(problem_documents.share_responses(self.spec.to_dict()))

    def _register_error_handlers(self) -> None:
        """Not here: goqueue_api.errors answers every error of the application."""

    def _register_pagination_header(self) -> None:
        """Not in this API: pages carry cursors."""

    def _register_responses(self) -> None:
        self.spec.components.schema("Problem", schema=ProblemSchema)
        for code, example in problem_documents.examples().items():
            self.spec.components.example(code, example)
        any_other = {"description": "Any other error", "content": problem_documents.content(["internal_error"])}
        self.spec.components.response("DEFAULT_ERROR", any_other)

    def _openapi_json(self) -> Response:
        """Says where the API is, if that is not the root of the address."""
        document = self.document
        if below := prefix():
            document = dumps({**orjson.loads(document), "servers": [{"url": below}]})
        return Response(document, content_type="application/json")
