from __future__ import annotations

import time
import traceback
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goqueue_common.fingerprint import MAX_MESSAGE_CHARACTERS, digest, fingerprint, normalised, top_frame

SAME: dict[str, tuple[str, list[str]]] = {
    "number": (
        "ValueError: order <number> has no lines",
        [
            "ValueError: order 42 has no lines",
            "ValueError: order -7.5e3 has no lines",
            f"ValueError: order 1{'0' * 31} has no lines",
        ],
    ),
    "number behind a dash": ("no access to bucket-<number>", ["no access to bucket-1", "no access to bucket-500"]),
    "list of numbers": ("missing: [<number>]", ["missing: [1]", "missing: [1, 2, 33]"]),
    "uuid": (
        "job <uuid> is gone",
        ["job 019cade2-1238-768e-8433-a398418d79cc is gone", "job 0CCADE21238768E8433A398418D79CC0 is gone"],
    ),
    "hexadecimal id": ("commit <hex> is unknown", ["commit deadbeef12 is unknown", "commit 0x7f12ab is unknown"]),
    "opaque id": (
        "customer <id> is gone",
        ["customer cus_NffrFeUfNV2Hib is gone", "customer 2024-eu-west-order-17 is gone"],
    ),
    "quoted text": (
        "KeyError: <text>",
        ["KeyError: 'ada'", 'KeyError: "o\'neill"', "KeyError: 'it\\'s'", "KeyError: b'x'"],
    ),
    "e-mail": ("no mailbox <email>", ["no mailbox ada@example.org", "no mailbox a.b+c@mail.example.co.uk"]),
    "url": ("<url> answered 404", ["https://a.example/x?y=1 answered 404", "http://b.example:80/ answered 404"]),
    "path": ("no file <path>", ["no file /tmp/a/b.txt", "no file ../x/y", "no file C:\\Users\\ada\\x.txt"]),
    "time": ("not before <time>", ["not before 2026-03-02T09:30:00.12Z", "not before 2026-03-02", "not before 09:30:15"]),
    "address": ("cannot reach <address>", ["cannot reach 10.0.0.7:5432", "cannot reach fe80::1"]),
    "space": ("a b", ["a  b ", " a\tb"]),
}
DIFFERENT = [
    "ValueError: order 1 has no lines",
    "ValueError: order 1 has no customer",
    "TypeError: order 1 has no lines",
    "its process died: signal 9",
    "its process died: signal 11",
    "its process died: exit code 1",
    "https://a.example/ answered 404",
    "https://a.example/ answered 503",
    "OSError: [Errno 111] Connection refused",
    "OSError: [Errno 13] Connection refused",
    "AttributeError: 'NoneType' object has no attribute 'name'",
    "AttributeError: 'NoneType' object has no attribute 'price'",
    "S3UploadFailedError: no",
    "S3TransferFailedError: no",
    "utf8 is not utf16",
    "utf8 is not utf32",
]


@pytest.mark.parametrize(
    ("message", "error"),
    [pytest.param(message, error, id=name) for name, (message, errors) in SAME.items() for error in errors],
)
def test_what_differs_from_job_to_job_is_left_out(message: str, error: str) -> None:
    assert normalised(error) == message


def test_different_errors_are_different_groups() -> None:
    assert [pair for pair in combinations(DIFFERENT, 2) if normalised(pair[0]) == normalised(pair[1])] == []


@given(st.text())
def test_whatever_an_error_says_its_message_is_one_short_line(error: str) -> None:
    message = normalised(error)
    assert len(message) <= MAX_MESSAGE_CHARACTERS
    assert message == " ".join(message.split())
    assert len(fingerprint("mail", error, error)) == 16


VALUES = st.one_of(
    st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.uuids(), st.datetimes(), st.ip_addresses()
)


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5))
def test_values_of_one_kind_are_one_group(pairs: list[tuple[object, object]]) -> None:
    alike = [(one, other) for one, other in pairs if type(one) is type(other)]
    errors = [" and ".join(f"no {pair[place]}" for pair in alike) for place in (0, 1)]
    assert normalised(errors[0]) == normalised(errors[1])


HOSTILE = [
    "a",
    "1",
    "'",
    '"',
    "`",
    "\\'",
    "/a",
    "a@",
    "a.",
    "1.",
    "1-",
    "f0",
    ":",
    "1:",
    "<a>, ",
    "a://",
    "a1_",
    " ' 'x",
    "1e+",
    "'a'b",
]


