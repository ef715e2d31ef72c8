"""The outbox of final jobs: what dispatch pays for search is one narrow row a batch. search_index_store empties it."""

from __future__ import annotations

from typing import Final

from goqueue_common.lifecycle import FINAL

FINAL_LIST: Final = ", ".join(f"'{status}'" for status in sorted(FINAL))
"""The final statuses as SQL lists them."""


def noting_finished(written: str, *, worker_id: str = "NULL") -> str:
    """A CTE that notes what another one brought into a final status, as one row; every UPDATE that ends jobs has it.

    written: the CTE that updates; it returns the columns `id` (uuid) and `status`. worker_id: SQL of who ended them.
    """
    return f"""noted AS (
    INSERT INTO finished_batches (worker_id, ids)
    SELECT {worker_id}, ended.ids FROM (
        SELECT array_agg(id) AS ids FROM {written} WHERE status IN ({FINAL_LIST})
    ) AS ended WHERE ended.ids IS NOT NULL
)"""  # noqa: S608 - constants


def forgetting(written: str) -> str:
    """A CTE that takes out of the search index what another one brought back to life; where it is left out, search only
    finds entries that it must drop.

    written: as for noting_finished.
    """
    return f"""forgotten AS (
    DELETE FROM job_search WHERE id = ANY(ARRAY(SELECT id FROM {written} WHERE status NOT IN ({FINAL_LIST})))
)"""  # noqa: S608 - constants
