"""Every value is in values.schema.json, and whatever is none or has another type is refused; so are mistakes that no schema
sees, with a sentence that says what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft7Validator, meta

from goqueue_common.schedule_definition import READERS
from tests.deploy.chart.helm_chart import CHART, HELMS, VALUES_FILES, Renderer, overlaid

SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
VALIDATOR = Draft7Validator(SCHEMA)
WRONG: tuple[Any, ...] = ("text", 7, 1.5, True, None, [], {}, ["text"], {"a": 1})
# Of each type of a default, what may stand in its place; null stands for a number that is not set.
MAY_BE: Mapping[type, tuple[type, ...]] = {
    str: (str,),
    bool: (bool,),
    int: (int,),
    list: (list,),
    dict: (dict,),
    type(None): (int, type(None)),
}
NUMBERS = {"worker.keep.completed", "worker.keep.failed", "worker.keep.cancelled", "worker.lease", "scheduler.lease"}
NUMBERS |= {"worker.shutdownTimeout", "test.timeout"}
NUMBERS |= {path.replace("worker.", "worker.pools.x.") for path in NUMBERS}
NULLABLE = {"podSecurityContext.fsGroup", "api.hpa.targetCPU", "worker.hpa.targetCPU", "worker.pools.x.hpa.targetCPU"}
NULLABLE |= {"migrations.ttlSecondsAfterFinished"}
PERCENT = {f"{name}.pdb.maxUnavailable" for name in ("api", "worker", "worker.pools.x", "scheduler", "dashboard")}
# Objects whose members are not ours to name.
FREE = {
    "labels",
    "annotations",
    "podLabels",
    "podAnnotations",
    "commonLabels",
    "commonAnnotations",
    "nodeSelector",
    "affinity",
}
FREE |= {"behavior", "payload", "requests", "limits", "pools", "global"}


def paths(values: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """Of each value, and each object of values that are ours to name."""
    for name, value in values.items():
        yield f"{prefix}{name}"
        if isinstance(value, dict) and name not in FREE:
            yield from paths(value, f"{prefix}{name}.")


def test_the_schema_is_one() -> None:
    meta.validate(SCHEMA)


def test_what_the_chart_comes_with_is_accepted() -> None:
    assert [fault.message for fault in VALIDATOR.iter_errors(VALUES)] == []


@pytest.mark.parametrize("file", VALUES_FILES, ids=lambda path: path.stem)
def test_sets_of_values_are_accepted(file: Path) -> None:
    given = overlaid(VALUES, yaml.safe_load(file.read_text()))
    assert [fault.message for fault in VALIDATOR.iter_errors(given)] == []


def test_every_value_is_in_the_schema_and_nothing_else_is() -> None:
    described = {path for path, _ in members(SCHEMA, "") if path.split(".")[0] not in ("global", "enabled")}
    assert described == {path for path in paths(VALUES, "") if not path.startswith("worker.pools.")}


def test_a_pool_may_say_what_all_workers_do_but_how_long_jobs_are_kept() -> None:
    pool = resolved(SCHEMA["properties"]["worker"]["properties"]["pools"]["additionalProperties"])["anyOf"][1]
    usual = {path for path in paths(VALUES["worker"], "") if path.partition(".")[0] not in ("pools", "keep")}
    assert {path for path, _ in members(pool, "")} == usual


def test_every_object_refuses_members_that_it_does_not_know() -> None:
    open_ = [
        path
        for path, schema in members(SCHEMA, "")
        if is_object(schema) and schema.get("additionalProperties") is not False
    ]
    assert {path.rpartition(".")[2] for path in open_} <= FREE, open_
    for path, schema in members(SCHEMA, ""):
        if is_object(schema) and path not in open_:
            assert not VALIDATOR.is_valid(changed(f"{path}.noSuchValue", "text")), path


def test_a_schedule_has_the_members_that_the_scheduler_knows() -> None:
    entry = SCHEMA["properties"]["scheduler"]["properties"]["schedules"]["items"]
    assert set(entry["properties"]) == set(READERS)
    good = {"type": "report.generate", "cron": "0 0 * * *"}
    assert VALIDATOR.is_valid(changed("scheduler.schedules", [good]))
    for wrong in ({"quue": "reports"}, {"timezone": 5}, {"tags": "one"}):
        assert not VALIDATOR.is_valid(changed("scheduler.schedules", [{**good, **wrong}])), wrong


def test_every_wrong_type_is_refused() -> None:
    accepted = [
        f"{path}: {json.dumps(wrong)}"
        for path, usual in [*leaves(VALUES, ""), *leaves(pool_values(), "worker.pools.x.")]
        for wrong in WRONG
        if not may_be(path, usual, wrong) and VALIDATOR.is_valid(changed(path, wrong))
    ]
    assert accepted == []


def test_every_value_may_be_what_it_is_by_default() -> None:
    for path, usual in [*leaves(VALUES, ""), *leaves(pool_values(), "worker.pools.x.")]:
        assert VALIDATOR.is_valid(changed(path, usual)), path


@pytest.mark.parametrize("helm", HELMS)
@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"api": {"replica": 3}}, "replica", id="a-name-that-is-none"),
        pytest.param({"api": {"replicas": "three"}}, "replicas", id="a-wrong-type"),
        pytest.param({"auth": {"mode": "password"}}, "mode", id="not-one-of-some"),
        pytest.param({"worker": {"pools": {"mail": {"keep": {"completed": 1}}}}}, "mail", id="in-a-pool"),
        pytest.param({"api": {"image": {"digest": "latest"}}}, "digest", id="not-as-it-must-look"),
    ],
)
def test_helm_refuses_what_the_schema_does(render: Renderer, helm: str, values: dict[str, Any], said: str) -> None:
    assert said in render.refusal(values, helm=helm)


POOL = {"hpa": {"enabled": True}, "keda": {"enabled": True}}
STORES = {"postgresql": {"existingSecret": ""}, "redis": {"existingSecret": ""}}


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        pytest.param(
            STORES,
            [
                "no database is given: set postgresql.existingSecret to a Secret with its URL, or postgresql.url=",
                "no Redis is given: set redis.existingSecret to a Secret with its URL, or redis.url=",
            ],
            id="no-stores",
        ),
        pytest.param(
            {"postgresql": {"url": "postgresql://x/y"}},
            ["postgresql is given more than once, by url and existingSecret: keep one of them"],
            id="two-databases",
        ),
        pytest.param(
            {"worker": {"pools": {"mail": POOL}}},
            ["worker.pools.mail is scaled by both HPA and KEDA", "set worker.pools.mail.hpa.enabled=false"],
            id="hpa-and-keda",
        ),
        pytest.param(
            {"worker": {"pools": {"mail": {"shutdownTimeout": 600, "terminationGracePeriodSeconds": 60}}}},
            [
                "worker.pools.mail.terminationGracePeriodSeconds=60 would kill jobs",
                "leave it out, or set it to 615 or more",
            ],
            id="too-short-a-grace-period",
        ),
        pytest.param(
            {"worker": {"pools": {"m" * 80: {}}}},
            [f'the pool name "{"m" * 80}" has 80 characters', "use up to 20 lower case letters"],
            id="a-pool-name-of-80-characters",
        ),
        pytest.param({"worker": {"pools": {"Mail_1": {}}}}, ['the pool name "Mail_1"', "use up to 20"], id="a-pool-name"),
        pytest.param(
            {"api": {"enabled": False}},
            ["scheduler.enabled=true needs the API of the same release", "dashboard.enabled=true needs the API"],
            id="no-api",
        ),
        pytest.param({"api": {"ingress": {"enabled": True}}}, ["set api.ingress.host"], id="ingress-without-host"),
        pytest.param(
            {"dashboard": {"httpRoute": {"enabled": True}}}, ["set dashboard.httpRoute.parentRefs"], id="no-gateway"
        ),
        pytest.param(
            {"auth": {"existingSecret": "", "bootstrapKey": "short"}},
            ["auth.bootstrapKey has 5 characters: use 32 to 200"],
            id="a-short-key",
        ),
        pytest.param(
            {"api": {"hpa": {"enabled": True, "minReplicas": 9, "maxReplicas": 3}}},
            ["api.hpa.minReplicas=9 is more than api.hpa.maxReplicas=3: lower the one or raise the other"],
            id="fewest-above-most",
        ),
        pytest.param(
            {"fullnameOverride": "2fa"}, ['named "2fa"', "set fullnameOverride"], id="a-name-that-begins-with-a-digit"
        ),
        pytest.param(
            {"auth": {"bootstrapKey": "k" * 40}}, ["by auth.bootstrapKey and auth.existingSecret"], id="two-bootstrap-keys"
        ),
        pytest.param(
            {"api": {"hpa": {"enabled": True, "targetCPU": None}}},
            ["api.hpa.enabled=true has nothing to scale by"],
            id="nothing-to-scale-by",
        ),
        pytest.param(
            {"worker": {"pools": {"mail": {"concurrency": 1}}}},
            ["worker.pools.mail.concurrency=1 is less than its processes, 2"],
            id="fewer-jobs-than-processes",
        ),
        pytest.param({"worker": {"pools": {"mail": {"lease": 4}}}}, ["worker.pools.mail.lease=4"], id="a-short-lease"),
        pytest.param(
            {"api": {"drainSeconds": 45}, "dashboard": {"terminationGracePeriodSeconds": 10}},
            ["after drainSeconds=45 it may take 30 more to end, so set it to 75", "so set it to 25 or more"],
            id="no-time-to-drain",
        ),
        pytest.param(
            {
                "networkPolicy": {"enabled": True, "clients": [{"podSelector": {}}]},
                "monitoring": {"serviceMonitor": {"enabled": True}},
            },
            ["say in networkPolicy.monitoring where it is"],
            id="prometheus-shut-out",
        ),
        pytest.param({"worker": {"pools": {"mail": {"queues": ["no queue!"]}}}}, ["no queue!"], id="not-a-queue"),
        pytest.param(
            {
                "postgresql": {"existingSecret": "", "url": "postgresql+psycopg2://x/y"},
                "worker": {"pools": {"mail": {"keda": {"enabled": True}}}},
            },
            ["KEDA does not understand the driver in postgresql.url"],
            id="a-driver-for-keda",
        ),
    ],
)
def test_a_mistake_is_told_with_what_to_do(render: Renderer, values: dict[str, Any], sentences: list[str]) -> None:
    said = {helm: render.refusal(values, helm=helm) for helm in HELMS}
    for helm, text in said.items():
        assert [sentence for sentence in sentences if sentence not in text] == [], (helm, text)
        lines = [line for line in text.splitlines()[1:] if line and not line.startswith("Use --debug")]
        assert [line for line in lines if not any(sentence in line for sentence in sentences)] == [], helm


def may_be(path: str, usual: object, wrong: object) -> bool:
    """Whether `wrong` is none after all."""
    if wrong is None:
        return usual is None or path in NULLABLE
    if isinstance(wrong, float):
        return path in NUMBERS
    if path in PERCENT:
        return type(wrong) is int
    if isinstance(usual, list):
        return isinstance(wrong, list) and (wrong == [] or usual_items_are_texts(path))
    if isinstance(usual, dict):
        return isinstance(wrong, dict) and (wrong == {} or ("abels" not in path and "nnotations" not in path))
    return type(wrong) in MAY_BE[type(usual)]


def usual_items_are_texts(path: str) -> bool:
    return path.rpartition(".")[2] in {"pullSecrets", "redact", "queues", "handlers", "hostnames"}


def pool_values() -> dict[str, Any]:
    return {name: value for name, value in VALUES["worker"].items() if name not in ("pools", "keep")}


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref", "").removeprefix("#/$defs/")
    return SCHEMA["$defs"][reference] if reference else schema


def is_object(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "object"


def members(schema: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(path, schema) of each member, however deep."""
    for name, member in resolved(schema).get("properties", {}).items():
        if f"{prefix}{name}".endswith("resources.claims"):
            continue  # Kubernetes' own, and nothing to show by default
        yield f"{prefix}{name}", resolved(member)
        yield from members(member, f"{prefix}{name}.")


def leaves(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """(path, default) of each value that is no object of values."""
    for name, value in values.items():
        if isinstance(value, dict) and value and name not in FREE:
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def changed(path: str, value: object) -> dict[str, Any]:
    """What the schema is shown of the defaults and this value at its path."""
    return overlaid(VALUES, nested(path, value))


def nested(path: str, value: object) -> dict[str, Any]:
    """The value at its path, and nothing else."""
    for name in reversed(path.split(".")):
        value = {name: value}
    assert isinstance(value, dict)
    return value
