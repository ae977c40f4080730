"""The API described: as OpenAPI for programs, and line by line for the page people read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from ninja.operation import Operation

from crm.access.registry import ANY_MEMBER, permissions
from crm.integrations.api_urls import api
from crm.integrations.problems import CONTENT_TYPE, URN
from crm.integrations.registry import areas
from crm.integrations.repeats import HEADER
from crm.integrations.rest import Token
from crm.tenancy.links import public
from crm.tenancy.models import Organization

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": [f"{URN}invalid"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
REFUSED = {
    "description": "Refused: RFC 9457",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
KEY = {"in": "header", "name": HEADER, "schema": {"type": "string", "maxLength": 255}}
SAMPLES = {"integer": 1, "boolean": False}


def operations() -> Iterator[tuple[str, str, Operation]]:
    """Every operation with its method and its path as OpenAPI writes it."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                whole = f"{router.prefix}{path}".replace("{int:", "{")
                yield operation.methods[0], whole, operation


def asked_by(operation: Operation) -> Token:
    """What an operation asks of a token."""
    found: Any = operation.auth_callbacks[0]
    assert isinstance(found, Token)  # noqa: S101 - the only `auth` there is; a test holds it so
    return found


def description(organization: Organization) -> dict[str, Any]:
    """OpenAPI 3.1 of the API as it stands at the organisation's address."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix="")
    found["info"]["title"] = f"{organization.name} · API"
    found["servers"] = [{"url": public(f"{organization.address}api/v1")}]
    found["components"]["schemas"]["Problem"] = PROBLEM
    for method, path, operation in operations():
        if operation.include_in_schema:
            _complete(found["paths"][path][method.lower()], method, asked_by(operation))
    return found


def _complete(told: dict[str, Any], method: str, token: Token) -> None:
    told["responses"]["default"] = REFUSED
    told["x-permission"] = token.permission
    if method == "POST":
        told["parameters"] = [*told["parameters"], KEY]


@dataclass(frozen=True)
class Line:
    """A field or parameter: its name, what it takes, what it is called."""

    name: str
    kind: str
    label: str
    is_required: bool


@dataclass(frozen=True)
class Way:
    """One operation as the page tells it."""

    method: str
    path: str
    summary: str
    permission: str
    writes: bool
    query: list[Line]
    body: list[Line]
    answer: list[Line]
    example: str


@dataclass(frozen=True)
class Part:
    """The operations of one area under its name."""

    label: str
    ways: list[Way]


def parts(organization: Organization) -> list[Part]:
    """Everything the API offers, in the order of its areas."""
    schema = description(organization)
    labels = {"about": _("About the token"), **{area.key: str(area.label) for area in areas()}}
    found: dict[str, list[Way]] = {key: [] for key in labels}
    for method, path, operation in operations():
        if operation.include_in_schema:
            told = schema["paths"][path][method.lower()]
            found[told["tags"][0]].append(_way(schema, method, path, told, asked_by(operation)))
    return [Part(labels[key], ways) for key, ways in found.items() if ways]


def _way(
    schema: Mapping[str, Any], method: str, path: str, told: Mapping[str, Any], token: Token
) -> Way:
    names = {one.name: str(one.label) for one in permissions()}
    body = _body(schema, told)
    return Way(
        method=method,
        path=path,
        summary=str(told["summary"]),
        permission=names.get(token.permission, "") if token.permission != ANY_MEMBER else "",
        writes=token.writes,
        query=[_line(schema, one["name"], one["schema"], required=one["required"])
               for one in told["parameters"] if one["in"] == "query"],
        body=_lines(schema, body),
        answer=_lines(schema, _answer(schema, told)),
        example=_example(schema, method, path, body),
    )  # fmt: skip


def _resolved(schema: Mapping[str, Any], found: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object behind a reference; of several the fullest."""
    if "anyOf" in found:
        several = [_resolved(schema, one) for one in found["anyOf"]]
        return max(several, key=lambda one: len(one.get("properties", {})))
    if "$ref" in found:
        name = found["$ref"].rpartition("/")[2]
        known: Mapping[str, Any] = schema["components"]["schemas"][name]
        return known
    return found


def _body(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    return _resolved(schema, content["schema"]) if content else {}


def _answer(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    status = next(one for one in told["responses"] if one != "default")
    content = told["responses"][status].get("content", {}).get("application/json")
    return _resolved(schema, content["schema"]) if content else {}


def _lines(schema: Mapping[str, Any], found: Mapping[str, Any]) -> list[Line]:
    required = found.get("required", ())
    return [
        _line(schema, name, one, required=name in required)
        for name, one in found.get("properties", {}).items()
    ]


def _line(
    schema: Mapping[str, Any], name: str, found: Mapping[str, Any], *, required: bool
) -> Line:
    label = str(found.get("description") or "")
    return Line(name, _kind(schema, found), label[:1].upper() + label[1:], required)


def _kind(schema: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """What a field takes, in the words of JSON; of an object its own fields."""
    if "anyOf" in found or "allOf" in found:
        several = found.get("anyOf") or found["allOf"]
        return " | ".join(dict.fromkeys(_kind(schema, one) for one in several))
    if "$ref" in found:
        known = _resolved(schema, found)
        inner = known.get("properties")
        return f"{{{', '.join(inner)}}}" if inner else _kind(schema, known)
    if found.get("type") == "array":
        return f"[{_kind(schema, found['items'])}]"
    if "enum" in found:
        return " | ".join(json.dumps(one) for one in found["enum"])
    kind = str(found.get("format") or found.get("type") or "")
    most = found.get("maxLength")
    return f"{kind} ≤ {most}" if most else kind


def _example(schema: Mapping[str, Any], method: str, path: str, body: Mapping[str, Any]) -> str:
    """The call as one types it."""
    address = f"{schema['servers'][0]['url']}{path}"
    lines = [f"curl -X {method} '{address}'", '-H "Authorization: Bearer $TOKEN"']
    if method == "POST":
        lines.append(f'-H "{HEADER}: $(uuidgen)"')
    if body:
        lines += ["-H 'Content-Type: application/json'", f"-d '{_sample(body)}'"]
    return " \\\n  ".join(lines)


def _sample(body: Mapping[str, Any]) -> str:
    """An object with what has to be there."""
    needed = body.get("required") or list(body["properties"])[:1]
    found = {name: SAMPLES.get(body["properties"][name].get("type", ""), "…") for name in needed}
    return json.dumps(found, ensure_ascii=False)
