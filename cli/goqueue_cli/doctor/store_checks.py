"""What the stores say of themselves, and what they are to the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goqueue_cli.doctor.finding import Finding, fine, problem, warning

if TYPE_CHECKING:
    from goqueue_cli.doctor.evidence import Evidence, PostgresReport, RedisReport

_FULL = 0.9


def check_stores(evidence: Evidence) -> list[Finding]:
    """Both, each as seen from here or, where that cannot be, by the API."""
    if evidence.store_error is not None:
        return [problem("stores", evidence.store_error, "put that right; goqueue worker --check prints every setting")]
    if evidence.stores is None:
        return [_unseen(evidence, "PostgreSQL", None), _unseen(evidence, "Redis", None)]
    postgres, redis = evidence.stores["postgres"], evidence.stores["redis"]
    postgres_findings = [_unseen(evidence, "PostgreSQL", postgres)] if postgres["error"] else _postgres(postgres)
    redis_findings = [_unseen(evidence, "Redis", redis)] if redis["error"] else _redis(redis)
    readiness = evidence.api.readiness
    if readiness is not None:
        postgres_findings += _away_from_the_api("PostgreSQL", readiness.postgres, postgres)
        redis_findings += _away_from_the_api("Redis", readiness.redis, redis)
    return postgres_findings + redis_findings


def _postgres(report: PostgresReport) -> list[Finding]:
    jobs = report["jobs_estimated"]
    counted = "jobs not counted yet" if jobs is None else f"about {jobs:,} jobs"
    finding = (
        f"{report['version']} at {report['address']}, {size(report['database_bytes'])}, {counted}, "
        f"{report['connections']} of {report['max_connections']} connections, "
        f"synchronous_commit {report['synchronous_commit']}"
    )
    findings = [fine("PostgreSQL", finding)]
    if report["connections"] >= _FULL * report["max_connections"]:
        findings = [warning("PostgreSQL", finding, "raise max_connections, or lower GOQUEUE_DB_POOL and --processes")]
    return [*findings, *_complaints("PostgreSQL", report["complaints"]), _schema(report)]


def _schema(report: PostgresReport) -> Finding:
    schema, head = report["schema"], report["schema_head"]
    if schema is None:
        return problem("schema", "the database has no tables yet", "goqueue db upgrade")
    if not report["schema_is_current"]:
        return problem("schema", f"at {schema}, behind {head}", "goqueue db upgrade")
    if schema != head:
        return warning("schema", f"at {schema}, newer than this version knows ({head})", "pip install --upgrade goqueue")
    return fine("schema", f"at {schema}, the newest")


def _redis(report: RedisReport) -> list[Finding]:
    used, limit = report["memory_bytes"], report["max_memory_bytes"]
    memory = f"{size(used)} of {size(limit)}" if limit else f"{size(used)}, no limit"
    finding = (
        f"{report['product']} {report['version']} at {report['address']}, {memory}, {report['policy']}, "
        f"AOF {'on' if report['appends'] else 'off'}"
    )
    if report["waiting"] is not None:
        finding += f", {report['waiting']:,} jobs in its queues"
    findings = [fine("Redis", finding)]
    if limit and used >= _FULL * limit:
        findings = [warning("Redis", finding, "raise maxmemory: a full Redis takes no more jobs")]
    return [*findings, *_complaints("Redis", report["complaints"])]


def _complaints(name: str, complaints: list[str]) -> list[Finding]:
    """Each says what is wrong, and after its `; ` what to do."""
    return [problem(name, finding, fix) for finding, _, fix in (said.rpartition("; ") for said in complaints)]


def _unseen(evidence: Evidence, name: str, report: PostgresReport | RedisReport | None) -> Finding:
    """A store that cannot be looked at from here."""
    variable = "DATABASE_URL" if name == "PostgreSQL" else "REDIS_URL"
    is_named = evidence.names_database if name == "PostgreSQL" else evidence.names_redis
    readiness = evidence.api.readiness
    state = None if readiness is None else readiness.postgres if name == "PostgreSQL" else readiness.redis
    if report is None:
        why = f"not looked at from here: {', '.join(evidence.extras['stores'])} not installed"
        if state == "ok":
            return fine(name, f"the API reaches it; {why}")
        return warning(name, why, "pip install 'goqueue[worker]'")
    if state == "ok" and not is_named:
        return fine(name, f"the API reaches it; not looked at from here: {variable} is not set")
    error = (report["error"] or "").removeprefix(f"{name}: ")
    return problem(name, error, f"start it, or set {variable} to where it is; goqueue up starts one here")


def _away_from_the_api(name: str, state: str, report: PostgresReport | RedisReport) -> list[Finding]:
    if state == "ok" or report["error"]:
        return []
    return [warning(name, "reached from here, but not by the API", "compare its settings: goqueue api --check")]


def size(count: int) -> str:
    """`12.3 MB`."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"
