"""`goqueue keys create | list | revoke`: straight in PostgreSQL, so that the first key can be made before the API runs."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from datetime import UTC, datetime
from typing import Final, NoReturn

import orjson
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from goqueue_api.access.authenticator import REMEMBERED_SECONDS
from goqueue_api.access.scope import GRANTABLE
from goqueue_api.access.token import new_token
from goqueue_common import structured_logs
from goqueue_common.api_key_store import ApiKey, ApiKeyStore
from goqueue_common.audit_store import Actor
from goqueue_common.database import connect
from goqueue_common.errors import GoQueueError, SettingsError
from goqueue_common.settings import environment
from goqueue_common.store_settings import StoreSettings

_UNITS: Final = {"m": 60, "h": 3600, "d": 86_400}
_LONGEST_SECONDS: Final = 100 * 365 * 86_400
_NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_SHOWN: Final = ("id", "name", "scopes", "created_at", "expires_at", "last_used_at", "state")


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise SettingsError(message)


def main(words: list[str] | None = None) -> int:
    """0 done; 2 and one line on stderr when something makes no sense or PostgreSQL is away."""
    try:
        arguments = _arguments().parse_args(words)
        url = StoreSettings.read(environment()).database_url
        database = connect(url, pool_size=1, statement_timeout_seconds=10.0, application_name="goqueue-keys")
        try:
            arguments.run(ApiKeyStore(database), arguments)
        finally:
            database.close()
    except (GoQueueError, SQLAlchemyError) as error:
        print(f"goqueue keys: {str(error).splitlines()[0]}", file=sys.stderr)  # noqa: T201 - a command line speaks by print
        return 2
    return 0


def _create(store: ApiKeyStore, arguments: argparse.Namespace) -> None:
    made = new_token()
    key = store.create(
        made.id,
        made.secret_hash,
        name=arguments.name,
        scopes=arguments.scopes,
        lifetime_seconds=arguments.expires,
        actor=_actor(),
    )
    if arguments.json:
        print(orjson.dumps(_document(key) | {"key": made.token}, option=orjson.OPT_UTC_Z).decode())  # noqa: T201
        return
    until = "" if key.expires_at is None else f", until {_moment(key.expires_at)} UTC"
    print(f"key {key.id} ({key.name}): {', '.join(key.scopes)}{until}; shown this once:", file=sys.stderr)  # noqa: T201
    print(made.token)  # noqa: T201 - alone on standard output, for a script to take


def _list(store: ApiKeyStore, arguments: argparse.Namespace) -> None:
    documents = [_document(key) for key in store.list_all()]
    if arguments.json:
        print(orjson.dumps(documents, option=orjson.OPT_UTC_Z).decode())  # noqa: T201
        return
    if not documents:
        print("no key yet: `goqueue keys create --name me --scope admin` makes one", file=sys.stderr)  # noqa: T201
        return
    table = Table(box=None, pad_edge=False)
    for column in ("id", "name", "scopes", "created (UTC)", "expires", "last used", "state"):
        table.add_column(column, overflow="fold", no_wrap=column not in ("name", "scopes"))
    for document in documents:
        table.add_row(*(_cell(document[name]) for name in _SHOWN))
    Console(highlight=False).print(table)


def _revoke(store: ApiKeyStore, arguments: argparse.Namespace) -> None:
    store.revoke(arguments.id, _actor())
    print(  # noqa: T201
        f"key {arguments.id} is revoked; a running API may take it for {REMEMBERED_SECONDS:.0f} s more", file=sys.stderr
    )


def _document(key: ApiKey) -> dict[str, object]:
    state = "valid" if key.is_valid else "revoked" if key.revoked_at is not None else "expired"
    shown = {name: getattr(key, name) for name in _SHOWN if name != "state"}
    return shown | {"state": state}


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return _moment(value)
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _actor() -> Actor:
    try:
        return Actor(f"{getpass.getuser()} (command line)")
    except (KeyError, OSError):  # a container's user need not have a name
        return Actor("command line")


def _arguments() -> argparse.ArgumentParser:
    parser = _Arguments(prog="goqueue keys", description="API keys; reads DATABASE_URL.", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="create | list | revoke")
    create = commands.add_parser("create", help="make a key and show it, this once", allow_abbrev=False)
    create.add_argument("--name", required=True, type=_name, help="whose it is: the audit log shows it")
    create.add_argument(
        "--scope",
        dest="scopes",
        action="append",
        required=True,
        choices=[str(scope) for scope in GRANTABLE],
        help="what it may be used for; several times for several. operate includes read, admin everything",
    )
    create.add_argument("--expires", type=_lifetime, metavar="90d", help="lifetime: a number and m, h or d; left out: none")
    revoke = commands.add_parser("revoke", help="end a key", allow_abbrev=False)
    revoke.add_argument("id", help="as `list` shows it")
    listing = commands.add_parser("list", help="all keys, without their secrets", allow_abbrev=False)
    for command, run in ((create, _create), (listing, _list), (revoke, _revoke)):
        command.set_defaults(run=run)
    for command in (create, listing):
        command.add_argument("--json", action="store_true", help="as JSON")
    return parser


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("a name has 1 to 100 printable characters")
    return text


def _lifetime(text: str) -> float:
    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or unit not in _UNITS or not 0 < int(number) * _UNITS[unit] <= _LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text!r} is no lifetime: write a number and m, h or d, such as 90d")
    return float(int(number) * _UNITS[unit])


if __name__ == "__main__":
    structured_logs.disable()
    sys.exit(main())
