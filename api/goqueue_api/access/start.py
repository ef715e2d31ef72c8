"""Who may call, decided before anything is served: an API that other machines can reach asks for keys, and has one."""

from __future__ import annotations

import structlog

from goqueue_api.access.authenticator import REMEMBERED_SECONDS
from goqueue_api.settings import ApiSettings
from goqueue_common.api_key_store import ApiKeyStore
from goqueue_common.database import connect
from goqueue_common.errors import SettingsError, StoreUnavailable

log = structlog.get_logger(__name__)


def check_access(settings: ApiSettings) -> None:
    """Say who may call. Raises SettingsError for an API that others can reach and that nobody could use.

    Without PostgreSQL it is not known whether there is a key: the API then starts, and asks for one.
    """
    if settings.is_open:
        log.warning("access_is_open", reason="GOQUEUE_AUTH=none: nobody is asked for a key")
        return
    has_keys = settings.bootstrap_key is not None or _any_key(settings)
    if has_keys or has_keys is None:
        return
    if not settings.is_loopback:
        raise SettingsError(
            f"{settings.open_addresses} opens the API to other machines, and there is no key: make one with "
            "`goqueue keys create`, set GOQUEUE_BOOTSTRAP_KEY, bind to 127.0.0.1, or set GOQUEUE_AUTH=none if the network "
            "around it is trusted"
        )
    log.warning(
        "access_is_open",
        reason=f"there is no key yet, so this machine alone is served, and not asked for one; {REMEMBERED_SECONDS:.0f} s "
        "after `goqueue keys create` everybody is",
    )


def _any_key(settings: ApiSettings) -> bool | None:
    database = connect(
        settings.stores.database_url, pool_size=1, statement_timeout_seconds=2.0, application_name="goqueue-api"
    )
    try:
        return ApiKeyStore(database).any_exists()
    except StoreUnavailable as error:
        log.debug("keys_unknown", reason=str(error))
        return None
    finally:
        database.close()
