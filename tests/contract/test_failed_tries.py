"""Who tries one wrong key after the other has to wait, and nobody else has."""

from __future__ import annotations

import time

import requests

from goqueue_api.access.failed_tries import BURST, REFILL_SECONDS
from goqueue_api.access.token import new_token
from tests.contract.conftest import Service

MORE = 20


def test_an_address_that_tries_wrong_keys_is_slowed_down_and_good_keys_are_not(service: Service) -> None:
    with requests.Session() as session:

        def ask(token: str) -> requests.Response:
            return session.get(f"{service.url}/me", headers={"Authorization": f"Bearer {token}"}, timeout=10)

        assert ask(service.admin).status_code == 200
        began = time.monotonic()
        answers = [ask(new_token().token) for _ in range(BURST + MORE)]
        refilled = (time.monotonic() - began) / REFILL_SECONDS

        tried = [answer for answer in answers if answer.status_code == 401]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert len(tried) + len(refused) == len(answers)
        assert BURST <= len(tried) <= BURST + refilled
        assert refused, f"{len(answers)} wrong keys in {refilled * REFILL_SECONDS:.1f} s, and none was refused unseen"
        assert refused[0].json()["code"] == "too_many_failed_tries"
        assert int(refused[0].headers["Retry-After"]) >= REFILL_SECONDS

        assert ask(service.admin).status_code == 200
        assert session.get(f"{service.url}/me", timeout=10).status_code == 401
