"""Secrets in protobuf, which is how helm writes down its releases; nothing else comes so but words about deleting one."""

from __future__ import annotations

import base64
from typing import Any

MAGIC = b"k8s\x00"

Field = tuple[int, Any]


def secret(body: bytes) -> dict[str, Any]:
    """The Secret in a body that begins with MAGIC, or {} for DeleteOptions. Raises ValueError for another kind."""
    envelope = dict(_fields(body[len(MAGIC) :]))
    kind = dict(_fields(envelope[1])).get(2, b"").decode()
    if kind == "DeleteOptions":
        return {}
    if kind != "Secret":
        raise ValueError(f"a {kind} came in protobuf; this server reads Secrets only")
    members = _fields(envelope[2])
    metadata = _fields(dict(members)[1])
    named = dict(metadata)
    found: dict[str, Any] = {
        "name": named[1].decode(),
        "labels": {key: value.decode() for key, value in _map(metadata, 11)},
    }
    found.update(
        {name: named[number].decode() for name, number in (("uid", 5), ("resourceVersion", 6)) if named.get(number)}
    )
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": found,
        "type": dict(members).get(3, b"Opaque").decode(),
        "data": {key: base64.b64encode(value).decode() for key, value in _map(members, 2)},
    }


def _map(fields: list[Field], number: int) -> list[tuple[str, bytes]]:
    """Keys and values of a map, which is a list of messages with a key and a value."""
    entries = [dict(_fields(value)) for one, value in fields if one == number]
    return [(entry.get(1, b"").decode(), entry.get(2, b"")) for entry in entries]


def _fields(message: bytes) -> list[Field]:
    """(number, value) of each field: an int, or bytes."""
    found: list[Field] = []
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(message, at)
            found.append((number, value))
            continue
        size, at = _varint(message, at) if wire == 2 else ({1: 8, 5: 4}[wire], at)
        found.append((number, message[at : at + size]))
        at += size
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The number that begins at `at`, and where it ends."""
    value = shift = 0
    while True:
        value |= (message[at] & 127) << shift
        shift += 7
        at += 1
        if message[at - 1] < 128:
            return value, at
