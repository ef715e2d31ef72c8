"""Live events: streams that outlive their request and hold no request thread.

A request thread authenticates, reads what is asked for and catches up on what was missed; then the connection goes to the
one thread of the process that writes all streams (StreamThread). Who tells them: Feed, by the capped stream in Redis;
JobWatcher and StatsCollector, from PostgreSQL, so that they go on without Redis. Each runs only while somebody wants it.
"""