@pytest.mark.parametrize("before", ["", "'", "a@", "http://"])
@pytest.mark.parametrize("unit", HOSTILE)
def test_no_message_keeps_anybody_busy(unit: str, before: str) -> None:
    error = before + unit * 1_000_000
    began = time.process_time()
    normalised(error)
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize(
    "unit", [' File "', '  File "x", line 1, in f\n', "  | ", "\n", "Traceback (most recent call last):\n", "/lib"]
)
def test_no_traceback_keeps_anybody_busy(unit: str) -> None:
    trace = unit * (8_192 // len(unit))
    began = time.process_time()
    top_frame(trace)
    assert time.process_time() - began < 0.05


def frames(*paths: str) -> str:
    lines = [f'  File "{path}", line {number}, in f{number}\n    call()\n' for number, path in enumerate(paths, 1)]
    return "Traceback (most recent call last):\n" + "".join(lines) + "ValueError: no\n"


SITE = "/venv/lib/python3.12/site-packages"
FRAMES: dict[str, tuple[str, str | None]] = {
    "the innermost of the user's": (frames("/app/shop/jobs.py", "/app/shop/orders.py"), "shop/orders.py:f2"),
    "not a package's": (frames("/app/shop/jobs.py", f"{SITE}/requests/api.py"), "shop/jobs.py:f1"),
    "not Python's": (frames("/app/shop/jobs.py", "/usr/lib/python3.11/json/decoder.py"), "shop/jobs.py:f1"),
    "not Debian's": (frames("/app/shop/jobs.py", "/usr/lib/python3/dist-packages/yaml/x.py"), "shop/jobs.py:f1"),
    "not GoQueue's": (frames("/app/shop/jobs.py", f"{SITE}/goqueue_worker/job_context.py"), "shop/jobs.py:f1"),
    "not frozen": (frames("/app/shop/jobs.py", "<frozen importlib._bootstrap>"), "shop/jobs.py:f1"),
    "a callback": (frames("/app/shop/jobs.py", f"{SITE}/tenacity/x.py", "/app/shop/calls.py"), "shop/calls.py:f3"),
    "an installed handler": (frames(f"{SITE}/shop/jobs.py", f"{SITE}/shop/a/b.py", f"{SITE}/requests/api.py"), "a/b.py:f2"),
    "an async handler": (
        frames(f"{SITE}/goqueue_worker/event_loop.py", "/usr/lib/python3.11/asyncio/runners.py", "/app/shop/jobs.py"),
        "shop/jobs.py:f3",
    ),
    "a built-in handler": (
        frames(f"{SITE}/goqueue_builtin/mail.py", "/usr/lib/python3.11/smtplib.py"),
        "goqueue_builtin/mail.py:f1",
    ),
    "nothing of the user's": (frames("/usr/lib/python3.11/json/decoder.py"), "json/decoder.py:f1"),
    "only GoQueue's": (frames("/src/worker/goqueue_worker/executor.py"), "goqueue_worker/executor.py:f1"),
    "Windows": (frames("C:\\shop\\jobs.py"), "shop/jobs.py:f1"),
    "the error, not its cause": (
        frames("/app/a.py", "/app/b.py") + "\nDuring handling:\n\n" + frames("/app/c.py"),
        "app/c.py:f1",
    ),
    "a traceback without its beginning": ("…\nne 3, in x\n" + frames("/app/a.py").partition("\n")[2], "app/a.py:f1"),
    "no frames": ("ValueError: no\n", None),
}


@pytest.mark.parametrize(("trace", "frame"), FRAMES.values(), ids=FRAMES)
def test_the_frame_is_the_innermost_of_the_users_own_code(trace: str, frame: str | None) -> None:
    assert top_frame(trace) == frame


def test_the_frame_of_grouped_errors_is_where_they_were_gathered() -> None:
    def gather() -> None:
        raise ExceptionGroup("several", [ValueError("a"), KeyError("b")])

    try:
        gather()
    except ExceptionGroup as error:
        trace = "".join(traceback.format_exception(error))
    assert top_frame(trace) == "common/test_fingerprint.py:gather"


def test_a_fingerprint_tells_types_messages_and_frames_apart() -> None:
    trace, other_trace = frames("/app/a.py"), frames("/app/b.py")
    found = {
        fingerprint("mail", "ValueError: 1", trace),
        fingerprint("mail", "ValueError: 1", other_trace),
        fingerprint("mail", "ValueError: 1"),
        fingerprint("mail", "ValueError: x", trace),
        fingerprint("shop", "ValueError: 1", trace),
    }
    assert len(found) == 5
    assert fingerprint("mail", "ValueError: 2", trace.replace("line 1", "line 99")) in found


def test_a_fingerprint_is_the_same_for_ever() -> None:
    assert digest("mail", "ValueError: <number>", "shop/jobs.py:ship") == "2701a56a5c5c3c66"
