"""Declaring, gathering, refusing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest

from goqueue_common.errors import SettingsError
from goqueue_worker import RetryPolicy, handler, on_start, worker
from goqueue_worker.discovery import load
from goqueue_worker.handler import declared_as
from goqueue_worker.payload_schema import to_json_schema
from goqueue_worker.registry import Registry


def test_the_decorator_returns_the_function_unchanged() -> None:
    def function(payload: Any, job: Any) -> str:
        return "as it was"

    assert handler("a.b", max_retries=5, timeout=30, backoff=RetryPolicy(base=1))(function) is function
    (declared,) = declared_as(function)
    assert (declared.type, declared.max_retries, declared.timeout_seconds, declared.backoff.base) == ("a.b", 5, 30, 1)


def test_a_registry_takes_declared_functions() -> None:
    @handler("x.one")
    def one(payload: Any, job: Any) -> None:
        """Does one thing.

        And explains it at length.
        """

    registry = Registry([one])
    found = registry.get("x.one")
    assert found is not None
    assert (found.description, found.how, registry.get("x.two")) == ("Does one thing.", "thread", None)


def test_two_functions_of_one_type_are_refused_and_one_twice_is_fine() -> None:
    def first(payload: Any, job: Any) -> None: ...
    def second(payload: Any, job: Any) -> None: ...

    worker.register("same.type", first)
    worker.register("same.type", second)
    assert Registry([first, first]).get("same.type") is not None
    with pytest.raises(SettingsError, match=r"two handlers for type 'same\.type'"):
        Registry([first, second])


def test_a_function_never_declared_is_refused() -> None:
    with pytest.raises(SettingsError, match="was not declared"):
        Registry([print])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param({"type": "bad name"}, "no job type", id="type"),
        pytest.param({"type": "t", "max_retries": -1}, "max_retries=-1", id="retries"),
        pytest.param({"type": "t", "timeout": 0}, "timeout=0", id="timeout"),
        pytest.param({"type": "t", "isolation": "vm"}, "isolation='vm'", id="isolation"),
        pytest.param({"type": "t", "schema": {"$ref": "http://other/schema"}}, "refers to", id="remote reference"),
        pytest.param({"type": "t", "schema": {"type": "objekt"}}, "no valid JSON Schema", id="invalid schema"),
    ],
)
def test_declarations_that_make_no_sense_are_refused_at_once(options: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        handler(**options)(lambda payload, job: None)


def test_a_marshmallow_schema_becomes_a_strict_json_schema() -> None:
    class Line(ma.Schema):
        sku = ma.fields.String(required=True)

    class Order(ma.Schema):
        lines = ma.fields.List(ma.fields.Nested(Line), required=True)
        note = ma.fields.String(allow_none=True)

    schema = to_json_schema(Order, "shop.order")
    assert schema["required"] == ["lines"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["lines"]["items"]["properties"]["sku"] == {"type": "string"}
    assert "$ref" not in str(schema)


def test_the_fingerprint_follows_the_contract_not_the_code() -> None:
    def declared(**options: Any) -> str:
        def function(payload: Any, job: Any) -> None: ...

        worker.register("f.p", function, **options)
        return declared_as(function)[0].fingerprint

    assert declared() == declared()
    assert declared(schema={"type": "object"}) != declared() != declared(timeout=1)


def test_discovery_finds_what_a_module_declares_however_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "inner_jobs.py").write_text("from goqueue_worker import handler\n@handler('inner')\ndef inner(p, j): ...\n")
    (tmp_path / "outer_jobs.py").write_text(
        "import inner_jobs\nfrom goqueue_worker import on_start, worker\n"
        "for n in (1, 2):\n    worker.register(f'made.{n}', lambda p, j: None)\n"
        "@on_start\ndef hook(): ...\n"
    )
    registry = load(["outer_jobs"], str(tmp_path))
    assert [found.type for found in registry.handlers] == ["inner", "made.1", "made.2"]
    assert len(registry.start_hooks) == 1
    assert sys.path[-1] == str(tmp_path)


def test_discovery_finds_a_package_that_another_module_has_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declaring = "from goqueue_worker import handler, on_start\n@handler('{0}')\n@on_start\ndef run(*_): ...\n"
    package = tmp_path / "imported_before"
    package.mkdir()
    (package / "__init__.py").write_text("from imported_before import inner")
    (package / "inner.py").write_text(declaring.format("inner.type"))
    (tmp_path / "imports_it.py").write_text("import imported_before\n" + declaring.format("outer.type"))
    monkeypatch.syspath_prepend(tmp_path)
    for order in (["imports_it", "imported_before"], ["imported_before"]):
        registry = load(order, None)
        assert "inner.type" in registry.fingerprints()
        assert len(registry.start_hooks) == len(order)


def test_discovery_refuses_a_module_without_handlers() -> None:
    with pytest.raises(SettingsError, match="declares no handler"):
        load(["json"], None)


def test_a_hook_is_the_function_itself() -> None:
    def hook() -> None: ...

    assert on_start(hook) is hook
