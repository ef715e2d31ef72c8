"""Why a job is not running now: from facts, which explain_search finds, to reasons that people and programs read."""
