from __future__ import annotations

import pytest

from goqueue_common.trace_context import read_traceparent, trace_id_of

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize("flags", ["00", "01", "ff"])
def test_a_valid_context_is_kept_as_it_is(flags: str) -> None:
    given = f"00-{TRACE}-{PARENT}-{flags}"
    assert read_traceparent(f" {given}\t") == given
    assert trace_id_of(given) == TRACE


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param(f"00-{TRACE}-{PARENT}", id="no flags"),
        pytest.param(f"00-{TRACE}-{PARENT}-01-", id="version 00 with more"),
        pytest.param(f"00-{TRACE}-{PARENT}-01-x", id="version 00 with a member more"),
        pytest.param(f"ff-{TRACE}-{PARENT}-01", id="version ff"),
        pytest.param(f"0-{TRACE}-{PARENT}-01", id="short version"),
        pytest.param(f"00-{'0' * 32}-{PARENT}-01", id="trace of zeros"),
        pytest.param(f"00-{TRACE}-{'0' * 16}-01", id="parent of zeros"),
        pytest.param(f"00-{TRACE.upper()}-{PARENT}-01", id="capitals"),
        pytest.param(f"00-{TRACE[1:]}-{PARENT}-01", id="short trace"),
        pytest.param(f"00-{TRACE}-{PARENT}-1", id="short flags"),
        pytest.param(f"00-{TRACE}-{PARENT}-0g", id="no hex"),
        pytest.param(f"00-{TRACE}-{PARENT}-01\n", id="line end"),
        pytest.param(f"00-{TRACE}-{PARENT}-01,00-{TRACE}-{PARENT}-01", id="two headers"),
        pytest.param(f"cc-{TRACE}-{PARENT}-01.more", id="later version without a dash"),
        pytest.param(f"00-{TRACE}-{PARENT}-٠١", id="digits of another script"),
    ],
)
def test_what_breaks_a_rule_is_as_if_none_had_come(given: str | None) -> None:
    assert read_traceparent(given) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param(f"01-{TRACE}-{PARENT}-01", "01", id="sampled"),
        pytest.param(f"cc-{TRACE}-{PARENT}-fe-what-comes-one-day", "00", id="flags nobody knows"),
    ],
)
def test_of_a_later_version_what_we_know_is_kept(given: str, kept: str) -> None:
    assert read_traceparent(given) == f"00-{TRACE}-{PARENT}-{kept}"
