"""Declaring handlers: the decorator, the plain call, and the hooks of a worker process.

A declaration is remembered with its function, so that the decorator returns the function unchanged, and goes to the
registry of whatever module is being loaded, so that discovery finds lambdas and functions made on the fly too.
"""

from __future__ import annotations

import hashlib
import inspect
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

import orjson
from marshmallow import Schema

from goqueue_common.errors import SettingsError
from goqueue_common.new_job import DEFAULT_MAX_RETRIES, MAX_RETRIES, MAX_SECONDS, is_name
from goqueue_common.payload_check import PayloadCheck
from goqueue_common.retry_policy import DEFAULT_RETRY_POLICY, RetryPolicy
from goqueue_worker.payload_schema import to_json_schema

HandlerFunction = Callable[..., Any]
Hook = Callable[[], object]
F = TypeVar("F", bound=HandlerFunction)
Isolation = Literal["thread", "process"]
PayloadSchema = Mapping[str, Any] | Schema | type[Schema]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """A function and how its jobs are treated. timeout_seconds None: an attempt may take for ever."""

    type: str
    function: HandlerFunction
    max_retries: int = DEFAULT_MAX_RETRIES
    timeout_seconds: float | None = None
    backoff: RetryPolicy = DEFAULT_RETRY_POLICY
    schema: dict[str, Any] | None = None
    isolation: Isolation = "thread"
    is_async: bool = field(init=False)
    payload_check: PayloadCheck = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Looked up once: every attempt asks."""
        object.__setattr__(self, "is_async", inspect.iscoroutinefunction(self.function))
        object.__setattr__(self, "payload_check", PayloadCheck(self.schema))

    @property
    def how(self) -> str:
        """`thread`, `async` or `process`: how it is run, as the API shows it."""
        return "async" if self.is_async and self.isolation == "thread" else self.isolation

    @property
    def description(self) -> str:
        """The first paragraph of the function's docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n\n")[0].replace("\n", " ")[:500]

    @property
    def fingerprint(self) -> str:
        """The same for the same contract: schema, retries, timeout, isolation; not for the same code."""
        contract = [self.type, self.schema, self.max_retries, self.timeout_seconds, self.how, self.description]
        return hashlib.sha256(orjson.dumps(contract, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    @property
    def origin(self) -> str:
        """Where the function was written, for messages."""
        code = getattr(self.function, "__code__", None)
        name = getattr(self.function, "__qualname__", repr(self.function))
        return f"{getattr(self.function, '__module__', '?')}.{name}" + (f" (line {code.co_firstlineno})" if code else "")


@dataclass(slots=True)
class Declarations:
    """What was declared while a module was loading."""

    handlers: list[Handler] = field(default_factory=list)
    start_hooks: list[Hook] = field(default_factory=list)
    stop_hooks: list[Hook] = field(default_factory=list)


_by_function: Final[weakref.WeakKeyDictionary[Any, list[Handler]]] = weakref.WeakKeyDictionary()
_hooks: Final[weakref.WeakKeyDictionary[Any, str]] = weakref.WeakKeyDictionary()
_loading: Final[ContextVar[Declarations | None]] = ContextVar("goqueue_loading", default=None)


def handler(
    type: str,  # noqa: A002 - the field's name everywhere
    *,
    max_retries: int = DEFAULT_MAX_RETRIES,
    timeout: float | None = None,
    backoff: RetryPolicy | None = None,
    schema: PayloadSchema | None = None,
    isolation: Isolation = "thread",
) -> Callable[[F], F]:
    """Declare the decorated function as the handler of jobs of this type; the function itself stays as it is.

    max_retries: retries after the first attempt, unless the job says otherwise. timeout: seconds an attempt may take.
    schema: JSON Schema or marshmallow schema of the payload; submits that break it are refused with 422.
    isolation: "process" runs each attempt in a process of its own, which a timeout really kills.
    Raises SettingsError for values that make no sense.
    """

    _check_type(type)

    def declare(function: F) -> F:
        register(
            type,
            function,
            max_retries=max_retries,
            timeout=timeout,
            backoff=backoff,
            schema=schema,
            isolation=isolation,
        )
        return function

    return declare


def register(
    type: str,  # noqa: A002 - the field's name everywhere
    function: HandlerFunction,
    *,
    max_retries: int = DEFAULT_MAX_RETRIES,
    timeout: float | None = None,
    backoff: RetryPolicy | None = None,
    schema: PayloadSchema | None = None,
    isolation: Isolation = "thread",
) -> None:
    """The plain call of `handler`: `worker.register("email.send", send_email)`."""
    _check(type, function, max_retries, timeout, isolation)
    declared = Handler(
        type=type,
        function=function,
        max_retries=max_retries,
        timeout_seconds=timeout,
        backoff=backoff or DEFAULT_RETRY_POLICY,
        schema=None if schema is None else to_json_schema(schema, type),
        isolation=isolation,
    )
    _by_function.setdefault(function, []).append(declared)
    if (loading := _loading.get()) is not None:
        loading.handlers.append(declared)


def on_start(hook: Callable[[], Any]) -> Callable[[], Any]:
    """Call `hook()` in each process that runs handlers, before its first job. Its error stops the worker."""
    return _hook(hook, "start")


def on_stop(hook: Callable[[], Any]) -> Callable[[], Any]:
    """Call `hook()` in each process that runs handlers, after its last job, when it stops in order."""
    return _hook(hook, "stop")


def _hook(hook: Hook, moment: str) -> Hook:
    _hooks[hook] = moment
    if (loading := _loading.get()) is not None:
        (loading.start_hooks if moment == "start" else loading.stop_hooks).append(hook)
    return hook


@contextmanager
def collecting() -> Iterator[Declarations]:
    """What is declared inside the block, however deep in imports."""
    declarations = Declarations()
    token = _loading.set(declarations)
    try:
        yield declarations
    finally:
        _loading.reset(token)


def declared_as(candidate: object) -> list[Handler]:
    """The declarations of a function; none for anything else."""
    try:
        return list(_by_function.get(candidate, ()))
    except TypeError:  # not hashable or not weakly referable: no function
        return []


def declared_under(package: str) -> list[Handler]:
    """The declarations of all functions of a module and, if it is a package, of the modules in it."""
    return [found for function in _written_under(package, _by_function) for found in _by_function[function]]


def hooks_under(package: str, moment: str) -> list[Hook]:
    """The hooks for `start` or `stop` of a module and, if it is a package, of the modules in it."""
    return [hook for hook in _written_under(package, _hooks) if _hooks[hook] == moment]


def _written_under(package: str, functions: Iterable[Any]) -> list[Any]:
    return [one for one in functions if f"{getattr(one, '__module__', '')}.".startswith(f"{package}.")]


def hook_moment(candidate: object) -> str | None:
    """`start` or `stop` for a function declared as a hook."""
    try:
        return _hooks.get(candidate)
    except TypeError:
        return None


def _check_type(type_: object) -> None:
    """At once, so that a decorator without brackets, which never gets to declare anything, does not pass unseen."""
    if not isinstance(type_, str) or not is_name(type_):
        raise SettingsError(
            f"{type_!r} is no job type: use 1 to 64 letters, digits, '.', '_', '-', first a letter or digit "
            "(write @handler('email.send'), with the type in brackets)"
        )


def _check(type_: object, function: object, max_retries: int, timeout: float | None, isolation: str) -> None:
    _check_type(type_)
    if not callable(function):
        raise SettingsError(f"handler {type_!r}: {function!r} is no function")
    if not 0 <= max_retries <= MAX_RETRIES:
        raise SettingsError(f"handler {type_!r}: max_retries={max_retries!r} is out of range: 0 to {MAX_RETRIES}")
    if timeout is not None and not 0 < timeout <= MAX_SECONDS:
        raise SettingsError(f"handler {type_!r}: timeout={timeout!r} is out of range: more than 0 seconds")
    if isolation not in ("thread", "process"):
        raise SettingsError(f"handler {type_!r}: isolation={isolation!r}: choose 'thread' or 'process'")
