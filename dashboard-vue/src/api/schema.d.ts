// Generated from api/openapi.json by `npm run api:types`; do not edit.
export interface paths {
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs, newest first, or oldest first
         * @description A search that would take longer than two seconds is answered with 503 `query_timeout`, which names the filter to narrow.
         */
        get: operations["listJobs"];
        put?: never;
        /**
         * Submit a job
         * @description Once this is answered with 201 the job is never lost: it ends completed, failed or cancelled.
         */
        post: operations["submitJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count jobs
         * @description With more than 10,000 the answer is `{"value": 10000, "relation": "gte"}`: at least so many.
         */
        get: operations["countJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggest values for a filter
         * @description Not every tag is known: those of the newest jobs, and the most common ones.
         */
        get: operations["suggestJobFilters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        /** Show a job, if asked for once it is finished */
        get: operations["getJob"];
        put?: never;
        post?: never;
        /** Delete a finished job */
        delete: operations["deleteJob"];
        options?: never;
        head?: never;
        /**
         * Change a job that waits
         * @description Members that are left out stay. `run_at` ahead makes it scheduled; null, or a time that has passed, makes it due now.
         */
        patch: operations["editJob"];
        trace?: never;
    };
    "/jobs/{job_id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        /**
         * Say why a job is not running now, and what to do
         * @description Of a job that runs or has ended it says so. `detail` and `action` are sentences for people; programs match on `code`.
         */
        get: operations["explainJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a finished or retrying job again, now
         * @description One more failure is allowed than it has had.
         */
        post: operations["retryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/run-now": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a scheduled or retrying job now, not when it is due */
        post: operations["runJobNow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a job */
        post: operations["cancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/rerun": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a finished job again, as it was or with edits
         * @description The old job stays as it is. Everything but `type` may be edited; what is left out is as in the old job, due at once.
         */
        post: operations["rerunJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        /**
         * List what a job's handler logged, the oldest line first
         * @description To follow a job, ask again with next_after until `complete`.
         */
        get: operations["listJobLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit up to 10,000 jobs: all or none
         * @description Items may carry a key each, so that a replayed one answers with the first job; the header's key covers the whole batch.
         */
        post: operations["submitBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List bulk operations, newest first */
        get: operations["listBulkOperations"];
        put?: never;
        /**
         * Retry, cancel, delete, run or re-prioritise many jobs
         * @description The filter is fixed when it begins: jobs submitted later are not touched. It goes on whatever process dies.
         */
        post: operations["startBulkOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bulk/{operation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /bulk answered it. */
                operation_id: string;
            };
            cookie?: never;
        };
        /** Show a bulk operation and how far it has come */
        get: operations["getBulkOperation"];
        put?: never;
        post?: never;
        /**
         * Abort a running bulk operation
         * @description What it has changed stays changed; it changes nothing after this answer.
         */
        delete: operations["abortBulkOperation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queues/{name}/purge": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel every waiting job of a queue
         * @description A bulk operation like any other; jobs that run are left alone.
         */
        post: operations["purgeQueue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List failures by groups
         * @description A group is what failed with the same message, but for ids and numbers, in the same function of the same job type. It is
         *     forgotten once it was not seen for 30 days; of more than 10,000 groups the longest unseen go first.
         */
        get: operations["listFailures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/failures/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As GET /failures lists it. */
                fingerprint: string;
            };
            cookie?: never;
        };
        /** Show a group of failures, with a traceback and what can be done about it */
        get: operations["getFailure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List queues with how many jobs they have, and how these come and go */
        get: operations["listQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queues/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        /** Show a queue */
        get: operations["getQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queues/{name}/types": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        /** List the types of a queue's jobs, with how many there are in each status */
        get: operations["listQueueTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queues/{name}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a queue
         * @description Within a second no worker starts a job of it any more; what runs goes on, and jobs are still taken in. A queue that has
         *     no job yet may be paused, too.
         */
        post: operations["pauseQueue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queues/{name}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a paused queue */
        post: operations["resumeQueue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the whole system at one look
         * @description Counts are exact. Rates and quantiles are those of the present and the last minute, of queues those of five minutes.
         */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/timeseries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what happened over time, of all together or also of each queue
         * @description Jobs are counted in the minute in which it happened to them, whatever became of them since.
         */
        get: operations["getTimeseries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List concurrency limits */
        get: operations["listLimits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/limits/{kind}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What is limited. */
                kind: "queue" | "type";
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        /** Show a concurrency limit */
        get: operations["getLimit"];
        /**
         * Limit how many jobs of a queue or a type run at once
         * @description Over all workers, exactly. A slot is held from the claim to the end of an attempt; that of a worker which dies is free
         *     again once its lease has run out. The queue or type need not exist yet.
         */
        put: operations["setLimit"];
        post?: never;
        /** Remove a concurrency limit */
        delete: operations["removeLimit"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List workers and what each runs
         * @description One item is one child process: what claims and runs jobs under a lease of its own.
         */
        get: operations["listWorkers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workers/{worker_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As GET /workers lists it. */
                worker_id: string;
            };
            cookie?: never;
        };
        /** Show a worker */
        get: operations["getWorker"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workers/{worker_id}/drain": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As GET /workers lists it. */
                worker_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have a worker claim nothing more
         * @description It gives back what it has not started, finishes what runs, stays alive and is then `drained`. This is not undone: once
         *     it is stopped and started again, a fresh worker claims.
         */
        post: operations["drainWorker"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List schedules by name
         * @description With `next` and `runs` each shows when it fires next, and what became of its last instants.
         */
        get: operations["listSchedules"];
        put?: never;
        /** Create a schedule */
        post: operations["createSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{schedule}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        /** Show a schedule */
        get: operations["getSchedule"];
        /**
         * Create or replace a schedule
         * @description What is left out is as usual, but for `paused`: left out, it stays as it is. To replace takes If-Match.
         */
        put: operations["putSchedule"];
        post?: never;
        /**
         * Delete a schedule
         * @description Its jobs stay. One that the schedules file keeps is deleted there.
         */
        delete: operations["deleteSchedule"];
        options?: never;
        head?: never;
        /**
         * Change a schedule
         * @description Members that are left out stay. With another cron, timezone, starts_at or ends_at it fires from now on by the new ones;
         *     instants that were due by the old ones and not fired yet are dropped.
         */
        patch: operations["editSchedule"];
        trace?: never;
    };
    "/schedules/{schedule}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a schedule
         * @description It fires nothing until it is resumed, and what falls between is dropped.
         */
        post: operations["pauseSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{schedule}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a paused schedule */
        post: operations["resumeSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{schedule}/run": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit the job of a schedule now
         * @description Also while it is paused or a job of it is unfinished. When it fires next does not change.
         */
        post: operations["runSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show what a cron means, and when it would fire
         * @description Nothing is stored. `transition` tells of the next change of the zone's clocks, to or from summer time, and what the cron
         *     does at it.
         */
        post: operations["previewSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{schedule}/next": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        /**
         * Show when a schedule fires next
         * @description As if it were not paused, and without its jitter.
         */
        get: operations["listNextRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{schedule}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        /**
         * List the runs of a schedule, newest first
         * @description They are kept for 8 days, and the newest 100 for as long as the schedule is there.
         */
        get: operations["listScheduleRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/fire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the jobs of instants that are due
         * @description For schedulers; to run one now, ask for its run. Each instant gets one job at most, however often it is asked for.
         */
        post: operations["fireSchedules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the schedules of the schedules file what the file says: all or nothing
         * @description For schedulers. What the file has no more is removed, or paused if it has ever run. Schedules made by the API are not
         *     touched; one of the same name is a conflict.
         */
        post: operations["syncSchedules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedulers/{scheduler_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Which the scheduler gave itself when it started. */
                scheduler_id: string;
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Say that a scheduler lives, and how it is
         * @description For schedulers, every other second.
         */
        put: operations["reportScheduler"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedulers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List schedulers
         * @description Those that were lost or have ended are shown for an hour.
         */
        get: operations["listSchedulers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/handlers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List job types, their versions and the live workers that have them */
        get: operations["listHandlers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow what happens, as server-sent events
         * @description First comes `hello`, then an event named after its topic whenever there is something: `jobs` twice a second at most,
         *     `stats` once a second, `job` for `job:<id>`. They are hints for people's screens; after `resync` something was missed,
         *     and what is shown must be read anew. A comment comes each 15 seconds.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        /**
         * Follow a job to its end, as server-sent events
         * @description `job` shows its state now and whenever it changes, `log` each line that it writes, with its place as `id`; `end` is
         *     the last.
         */
        get: operations["streamJobEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show whose key this is, and what it allows
         * @description Where nobody is asked for a key, everybody is `anonymous` and may do everything.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was done by hand, newest first
         * @description Retries, cancels, changes and deletions of jobs, bulk operations, paused queues, drained workers, changes of schedules,
         *     keys made and revoked. What schedules fire by themselves is in their runs.
         *     Nobody can change or delete an entry.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the metrics of all processes of this API
         * @description What waits in the queues is asked of PostgreSQL, once a second at most. Without it those metrics are missing, and
         *     `goqueue_store_up` is 0.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say that the process lives; asks no store */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say whether this process should be sent requests
         * @description PostgreSQL and Redis are named, and never make it unready.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ProblemField: {
            /**
             * @description A JSON pointer into the body, or /query/<name>.
             * @example /queue
             */
            pointer: string;
            /** @example 'my queue' is no name: use letters, digits, '.', '_', '-' */
            detail: string;
        };
        Problem: {
            /** @description Always about:blank: see `code`. */
            type: string;
            /** @description The HTTP status in words. */
            title: string;
            /** @description The HTTP status. */
            status: number;
            /** @description A sentence for people. */
            detail: string;
            /** @description The path that was asked for. */
            instance: string;
            /**
             * @description A stable word for programs; later versions may know more of them.
             * @enum {string}
             */
            code: "bad_request" | "broker_unavailable" | "bulk_operation_not_found" | "database_unavailable" | "failure_not_found" | "idempotency_key_in_use" | "idempotency_key_reused" | "insufficient_scope" | "internal_error" | "invalid_cursor" | "invalid_idempotency_key" | "invalid_job" | "invalid_json" | "invalid_request" | "invalid_schedule" | "job_changed" | "job_not_found" | "key_not_found" | "limit_not_found" | "method_not_allowed" | "not_found" | "payload_too_large" | "precondition_required" | "query_timeout" | "queue_not_found" | "request_entity_too_large" | "request_refused" | "request_timeout" | "schedule_changed" | "schedule_dropped" | "schedule_exists" | "schedule_not_found" | "schedule_read_only" | "too_many_failed_tries" | "too_many_streams" | "unauthorized" | "unsupported_media_type" | "untrusted_host" | "worker_ended" | "worker_not_found" | "wrong_status";
            errors: components["schemas"]["ProblemField"][];
            /** @description As in the header X-Request-ID: it finds the request in the API's log. */
            request_id: string;
            /** @description With code wrong_status: the job's present status. */
            job_status?: string;
        };
        JobSummary: {
            /**
             * Format: uuid
             * @description Time-ordered (uuid7); the same for all attempts.
             */
            id: string;
            queue: string;
            /** @description Which handler runs it. */
            type: string;
            /**
             * @description Where the job is in its life.
             * @enum {string}
             */
            status: "scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled";
            /** @enum {string} */
            priority: "high" | "normal" | "low";
            /** @description Claims by workers, those given back before they started included; only grows. */
            attempts: number;
            /** @description Executions that ended in an error. */
            failures: number;
            /** @description A retry is due while failures <= max_retries. */
            max_retries: number;
            /** @description Executions that died with their process. */
            rescues: number;
            /**
             * Format: date-time
             * @description When it is due; null: at once.
             */
            run_at: string | null;
            /**
             * Format: date-time
             * @description It is not started after this.
             */
            expires_at: string | null;
            /** @description Seconds one attempt may take; null: as its handler says. */
            timeout: number | null;
            /**
             * Format: date-time
             * @description When it last became due to run.
             */
            queued_at: string | null;
            tags: string[];
            /** @description The last error, in one line. */
            error: string | null;
            /** @description The failure group of that error (GET /failures/{fingerprint}). */
            fingerprint: string | null;
            /**
             * @description Why it is failed.
             * @enum {string|null}
             */
            failure_reason: "exhausted" | "poison" | "expired" | "discarded" | "timeout" | "unknown_type" | null;
            /**
             * @description no_handler: no worker that met it knows its type.
             * @enum {string|null}
             */
            waiting_reason: "no_handler" | null;
            /** Format: date-time */
            cancel_requested_at: string | null;
            /**
             * Format: uuid
             * @description Who runs it now.
             */
            worker_id: string | null;
            /**
             * Format: date-time
             * @description When its last attempt began.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description Set exactly in final statuses.
             */
            finished_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description The schedule that submitted it. */
            schedule: string | null;
            /**
             * Format: date-time
             * @description The instant it was submitted for.
             */
            scheduled_for: string | null;
            /** Format: uuid */
            rerun_of: string | null;
            /**
             * Format: uuid
             * @description The job whose handler submitted it.
             */
            parent_id: string | null;
            /** @description The first 200 characters of the payload's JSON. */
            payload_preview: string;
        };
        JobPage: {
            items: components["schemas"]["JobSummary"][];
            /** @description For the next page; null: this is the last one. */
            next_cursor: string | null;
            /** @description For the page before, in the same order; null: this is the first one. */
            prev_cursor: string | null;
        };
        JobCount: {
            value: number;
            /**
             * @description eq: exactly so many; gte: so many or more.
             * @enum {string}
             */
            relation: "eq" | "gte";
        };
        Suggestion: {
            value: string;
            count: number;
            /**
             * @description eq: exactly so many; gte: so many or more.
             * @enum {string}
             */
            relation: "eq" | "gte";
        };
        SuggestionList: {
            items: components["schemas"]["Suggestion"][];
        };
        JobRequest: {
            /**
             * @description Which handler runs it: see GET /handlers.
             * @example demo.sleep
             */
            type: string;
            /** @default default */
            queue?: string;
            /** @description What the handler is given, at most 256 KiB; checked by the schema of its type, if any. */
            payload?: {
                [key: string]: unknown;
            };
            /**
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /**
             * Format: date-time
             * @description When it is due, with a time zone. Not together with delay.
             */
            run_at?: string | null;
            /** @description Seconds from now until it is due. */
            delay?: number | null;
            /**
             * Format: date-time
             * @description It is not started after this, with a time zone.
             */
            expires_at?: string | null;
            /** @description How often to try again; left out: as its handler says, else 3. */
            max_retries?: number | null;
            /** @description Seconds one attempt may take; left out: as its handler says. */
            timeout?: number | null;
            tags?: string[];
        };
        Attempt: {
            /** @description 1 for the first; one that never began leaves a gap. */
            attempt: number;
            /** Format: uuid */
            worker_id: string | null;
            /**
             * Format: date-time
             * @description Since when it waited; null: a release before this one ran it.
             */
            queued_at: string | null;
            /** Format: date-time */
            started_at: string | null;
            /**
             * Format: date-time
             * @description null: it runs.
             */
            finished_at: string | null;
            wait_seconds: number | null;
            run_seconds: number | null;
            /**
             * @description How it ended; died: its process ended under it; released: its worker stopped.
             * @enum {string}
             */
            outcome: "running" | "completed" | "error" | "timeout" | "discarded" | "snoozed" | "cancelled" | "released" | "died";
            error: string | null;
            traceback: string | null;
        };
        Progress: {
            /** @description 0 to 1. */
            fraction: number | null;
            message: string | null;
            /** Format: date-time */
            updated_at: string;
        };
        Job: {
            /**
             * Format: uuid
             * @description Time-ordered (uuid7); the same for all attempts.
             */
            id: string;
            queue: string;
            /** @description Which handler runs it. */
            type: string;
            /**
             * @description Where the job is in its life.
             * @enum {string}
             */
            status: "scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled";
            /** @enum {string} */
            priority: "high" | "normal" | "low";
            /** @description Claims by workers, those given back before they started included; only grows. */
            attempts: number;
            /** @description Executions that ended in an error. */
            failures: number;
            /** @description A retry is due while failures <= max_retries. */
            max_retries: number;
            /** @description Executions that died with their process. */
            rescues: number;
            /**
             * Format: date-time
             * @description When it is due; null: at once.
             */
            run_at: string | null;
            /**
             * Format: date-time
             * @description It is not started after this.
             */
            expires_at: string | null;
            /** @description Seconds one attempt may take; null: as its handler says. */
            timeout: number | null;
            /**
             * Format: date-time
             * @description When it last became due to run.
             */
            queued_at: string | null;
            tags: string[];
            /** @description The last error, in one line. */
            error: string | null;
            /** @description The failure group of that error (GET /failures/{fingerprint}). */
            fingerprint: string | null;
            /**
             * @description Why it is failed.
             * @enum {string|null}
             */
            failure_reason: "exhausted" | "poison" | "expired" | "discarded" | "timeout" | "unknown_type" | null;
            /**
             * @description no_handler: no worker that met it knows its type.
             * @enum {string|null}
             */
            waiting_reason: "no_handler" | null;
            /** Format: date-time */
            cancel_requested_at: string | null;
            /**
             * Format: uuid
             * @description Who runs it now.
             */
            worker_id: string | null;
            /**
             * Format: date-time
             * @description When its last attempt began.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description Set exactly in final statuses.
             */
            finished_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description The schedule that submitted it. */
            schedule: string | null;
            /**
             * Format: date-time
             * @description The instant it was submitted for.
             */
            scheduled_for: string | null;
            /** Format: uuid */
            rerun_of: string | null;
            /**
             * Format: uuid
             * @description The job whose handler submitted it.
             */
            parent_id: string | null;
            /** @description What its handler is given. */
            payload: {
                [key: string]: unknown;
            };
            /** @description What its handler returned: any JSON. */
            result: unknown;
            /** @description The last 10 attempts that ended, and the one that runs or completed the job; the newest last. */
            attempt_history: components["schemas"]["Attempt"][];
            progress: components["schemas"]["Progress"] | null;
            /** @description W3C trace context of whoever submitted it; null: nobody traced. */
            traceparent: string | null;
        };
        Call: {
            /** @enum {string} */
            method: "POST" | "PUT" | "PATCH";
            path: string;
        };
        Reason: {
            /** @enum {string} */
            code: "queue_paused" | "no_worker" | "no_worker_for_queue" | "no_worker_for_type" | "workers_draining" | "limit_reached" | "workers_busy" | "no_handler" | "scheduled" | "backing_off" | "expires" | "runs_alone" | "behind" | "redis_away" | "dispatching" | "worker_lost" | "cancelling" | "running" | "completed" | "failed" | "cancelled";
            /** @description For people. */
            detail: string;
            /** Format: date-time */
            since: string | null;
            /**
             * Format: date-time
             * @description When it ends by itself: known of `scheduled`, `backing_off` and `expires`, else an estimate.
             */
            until: string | null;
            /** @description What to do, for people; null: nothing. */
            action: string | null;
            /** @description The request that does it; null: none does. */
            call: components["schemas"]["Call"] | null;
        };
        Position: {
            /** @description Jobs of its queue that go before it; gte: it stands amid too many to be counted. */
            ahead: components["schemas"]["JobCount"];
            /** @description About how long those take, at the rate of the last minutes; null: nothing can be said. */
            seconds: number | null;
        };
        Explanation: {
            /** Format: uuid */
            job_id: string;
            /** @enum {string} */
            status: "scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled";
            /** @description The decisive reason in a sentence. */
            summary: string;
            /** @description Decisive first. */
            reasons: components["schemas"]["Reason"][];
            /** @description null: the job is not queued. */
            position: components["schemas"]["Position"] | null;
            /** Format: date-time */
            checked_at: string;
        };
        JobEdit: {
            /** @enum {string} */
            priority?: "high" | "normal" | "low";
            /**
             * Format: date-time
             * @description When it is due, with a time zone. Not together with delay.
             */
            run_at?: string | null;
            queue?: string;
            /** @description What the handler is given, at most 256 KiB; checked by the schema of its type, if any. */
            payload?: {
                [key: string]: unknown;
            };
            /** @description How often to try again; left out: as its handler says, else 3. */
            max_retries?: number;
            tags?: string[];
        };
        Rerun: {
            queue?: string;
            /** @description What the handler is given, at most 256 KiB; checked by the schema of its type, if any. */
            payload?: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            priority?: "high" | "normal" | "low";
            /**
             * Format: date-time
             * @description When it is due, with a time zone. Not together with delay.
             */
            run_at?: string | null;
            /** @description Seconds from now until it is due. */
            delay?: number | null;
            /**
             * Format: date-time
             * @description It is not started after this, with a time zone.
             */
            expires_at?: string | null;
            /** @description How often to try again; left out: as its handler says, else 3. */
            max_retries?: number | null;
            /** @description Seconds one attempt may take; left out: as its handler says. */
            timeout?: number | null;
            tags?: string[];
        };
        LogLine: {
            /** @description Grows from line to line, not by one. */
            seq: number;
            attempt: number;
            /**
             * Format: date-time
             * @description When the handler said it, by the clock of its worker.
             */
            at: string;
            /** @enum {string} */
            level: "debug" | "info" | "warning" | "error";
            message: string;
            /** @description What it said beside: JSON. */
            fields: {
                [key: string]: unknown;
            };
        };
        LogPage: {
            /** @description Lines of the last 10 attempts are kept. */
            items: components["schemas"]["LogLine"][];
            /** @description `after` of the next page. */
            next_after: number;
            /**
             * @description Of the job.
             * @enum {string}
             */
            status: "scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled";
            /** @description Nothing follows: the job ended a while ago. false: ask again, at once if the page is full. */
            complete: boolean;
        };
        BatchItem: {
            /**
             * @description Which handler runs it: see GET /handlers.
             * @example demo.sleep
             */
            type: string;
            /** @default default */
            queue?: string;
            /** @description What the handler is given, at most 256 KiB; checked by the schema of its type, if any. */
            payload?: {
                [key: string]: unknown;
            };
            /**
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /**
             * Format: date-time
             * @description When it is due, with a time zone. Not together with delay.
             */
            run_at?: string | null;
            /** @description Seconds from now until it is due. */
            delay?: number | null;
            /**
             * Format: date-time
             * @description It is not started after this, with a time zone.
             */
            expires_at?: string | null;
            /** @description How often to try again; left out: as its handler says, else 3. */
            max_retries?: number | null;
            /** @description Seconds one attempt may take; left out: as its handler says. */
            timeout?: number | null;
            tags?: string[];
            /** @description As the header Idempotency-Key of POST /jobs; a replayed item answers with the first job. */
            idempotency_key?: string;
        };
        BatchRequest: {
            jobs: components["schemas"]["BatchItem"][];
        };
        BatchAnswerItem: {
            /** Format: uuid */
            id: string;
            queue: string;
            type: string;
            status: string;
            /** @description True: an earlier request had made this job. */
            replayed: boolean;
        };
        BatchAnswer: {
            created: number;
            replayed: number;
            items: components["schemas"]["BatchAnswerItem"][];
        };
        BulkFilter: {
            /** @description Several values mean any of them: repeat it, or put commas between them. */
            status?: ("scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled")[];
            /** @description A `*` at the end of a value means every name that begins so. Several values mean any of them: repeat it, or put commas between them. */
            queue?: string[];
            /** @description A `*` at the end of a value means every name that begins so. Several values mean any of them: repeat it, or put commas between them. */
            type?: string[];
            /** @description A job needs one of them; a comma of a tag is written `\,`. Several values mean any of them: repeat it, or put commas between them. */
            tag?: string[];
            /** @description Who runs it, or ended its last attempt. Several values mean any of them: repeat it, or put commas between them. */
            worker?: string[];
            /** @description The schedule that submitted it. Several values mean any of them: repeat it, or put commas between them. */
            schedule?: string[];
            /** @description A part of the last error, in any case of letters. Repeated: any of them. */
            error?: string[];
            /** @description The failure group of its last error, as GET /failures shows it. Several values mean any of them: repeat it, or put commas between them. */
            fingerprint?: string[];
            /** @description Objects that a payload must contain one of, such as {"user": {"id": 42}}. */
            payload?: {
                [key: string]: unknown;
            }[];
            /** @description The job whose handler submitted it. Several values mean any of them: repeat it, or put commas between them. */
            parent?: string[];
            /** @description The job that it runs again. Several values mean any of them: repeat it, or put commas between them. */
            rerun_of?: string[];
            /** @description Jobs that this holds of are left out. Several values leave out all of them. */
            not_status?: ("scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled")[];
            /** @description Jobs that this holds of are left out. A `*` at the end of a value means every name that begins so. Several values leave out all of them. */
            not_queue?: string[];
            /** @description Jobs that this holds of are left out. A `*` at the end of a value means every name that begins so. Several values leave out all of them. */
            not_type?: string[];
            /** @description Jobs that this holds of are left out. A job without tags is let through. Several values leave out all of them. */
            not_tag?: string[];
            /** @description Jobs that this holds of are left out. A job that nobody has run yet is let through. Several values leave out all of them. */
            not_worker?: string[];
            /** @description Jobs that this holds of are left out. A job of no schedule is let through. Several values leave out all of them. */
            not_schedule?: string[];
            /**
             * Format: date-time
             * @description At this time or later.
             * @default null
             */
            created_after?: string | null;
            /**
             * Format: date-time
             * @description Before this time.
             * @default null
             */
            created_before?: string | null;
            /**
             * Format: date-time
             * @description At this time or later.
             * @default null
             */
            run_at_after?: string | null;
            /**
             * Format: date-time
             * @description Before this time.
             * @default null
             */
            run_at_before?: string | null;
            /**
             * Format: date-time
             * @description At this time or later.
             * @default null
             */
            finished_after?: string | null;
            /**
             * Format: date-time
             * @description Before this time.
             * @default null
             */
            finished_before?: string | null;
            /**
             * @description How often it was started.
             * @default null
             */
            attempts_min?: number | null;
            /**
             * @description How often it was started.
             * @default null
             */
            attempts_max?: number | null;
            /**
             * @description Seconds from the start of the last attempt to its end; jobs that have not ended have none.
             * @default null
             */
            duration_min?: number | null;
            /**
             * @description Seconds from the start of the last attempt to its end; jobs that have not ended have none.
             * @default null
             */
            duration_max?: number | null;
        };
        BulkRequest: {
            /**
             * @description retry: failed, cancelled and retrying jobs, completed ones only when `status` or `ids` names them; cancel: those that wait, and those that run are asked to stop; delete: those that have ended; run-now: scheduled and retrying ones; set-priority: those that wait. Other jobs are left alone.
             * @enum {string}
             */
            action: "retry" | "cancel" | "delete" | "run-now" | "set-priority";
            /** @description Not together with ids. */
            filter?: components["schemas"]["BulkFilter"];
            /** @description Not together with filter. */
            ids?: string[];
            /**
             * @description Only count and show what would be changed.
             * @default false
             */
            dry_run?: boolean;
            /** @description Jobs a second; left out: as many as leave other jobs their speed. */
            rate_per_second?: number | null;
            /**
             * @description For set-priority.
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /**
             * @description Must be true for a filter that names nothing, which means every job.
             * @default false
             */
            confirm_all?: boolean;
        };
        Count: {
            value: number;
            /** @enum {string} */
            relation: "eq" | "gte";
        };
        BulkPreview: {
            /** @enum {string} */
            action: "retry" | "cancel" | "delete" | "run-now" | "set-priority";
            /** @description Jobs that would be changed. */
            matched: components["schemas"]["Count"];
            by_queue: {
                [key: string]: number;
            };
            by_type: {
                [key: string]: number;
            };
            /** @description Jobs that were asked for, but whose status does not allow it. */
            excluded: components["schemas"]["Count"];
            /** @description The newest 5. */
            sample: components["schemas"]["JobSummary"][];
        };
        BulkOperation: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            action: "retry" | "cancel" | "delete" | "run-now" | "set-priority";
            /** @description `filter` with created_before fixed, so that jobs submitted later are not touched; or the first 100 of `ids`, and `ids_total`. */
            selection: {
                [key: string]: unknown;
            };
            parameters: {
                [key: string]: unknown;
            };
            rate_per_second: number | null;
            /** @enum {string} */
            state: "running" | "completed" | "aborted" | "failed";
            /** @description Jobs there were to change when it began. */
            matched: number;
            /** @description There were at least so many. */
            matched_is_capped: boolean;
            /** @description Jobs it is done with: changed or skipped. */
            processed: number;
            changed: number;
            /** @description Jobs that somebody else changed first, or held all the time. */
            skipped: number;
            /** @description 0 to 1; null: not known. */
            progress: number | null;
            /** @description Why it is failed. */
            error: string | null;
            actor: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: date-time */
            finished_at: string | null;
        };
        BulkOperationPage: {
            items: components["schemas"]["BulkOperation"][];
            next_cursor: string | null;
        };
        FailureSeries: {
            step_seconds: number;
            /** @description When the first step begins, in seconds since 1970. */
            t0: number;
            /** @description At most 62. Old counts are kept by longer intervals, and their steps are as long: 15 minutes from 3 hours on, an hour from 26 hours on, 3 hours from 50 hours on, 12 hours from 8 days on. */
            counts: number[];
        };
        FailureGroup: {
            /** @description 16 hexadecimal digits; a filter of jobs. */
            fingerprint: string;
            /** @description Of the jobs. */
            type: string;
            /** @description The error, with `<number>`, `<uuid>`, `<text>` and such in place of what differs. */
            message: string;
            /** @description The innermost function of the user's own code; null: there was no traceback. */
            frame: string | null;
            /** @description Attempts that ended so, in the window and the queues asked for. */
            count: number;
            /** @description Attempts that ended so since the first time. */
            total: number;
            /** Format: date-time */
            first_seen_at: string;
            /** Format: date-time */
            last_seen_at: string;
            /** @description `count` by queue, the most first. */
            queues: {
                [key: string]: number;
            };
            series: components["schemas"]["FailureSeries"];
            /**
             * Format: uuid
             * @description A job that failed so lately; it may be deleted by now.
             */
            sample_job_id: string | null;
        };
        FailurePage: {
            /**
             * Format: date-time
             * @description When the window begins.
             */
            since: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            until: string;
            items: components["schemas"]["FailureGroup"][];
            next_cursor: string | null;
        };
        FailureActions: {
            retry: components["schemas"]["BulkRequest"];
            delete: components["schemas"]["BulkRequest"];
        };
        Failure: {
            /** @description 16 hexadecimal digits; a filter of jobs. */
            fingerprint: string;
            /** @description Of the jobs. */
            type: string;
            /** @description The error, with `<number>`, `<uuid>`, `<text>` and such in place of what differs. */
            message: string;
            /** @description The innermost function of the user's own code; null: there was no traceback. */
            frame: string | null;
            /** @description Attempts that ended so, in the window and the queues asked for. */
            count: number;
            /** @description Attempts that ended so since the first time. */
            total: number;
            /** Format: date-time */
            first_seen_at: string;
            /** Format: date-time */
            last_seen_at: string;
            /** @description `count` by queue, the most first. */
            queues: {
                [key: string]: number;
            };
            series: components["schemas"]["FailureSeries"];
            /**
             * Format: uuid
             * @description A job that failed so lately; it may be deleted by now.
             */
            sample_job_id: string | null;
            /** @description Of that job; null: it was deleted before it was read. */
            sample_attempt: number | null;
            /** @description Of that attempt, if there was one. */
            traceback: string | null;
            /** @description Jobs that are failed with it at present, up to 10,000. */
            failed_now: components["schemas"]["Count"];
            /** @description The path of its jobs: GET /jobs?fingerprint=… */
            jobs: string;
            bulk: components["schemas"]["FailureActions"];
        };
        Queue: {
            name: string;
            queued: number;
            scheduled: number;
            retrying: number;
            processing: number;
            /** @description And not deleted yet. */
            completed: number;
            /** @description And not deleted yet. */
            failed: number;
            /** @description And not deleted yet. */
            cancelled: number;
            /** @description How long its oldest queued job has waited. */
            oldest_seconds: number | null;
            /** @description Jobs submitted, of the last five minutes. */
            in_per_minute: number;
            /** @description Jobs ended, of the last five minutes. */
            out_per_minute: number;
            /** @description Until nothing is queued, if jobs come and end as they do now; null: never. */
            seconds_to_drain: number | null;
            paused: boolean;
            /** Format: date-time */
            paused_at: string | null;
            /** @description Whose key it was. */
            paused_by: string | null;
            /** @description How many may run at once over all workers; null: any. */
            limit: number | null;
        };
        QueueList: {
            items: components["schemas"]["Queue"][];
        };
        QueueType: {
            scheduled: number;
            queued: number;
            processing: number;
            retrying: number;
            completed: number;
            failed: number;
            cancelled: number;
            type: string;
        };
        QueueTypeList: {
            items: components["schemas"]["QueueType"][];
        };
        StatusCounts: {
            scheduled: number;
            queued: number;
            processing: number;
            retrying: number;
            completed: number;
            failed: number;
            cancelled: number;
        };
        Happened: {
            submitted: number;
            completed: number;
            failed: number;
            /** @description An attempt ended in an error; another one follows. */
            retried: number;
            cancelled: number;
        };
        Quantiles: {
            p50: number | null;
            p95: number | null;
            p99: number | null;
        };
        WorkerCounts: {
            alive: number;
            /** @description Those that claim nothing any more. */
            draining: number;
            /** @description In the last hour. */
            lost: number;
            /** @description How many jobs those that are alive can run at once. */
            slots: number;
            running: number;
        };
        Leader: {
            /** Format: uuid */
            id: string;
            host: string;
            pid: number;
            /** @description null: it fires without the lock, Redis being away. */
            term: number | null;
            /** Format: date-time */
            since: string;
        };
        NextFire: {
            name: string;
            type: string;
            queue: string;
            /** Format: date-time */
            next_at: string;
        };
        SchedulerSight: {
            /** @description null: nobody fires. */
            leader: components["schemas"]["Leader"] | null;
            /** @description Scheduler processes. */
            alive: number;
            /** @description What somebody should look at, as a live scheduler says it, the leader before others. */
            trouble: string | null;
            /** @description By which the oldest of what is due is late. */
            lag_seconds: number;
            fired_per_minute: number;
            schedules: number;
            /** @description Of the schedules. */
            paused: number;
            /** @description 5 at most. */
            next: components["schemas"]["NextFire"][];
        };
        QueueSight: {
            name: string;
            queued: number;
            processing: number;
            paused: boolean;
            oldest_seconds: number | null;
            in_per_minute: number;
            out_per_minute: number;
            seconds_to_drain: number | null;
        };
        Overview: {
            /** Format: date-time */
            at: string;
            jobs: components["schemas"]["StatusCounts"];
            /** @description Jobs there is work to do for now: queued, processing, and those whose run_at has come. */
            due: number;
            oldest_queued_seconds: number | null;
            per_minute: components["schemas"]["Happened"];
            /** @description From being due to being claimed, lately. */
            wait_seconds: components["schemas"]["Quantiles"];
            /** @description From being claimed to the end, lately. */
            run_seconds: components["schemas"]["Quantiles"];
            workers: components["schemas"]["WorkerCounts"];
            scheduler: components["schemas"]["SchedulerSight"];
            queues_total: number;
            queues_paused: number;
            /** @description Those with the longest waits, 20 at most. */
            queues: components["schemas"]["QueueSight"][];
        };
        Timeseries: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            /** @description Seconds. */
            step: number;
            /** @description Seconds since 1970 at which steps begin. */
            t: number[];
            /** @description By metric: how many jobs in the step; or seconds, null without any. */
            series: {
                [key: string]: (number | null)[];
            };
            /** @description The same of each queue or type, by its name; null: `by` was not asked for. Those in which nothing happened are not there, and of more than 200 those in which most did. */
            groups: {
                [key: string]: {
                    [key: string]: (number | null)[];
                };
            } | null;
        };
        Limit: {
            /** @enum {string} */
            kind: "queue" | "type";
            name: string;
            max_running: number;
            /** @description Now; more than max_running only while jobs run that began before it was set. */
            running_count: number;
            /** Format: date-time */
            updated_at: string;
        };
        LimitList: {
            items: components["schemas"]["Limit"][];
        };
        LimitRequest: {
            max_running: number;
        };
        RunningJob: {
            /** Format: uuid */
            job_id: string;
            type: string;
            queue: string;
            attempt: number;
            /** Format: date-time */
            started_at: string;
            progress: components["schemas"]["Progress"] | null;
        };
        Worker: {
            /** Format: uuid */
            id: string;
            host: string;
            pid: number;
            version: string;
            /**
             * @description draining: it claims nothing and finishes what it has; drained: it has. lost: its heartbeat is older than its lease.
             * @enum {string}
             */
            state: "alive" | "draining" | "drained" | "lost" | "stopped";
            /** @description null: every queue there is. */
            queues: string[] | null;
            types: string[];
            /** @description How many jobs it runs at once. */
            slots: number;
            /** Format: date-time */
            started_at: string;
            /** @description Seconds. */
            heartbeat_age: number;
            /** @description Seconds without a heartbeat after which it is lost. */
            lease: number;
            /** Format: date-time */
            drain_requested_at: string | null;
            /** Format: date-time */
            ended_at: string | null;
            /** @description What its process occupied at its last heartbeat; null: not known, or not yet. */
            memory_bytes: number | null;
            running_count: number;
            /** @description The longest held first, 100 at most. */
            running: components["schemas"]["RunningJob"][];
        };
        WorkerList: {
            items: components["schemas"]["Worker"][];
            items_capped_at: number;
        };
        ScheduleRun: {
            schedule: string;
            /**
             * Format: date-time
             * @description The instant of the cron; by hand: when it was asked for.
             */
            scheduled_for: string;
            /** Format: date-time */
            fired_at: string;
            /** @description Seconds from scheduled_for to fired_at. */
            lateness: number;
            /**
             * Format: uuid
             * @description null: it was skipped.
             */
            job_id: string | null;
            /**
             * @description skipped: a job of the schedule was unfinished; else the status of its job; deleted: that is gone.
             * @enum {string}
             */
            outcome: "skipped" | "scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled" | "deleted";
            /** @description By hand, whatever the cron says. */
            manual: boolean;
            /** @description Instants before it that were left out, as catch_up says; counted up to 1,000. */
            missed: number;
        };
        NextInstant: {
            /** Format: date-time */
            at: string;
            /**
             * Format: date-time
             * @description The same as clocks of the zone show it, with its offset.
             */
            local: string;
        };
        ScheduleSummary: {
            name: string;
            /** @description Which handler runs its jobs. */
            type: string;
            queue: string;
            cron: string;
            timezone: string;
            /** @description The cron in English. */
            words: string;
            /** @enum {string} */
            priority: "high" | "normal" | "low";
            /** @description null: as its handler says. */
            max_retries: number | null;
            /** @description Seconds one attempt may take; null: as its handler says. */
            timeout: number | null;
            tags: string[];
            /** @enum {string} */
            catch_up: "none" | "latest" | "all";
            /** @description Seconds. */
            catch_up_window: number;
            catch_up_limit: number;
            /** @enum {string} */
            overlap: "allow" | "skip";
            /** @description Seconds. */
            jitter: number;
            /** Format: date-time */
            starts_at: string | null;
            /** Format: date-time */
            ends_at: string | null;
            paused: boolean;
            /** Format: date-time */
            paused_at: string | null;
            /** @description Whose key it was; or the schedules file had it no more. */
            paused_by: string | null;
            /**
             * @description file: the schedules file keeps it, and it is changed there.
             * @enum {string}
             */
            source: "api" | "file";
            /**
             * Format: date-time
             * @description Since when the schedules file has it no more.
             */
            dropped_at: string | null;
            /** @description Grows with each change and pause; the ETag has it. */
            version: number;
            /**
             * Format: date-time
             * @description Every instant at or before it has been dealt with: fired, skipped or left out.
             */
            due_after: string;
            /**
             * Format: date-time
             * @description The next instant; null: it is paused, or there is none.
             */
            next_at: string | null;
            last_run: components["schemas"]["ScheduleRun"] | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description The first 200 characters of the payload's JSON. */
            payload_preview: string;
            /** @description As if it were not paused, and without its jitter; null: `next` was not asked for. */
            next: components["schemas"]["NextInstant"][] | null;
            /** @description Its newest runs, the newest first; null: `runs` was not asked for. */
            runs: components["schemas"]["ScheduleRun"][] | null;
        };
        SchedulePage: {
            items: components["schemas"]["ScheduleSummary"][];
            /** @description For the next page; null: this is the last one. */
            next_cursor: string | null;
            /**
             * Format: date-time
             * @description PostgreSQL's time, the clock of all schedules.
             */
            at: string;
            /** @description Grows whenever any schedule is changed or paused. */
            revision: number;
        };
        ScheduleRequest: {
            /**
             * @description Which handler runs its jobs: see GET /handlers.
             * @example demo.sleep
             */
            type: string;
            /**
             * @description Five fields (minute, hour, day of month, month, day of week), six with seconds first, or such as @daily. A 422 names the character that is wrong.
             * @example 0 8 * * 1-5
             */
            cron: string;
            /**
             * @description By default the type; not fire, preview, sync.
             * @example nightly
             */
            name?: string;
            /** @default default */
            queue?: string;
            /** @description What the handler is given, at most 256 KiB; checked by the schema of its type, if any. */
            payload?: {
                [key: string]: unknown;
            };
            /**
             * @description The name of the zone in which the cron is meant.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone?: string;
            /**
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description How often a job is tried again; null: as its handler says. */
            max_retries?: number | null;
            /** @description Seconds one attempt may take; null: as its handler says. */
            timeout?: number | null;
            tags?: string[];
            /**
             * @description What becomes of instants that are missed by more than a minute: none are fired, the latest, or all within catch_up_window, catch_up_limit at most.
             * @default latest
             * @enum {string}
             */
            catch_up?: "none" | "latest" | "all";
            /**
             * @description Seconds after which a missed instant is not fired any more.
             * @default 86400
             */
            catch_up_window?: number;
            /**
             * @description How many missed instants are fired at most, the newest ones.
             * @default 100
             */
            catch_up_limit?: number;
            /**
             * @description skip: an instant makes no job while one of this schedule is unfinished.
             * @default allow
             * @enum {string}
             */
            overlap?: "allow" | "skip";
            /**
             * @description Seconds by which a job is made later at most, by a hash of name and instant.
             * @default 0
             */
            jitter?: number;
            /**
             * Format: date-time
             * @description The first time at which it may fire.
             */
            starts_at?: string | null;
            /**
             * Format: date-time
             * @description The last time at which it may fire.
             */
            ends_at?: string | null;
            /** @description Whether it is paused; left out: as it is, and a new one is not. */
            paused?: boolean;
        };
        Schedule: {
            name: string;
            /** @description Which handler runs its jobs. */
            type: string;
            queue: string;
            cron: string;
            timezone: string;
            /** @description The cron in English. */
            words: string;
            /** @enum {string} */
            priority: "high" | "normal" | "low";
            /** @description null: as its handler says. */
            max_retries: number | null;
            /** @description Seconds one attempt may take; null: as its handler says. */
            timeout: number | null;
            tags: string[];
            /** @enum {string} */
            catch_up: "none" | "latest" | "all";
            /** @description Seconds. */
            catch_up_window: number;
            catch_up_limit: number;
            /** @enum {string} */
            overlap: "allow" | "skip";
            /** @description Seconds. */
            jitter: number;
            /** Format: date-time */
            starts_at: string | null;
            /** Format: date-time */
            ends_at: string | null;
            paused: boolean;
            /** Format: date-time */
            paused_at: string | null;
            /** @description Whose key it was; or the schedules file had it no more. */
            paused_by: string | null;
            /**
             * @description file: the schedules file keeps it, and it is changed there.
             * @enum {string}
             */
            source: "api" | "file";
            /**
             * Format: date-time
             * @description Since when the schedules file has it no more.
             */
            dropped_at: string | null;
            /** @description Grows with each change and pause; the ETag has it. */
            version: number;
            /**
             * Format: date-time
             * @description Every instant at or before it has been dealt with: fired, skipped or left out.
             */
            due_after: string;
            /**
             * Format: date-time
             * @description The next instant; null: it is paused, or there is none.
             */
            next_at: string | null;
            last_run: components["schemas"]["ScheduleRun"] | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description What the handler is given. */
            payload: {
                [key: string]: unknown;
            };
        };
        ScheduleEdit: {
            /**
             * @description Which handler runs its jobs: see GET /handlers.
             * @example demo.sleep
             */
            type?: string;
            queue?: string;
            /** @description What the handler is given, at most 256 KiB; checked by the schema of its type, if any. */
            payload?: {
                [key: string]: unknown;
            };
            /**
             * @description Five fields (minute, hour, day of month, month, day of week), six with seconds first, or such as @daily. A 422 names the character that is wrong.
             * @example 0 8 * * 1-5
             */
            cron?: string;
            /**
             * @description The name of the zone in which the cron is meant.
             * @example Europe/Berlin
             */
            timezone?: string;
            /** @enum {string} */
            priority?: "high" | "normal" | "low";
            /** @description How often a job is tried again; null: as its handler says. */
            max_retries?: number | null;
            /** @description Seconds one attempt may take; null: as its handler says. */
            timeout?: number | null;
            tags?: string[];
            /**
             * @description What becomes of instants that are missed by more than a minute: none are fired, the latest, or all within catch_up_window, catch_up_limit at most.
             * @enum {string}
             */
            catch_up?: "none" | "latest" | "all";
            /** @description Seconds after which a missed instant is not fired any more. */
            catch_up_window?: number;
            /** @description How many missed instants are fired at most, the newest ones. */
            catch_up_limit?: number;
            /**
             * @description skip: an instant makes no job while one of this schedule is unfinished.
             * @enum {string}
             */
            overlap?: "allow" | "skip";
            /** @description Seconds by which a job is made later at most, by a hash of name and instant. */
            jitter?: number;
            /**
             * Format: date-time
             * @description The first time at which it may fire.
             */
            starts_at?: string | null;
            /**
             * Format: date-time
             * @description The last time at which it may fire.
             */
            ends_at?: string | null;
            /** @description Whether it is paused; left out: as it is, and a new one is not. */
            paused?: boolean;
        };
        PreviewRequest: {
            /**
             * @description Five fields (minute, hour, day of month, month, day of week), six with seconds first, or such as @daily. A 422 names the character that is wrong.
             * @example 0 8 * * 1-5
             */
            cron: string;
            /**
             * @description The name of the zone in which the cron is meant.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone?: string;
            /**
             * Format: date-time
             * @description The first time at which it may fire.
             */
            starts_at?: string | null;
            /**
             * Format: date-time
             * @description The last time at which it may fire.
             */
            ends_at?: string | null;
            /**
             * @description How many instants at most.
             * @default 10
             */
            n?: number;
        };
        Transition: {
            /** Format: date-time */
            at: string;
            /** @description From UTC. */
            from_offset: string;
            to_offset: string;
            /**
             * Format: date-time
             * @description What clocks show at the last moment before.
             */
            local_before: string;
            /**
             * Format: date-time
             * @description What they show then.
             */
            local_after: string;
            /** @description What the cron does at it, in a sentence. */
            effect: string;
        };
        Preview: {
            cron: string;
            timezone: string;
            /** @description The cron in English. */
            words: string;
            next: components["schemas"]["NextInstant"][];
            /** @description null: the zone's clocks stay as they are. */
            transition: components["schemas"]["Transition"] | null;
        };
        Next: {
            name: string;
            timezone: string;
            next: components["schemas"]["NextInstant"][];
        };
        ScheduleRunPage: {
            items: components["schemas"]["ScheduleRun"][];
            /** @description For the next page; null: this is the last one. */
            next_cursor: string | null;
        };
        FireItem: {
            schedule: string;
            /**
             * Format: date-time
             * @description In whole seconds.
             */
            scheduled_for: string;
            /** @description Of the schedule, as the scheduler knows it. */
            version: number;
            /**
             * @description How many instants before it are left out, as catch_up says.
             * @default 0
             */
            missed?: number;
        };
        FireRequest: {
            runs: components["schemas"]["FireItem"][];
        };
        Fired: {
            schedule: string;
            /** Format: date-time */
            scheduled_for: string;
            /**
             * @description replayed: it was fired before, by this job; skipped: a job of the schedule is unfinished; paused, gone, changed (another version): read the schedules anew; passed: it was left out before; ahead: it has not come yet.
             * @enum {string}
             */
            outcome: "fired" | "replayed" | "skipped" | "paused" | "gone" | "changed" | "passed" | "ahead";
            /**
             * Format: uuid
             * @description Of fired and replayed ones.
             */
            job_id: string | null;
        };
        FireAnswer: {
            /**
             * Format: date-time
             * @description PostgreSQL's time: what schedulers go by.
             */
            at: string;
            items: components["schemas"]["Fired"][];
        };
        ScheduleSync: {
            schedules: components["schemas"]["ScheduleRequest"][];
        };
        SyncAnswer: {
            /**
             * Format: date-time
             * @description PostgreSQL's time: what schedulers go by.
             */
            at: string;
            created: string[];
            updated: string[];
            /** @description The file has them no more. */
            removed: string[];
            /** @description The file has them no more, and they have runs: they are kept, paused. */
            paused: string[];
            /** @description How many. */
            unchanged: number;
        };
        SchedulerReport: {
            host: string;
            pid: number;
            version: string;
            /** @description Whether it fires. */
            leads: boolean;
            /** @description How often leadership has changed hands; null: it does not lead, or without the lock. */
            term: number | null;
            /** @description Seconds by which the last instants were fired late. */
            lag: number;
            /** @description Instants since it started. */
            fired: number;
            /**
             * @description What somebody should look at, such as a schedules file that is not understood; one line.
             * @default null
             */
            trouble?: string | null;
            /**
             * @description It is about to end.
             * @default false
             */
            ended?: boolean;
        };
        SchedulerAnswer: {
            /**
             * Format: date-time
             * @description PostgreSQL's time: what schedulers go by.
             */
            at: string;
            /** @description Has it grown, a schedule was changed: read them anew. */
            revision: number;
        };
        Scheduler: {
            /** Format: uuid */
            id: string;
            host: string;
            pid: number;
            version: string;
            /**
             * @description lost: nothing was heard of it for 10 s.
             * @enum {string}
             */
            state: "alive" | "lost" | "ended";
            leads: boolean;
            term: number | null;
            /** @description Seconds by which the last instants were fired late. */
            lag: number;
            /** @description Instants since it started. */
            fired: number;
            /** @description What somebody should look at; null: nothing. */
            trouble: string | null;
            /** Format: date-time */
            started_at: string;
            /** Format: date-time */
            seen_at: string;
        };
        SchedulerList: {
            items: components["schemas"]["Scheduler"][];
        };
        HandlerVersion: {
            fingerprint: string;
            /** @description JSON Schema of the payload; null: any object. */
            schema: {
                [key: string]: unknown;
            } | null;
            max_retries: number;
            timeout: number | null;
            /** @enum {string} */
            isolation: "thread" | "async" | "process";
            description: string;
            live_workers: number;
        };
        Handler: {
            type: string;
            live_workers: number;
            versions: components["schemas"]["HandlerVersion"][];
        };
        HandlerList: {
            items: components["schemas"]["Handler"][];
        };
        Me: {
            /** @description The key's name; anonymous: nobody is asked for a key. */
            name: string;
            key_id: string | null;
            scopes: ("submit" | "read" | "operate" | "admin")[];
            /** Format: date-time */
            expires_at: string | null;
        };
        AuditEntry: {
            id: number;
            /** Format: date-time */
            at: string;
            /** @description The name of the key. */
            actor: string;
            key_id: string | null;
            /** @example job.retry */
            action: string;
            /** @description What it was done to: ids, a filter, a queue. */
            target: {
                [key: string]: unknown;
            };
            /** @description How many it changed. */
            affected: number;
            request_id: string | null;
        };
        AuditPage: {
            items: components["schemas"]["AuditEntry"][];
            /** @description `before` of the next page; null: this is the last one. */
            next_before: number | null;
        };
        Health: {
            /** @enum {string} */
            status: "ok";
        };
        Readiness: {
            /** @enum {string} */
            status: "ready" | "starting" | "draining";
            /** @enum {string} */
            postgres: "ok" | "degraded";
            /** @enum {string} */
            redis: "ok" | "degraded";
            /** @enum {string} */
            schema: "current" | "behind" | "unknown";
        };
    };
    responses: {
        /** @description Any other error */
        DEFAULT_ERROR: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `invalid_cursor`, `untrusted_host`. */
        InvalidCursorOrUntrustedHost: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `unauthorized`. */
        Unauthorized: {
            headers: {
                /** @description Bearer; with error=invalid_token when there was a key. */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `insufficient_scope`. */
        InsufficientScope: {
            headers: {
                /** @description Bearer, with the scope that is missing. */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Content: `invalid_request`. */
        InvalidRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `too_many_failed_tries`. */
        TooManyFailedTries: {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Service Unavailable: `database_unavailable`, `query_timeout`. */
        DatabaseUnavailableOrQueryTimeout: {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`, `untrusted_host`. */
        InvalidIdempotencyKeyOrInvalidJsonOrUntrustedHost: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `idempotency_key_in_use`. */
        IdempotencyKeyInUse: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Content Too Large: `payload_too_large`, `request_entity_too_large`. */
        PayloadTooLargeOrRequestEntityTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported Media Type: `unsupported_media_type`. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Content: `idempotency_key_reused`, `invalid_job`, `invalid_request`. */
        IdempotencyKeyReusedOrInvalidJobOrInvalidRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Service Unavailable: `database_unavailable`. */
        DatabaseUnavailable: {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `untrusted_host`. */
        UntrustedHost: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `job_not_found`. */
        JobNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `invalid_json`, `untrusted_host`. */
        InvalidJsonOrUntrustedHost: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `wrong_status`. */
        WrongStatus: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Precondition Failed: `job_changed`. */
        JobChanged: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Content: `invalid_job`, `invalid_request`. */
        InvalidJobOrInvalidRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Precondition Required: `precondition_required`. */
        PreconditionRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `idempotency_key_in_use`, `wrong_status`. */
        IdempotencyKeyInUseOrWrongStatus: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Content Too Large: `request_entity_too_large`. */
        RequestEntityTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `bulk_operation_not_found`. */
        BulkOperationNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `queue_not_found`. */
        QueueNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `failure_not_found`. */
        FailureNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `limit_not_found`. */
        LimitNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `worker_not_found`. */
        WorkerNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `worker_ended`. */
        WorkerEnded: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `schedule_exists`. */
        ScheduleExists: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Content: `invalid_request`, `invalid_schedule`. */
        InvalidRequestOrInvalidSchedule: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `schedule_not_found`. */
        ScheduleNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `schedule_read_only`. */
        ScheduleReadOnly: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Precondition Failed: `schedule_changed`. */
        ScheduleChanged: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `schedule_dropped`. */
        ScheduleDropped: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `invalid_idempotency_key`, `untrusted_host`. */
        InvalidIdempotencyKeyOrUntrustedHost: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Content: `idempotency_key_reused`, `invalid_request`. */
        IdempotencyKeyReusedOrInvalidRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Service Unavailable: `database_unavailable`, `too_many_streams`. */
        DatabaseUnavailableOrTooManyStreams: {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listJobs: {
        parameters: {
            query?: {
                /** @description Several values mean any of them: repeat it, or put commas between them. */
                status?: ("scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled")[];
                /** @description A `*` at the end of a value means every name that begins so. Several values mean any of them: repeat it, or put commas between them. */
                queue?: string[];
                /** @description A `*` at the end of a value means every name that begins so. Several values mean any of them: repeat it, or put commas between them. */
                type?: string[];
                /** @description A job needs one of them; a comma of a tag is written `\,`. Several values mean any of them: repeat it, or put commas between them. */
                tag?: string[];
                /** @description Who runs it, or ended its last attempt. Several values mean any of them: repeat it, or put commas between them. */
                worker?: string[];
                /** @description The schedule that submitted it. Several values mean any of them: repeat it, or put commas between them. */
                schedule?: string[];
                /** @description A part of the last error, in any case of letters. Repeated: any of them. */
                error?: string[];
                /** @description The failure group of its last error, as GET /failures shows it. Several values mean any of them: repeat it, or put commas between them. */
                fingerprint?: string[];
                /** @description A JSON object that the payload must contain. Repeated: any of them. Or, for one member, `payload.user.id=42`: the value is read as JSON, or else as a string; of several paths all must hold. */
                payload?: string[];
                /** @description The job whose handler submitted it. Several values mean any of them: repeat it, or put commas between them. */
                parent?: string[];
                /** @description The job that it runs again. Several values mean any of them: repeat it, or put commas between them. */
                rerun_of?: string[];
                /** @description Jobs that this holds of are left out. Several values leave out all of them. */
                not_status?: ("scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled")[];
                /** @description Jobs that this holds of are left out. A `*` at the end of a value means every name that begins so. Several values leave out all of them. */
                not_queue?: string[];
                /** @description Jobs that this holds of are left out. A `*` at the end of a value means every name that begins so. Several values leave out all of them. */
                not_type?: string[];
                /** @description Jobs that this holds of are left out. A job without tags is let through. Several values leave out all of them. */
                not_tag?: string[];
                /** @description Jobs that this holds of are left out. A job that nobody has run yet is let through. Several values leave out all of them. */
                not_worker?: string[];
                /** @description Jobs that this holds of are left out. A job of no schedule is let through. Several values leave out all of them. */
                not_schedule?: string[];
                /** @description At this time or later. */
                created_after?: string | null;
                /** @description Before this time. */
                created_before?: string | null;
                /** @description At this time or later. */
                run_at_after?: string | null;
                /** @description Before this time. */
                run_at_before?: string | null;
                /** @description At this time or later. */
                finished_after?: string | null;
                /** @description Before this time. */
                finished_before?: string | null;
                /** @description How often it was started. */
                attempts_min?: number | null;
                /** @description How often it was started. */
                attempts_max?: number | null;
                /** @description Seconds from the start of the last attempt to its end; jobs that have not ended have none. */
                duration_min?: number | null;
                /** @description Seconds from the start of the last attempt to its end; jobs that have not ended have none. */
                duration_max?: number | null;
                /** @description One of these jobs, up to 200. They are looked up, not searched for. Several values mean any of them: repeat it, or put commas between them. */
                id?: string[];
                /** @description -created: the newest first; created: the oldest first. */
                sort?: "-created" | "created";
                /** @description next_cursor or prev_cursor of a page of the same order. */
                cursor?: string | null;
                /** @description How many items a page has at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    /** @description The next page, rel=next, and the one before, rel=prev, if any. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *           "queue": "emails",
                     *           "type": "email.send",
                     *           "status": "failed",
                     *           "priority": "high",
                     *           "attempts": 6,
                     *           "failures": 6,
                     *           "max_retries": 5,
                     *           "rescues": 0,
                     *           "run_at": null,
                     *           "expires_at": null,
                     *           "timeout": 30,
                     *           "queued_at": "2026-03-02T09:31:02.540000Z",
                     *           "tags": [
                     *             "signup"
                     *           ],
                     *           "error": "smtplib.SMTPServerDisconnected: Connection unexpectedly closed",
                     *           "fingerprint": "9f2c4b7a01d3e865",
                     *           "failure_reason": "exhausted",
                     *           "waiting_reason": null,
                     *           "cancel_requested_at": null,
                     *           "worker_id": null,
                     *           "started_at": "2026-03-02T09:31:02.551000Z",
                     *           "finished_at": "2026-03-02T09:31:03.332000Z",
                     *           "created_at": "2026-03-02T09:30:00.120000Z",
                     *           "updated_at": "2026-03-02T09:31:03.332000Z",
                     *           "schedule": null,
                     *           "scheduled_for": null,
                     *           "rerun_of": null,
                     *           "parent_id": null,
                     *           "payload_preview": "{\"to\": [\"ada@example.com\"], \"text\": \"Good to have you here.\", \"subject\": \"Welcome\"}"
                     *         }
                     *       ],
                     *       "next_cursor": "AaIOtBNmdo6EM6OYQY15zGhvdxc",
                     *       "prev_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            400: components["responses"]["InvalidCursorOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailableOrQueryTimeout"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    submitJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: the same key and body get the first answer again. */
                "Idempotency-Key"?: string;
                /**
                 * @description W3C trace context, kept with the job and handed to its handler. One that breaks a rule is ignored.
                 * @example 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
                 */
                traceparent?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobRequest"];
            };
        };
        responses: {
            /** @description It is stored, and due or scheduled. */
            201: {
                headers: {
                    /** @description The path of the job. */
                    Location?: string;
                    /** @description true, when the key and body were sent before. */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "queue": "emails",
                     *       "type": "email.send",
                     *       "status": "queued",
                     *       "priority": "high",
                     *       "attempts": 0,
                     *       "failures": 0,
                     *       "max_retries": 5,
                     *       "rescues": 0,
                     *       "run_at": null,
                     *       "expires_at": null,
                     *       "timeout": 30,
                     *       "queued_at": "2026-03-02T09:30:00.120000Z",
                     *       "tags": [
                     *         "signup"
                     *       ],
                     *       "error": null,
                     *       "fingerprint": null,
                     *       "failure_reason": null,
                     *       "waiting_reason": null,
                     *       "cancel_requested_at": null,
                     *       "worker_id": null,
                     *       "started_at": null,
                     *       "finished_at": null,
                     *       "created_at": "2026-03-02T09:30:00.120000Z",
                     *       "updated_at": "2026-03-02T09:30:00.120000Z",
                     *       "schedule": null,
                     *       "scheduled_for": null,
                     *       "rerun_of": null,
                     *       "parent_id": null,
                     *       "payload": {
                     *         "to": [
                     *           "ada@example.com"
                     *         ],
                     *         "subject": "Welcome",
                     *         "text": "Good to have you here."
                     *       },
                     *       "result": null,
                     *       "attempt_history": [],
                     *       "progress": null,
                     *       "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["InvalidIdempotencyKeyOrInvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLargeOrRequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidJobOrInvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    countJobs: {
        parameters: {
            query?: {
                /** @description Several values mean any of them: repeat it, or put commas between them. */
                status?: ("scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled")[];
                /** @description A `*` at the end of a value means every name that begins so. Several values mean any of them: repeat it, or put commas between them. */
                queue?: string[];
                /** @description A `*` at the end of a value means every name that begins so. Several values mean any of them: repeat it, or put commas between them. */
                type?: string[];
                /** @description A job needs one of them; a comma of a tag is written `\,`. Several values mean any of them: repeat it, or put commas between them. */
                tag?: string[];
                /** @description Who runs it, or ended its last attempt. Several values mean any of them: repeat it, or put commas between them. */
                worker?: string[];
                /** @description The schedule that submitted it. Several values mean any of them: repeat it, or put commas between them. */
                schedule?: string[];
                /** @description A part of the last error, in any case of letters. Repeated: any of them. */
                error?: string[];
                /** @description The failure group of its last error, as GET /failures shows it. Several values mean any of them: repeat it, or put commas between them. */
                fingerprint?: string[];
                /** @description A JSON object that the payload must contain. Repeated: any of them. Or, for one member, `payload.user.id=42`: the value is read as JSON, or else as a string; of several paths all must hold. */
                payload?: string[];
                /** @description The job whose handler submitted it. Several values mean any of them: repeat it, or put commas between them. */
                parent?: string[];
                /** @description The job that it runs again. Several values mean any of them: repeat it, or put commas between them. */
                rerun_of?: string[];
                /** @description Jobs that this holds of are left out. Several values leave out all of them. */
                not_status?: ("scheduled" | "queued" | "processing" | "retrying" | "completed" | "failed" | "cancelled")[];
                /** @description Jobs that this holds of are left out. A `*` at the end of a value means every name that begins so. Several values leave out all of them. */
                not_queue?: string[];
                /** @description Jobs that this holds of are left out. A `*` at the end of a value means every name that begins so. Several values leave out all of them. */
                not_type?: string[];
                /** @description Jobs that this holds of are left out. A job without tags is let through. Several values leave out all of them. */
                not_tag?: string[];
                /** @description Jobs that this holds of are left out. A job that nobody has run yet is let through. Several values leave out all of them. */
                not_worker?: string[];
                /** @description Jobs that this holds of are left out. A job of no schedule is let through. Several values leave out all of them. */
                not_schedule?: string[];
                /** @description At this time or later. */
                created_after?: string | null;
                /** @description Before this time. */
                created_before?: string | null;
                /** @description At this time or later. */
                run_at_after?: string | null;
                /** @description Before this time. */
                run_at_before?: string | null;
                /** @description At this time or later. */
                finished_after?: string | null;
                /** @description Before this time. */
                finished_before?: string | null;
                /** @description How often it was started. */
                attempts_min?: number | null;
                /** @description How often it was started. */
                attempts_max?: number | null;
                /** @description Seconds from the start of the last attempt to its end; jobs that have not ended have none. */
                duration_min?: number | null;
                /** @description Seconds from the start of the last attempt to its end; jobs that have not ended have none. */
                duration_max?: number | null;
                /** @description One of these jobs, up to 200. They are looked up, not searched for. Several values mean any of them: repeat it, or put commas between them. */
                id?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many jobs match, up to 10,000. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "value": 1200,
                     *       "relation": "eq"
                     *     }
                     */
                    "application/json": components["schemas"]["JobCount"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailableOrQueryTimeout"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    suggestJobFilters: {
        parameters: {
            query: {
                /** @description The filter that a value is wanted for. */
                field: "queue" | "type" | "tag" | "worker" | "schedule" | "status";
                /** @description What the value begins with. */
                prefix?: string;
                /** @description How many values at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Values in order, each with how many jobs have it, up to 1,000. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "value": "emails",
                     *           "count": 1000,
                     *           "relation": "gte"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SuggestionList"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailableOrQueryTimeout"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getJob: {
        parameters: {
            query?: {
                /** @description Hold the answer back until the job is finished, for so many seconds at most. When too many requests wait, the present state comes at once, with Retry-After. */
                wait?: number;
            };
            header?: {
                /** @description An ETag answered before: while the job is still in that state the answer is 304, without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    /** @description Of this state. */
                    ETag?: string;
                    /** @description Too many requests wait: ask again after so many seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "queue": "emails",
                     *       "type": "email.send",
                     *       "status": "completed",
                     *       "priority": "high",
                     *       "attempts": 1,
                     *       "failures": 0,
                     *       "max_retries": 5,
                     *       "rescues": 0,
                     *       "run_at": null,
                     *       "expires_at": null,
                     *       "timeout": 30,
                     *       "queued_at": "2026-03-02T09:30:00.120000Z",
                     *       "tags": [
                     *         "signup"
                     *       ],
                     *       "error": null,
                     *       "fingerprint": null,
                     *       "failure_reason": null,
                     *       "waiting_reason": null,
                     *       "cancel_requested_at": null,
                     *       "worker_id": null,
                     *       "started_at": "2026-03-02T09:30:00.131000Z",
                     *       "finished_at": "2026-03-02T09:30:00.912000Z",
                     *       "created_at": "2026-03-02T09:30:00.120000Z",
                     *       "updated_at": "2026-03-02T09:30:00.912000Z",
                     *       "schedule": null,
                     *       "scheduled_for": null,
                     *       "rerun_of": null,
                     *       "parent_id": null,
                     *       "payload": {
                     *         "to": [
                     *           "ada@example.com"
                     *         ],
                     *         "subject": "Welcome",
                     *         "text": "Good to have you here."
                     *       },
                     *       "result": {
                     *         "message_id": "<4711@example.com>"
                     *       },
                     *       "attempt_history": [
                     *         {
                     *           "attempt": 1,
                     *           "worker_id": "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f50",
                     *           "queued_at": "2026-03-02T09:30:00.120000Z",
                     *           "started_at": "2026-03-02T09:30:00.131000Z",
                     *           "finished_at": "2026-03-02T09:30:00.912000Z",
                     *           "wait_seconds": 0.011,
                     *           "run_seconds": 0.781,
                     *           "outcome": "completed",
                     *           "error": null,
                     *           "traceback": null
                     *         }
                     *       ],
                     *       "progress": null,
                     *       "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description It is as the ETag in If-None-Match says. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    deleteJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            409: components["responses"]["WrongStatus"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    editJob: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The ETag of the job as it was seen, or `*`; without it the answer is 428.
                 * @example *
                 */
                "If-Match": string;
            };
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobEdit"];
            };
        };
        responses: {
            /** @description It is changed. */
            200: {
                headers: {
                    /** @description Of its new state. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "queue": "emails",
                     *       "type": "email.send",
                     *       "status": "queued",
                     *       "priority": "high",
                     *       "attempts": 0,
                     *       "failures": 0,
                     *       "max_retries": 10,
                     *       "rescues": 0,
                     *       "run_at": null,
                     *       "expires_at": null,
                     *       "timeout": 30,
                     *       "queued_at": "2026-03-02T09:30:00.120000Z",
                     *       "tags": [
                     *         "corrected"
                     *       ],
                     *       "error": null,
                     *       "fingerprint": null,
                     *       "failure_reason": null,
                     *       "waiting_reason": null,
                     *       "cancel_requested_at": null,
                     *       "worker_id": null,
                     *       "started_at": null,
                     *       "finished_at": null,
                     *       "created_at": "2026-03-02T09:30:00.120000Z",
                     *       "updated_at": "2026-03-02T09:30:04.250000Z",
                     *       "schedule": null,
                     *       "scheduled_for": null,
                     *       "rerun_of": null,
                     *       "parent_id": null,
                     *       "payload": {
                     *         "to": [
                     *           "ada@example.com"
                     *         ],
                     *         "subject": "Welcome",
                     *         "text": "Good to have you here."
                     *       },
                     *       "result": null,
                     *       "attempt_history": [],
                     *       "progress": null,
                     *       "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["InvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            409: components["responses"]["WrongStatus"];
            412: components["responses"]["JobChanged"];
            413: components["responses"]["PayloadTooLargeOrRequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidJobOrInvalidRequest"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    explainJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every reason that holds, the decisive one first; there is always one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "job_id": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "status": "queued",
                     *       "summary": "its queue 'emails' was paused by ops 4 minutes ago",
                     *       "reasons": [
                     *         {
                     *           "code": "queue_paused",
                     *           "detail": "its queue 'emails' was paused by ops 4 minutes ago",
                     *           "since": "2026-03-02T09:26:00Z",
                     *           "until": null,
                     *           "action": "resume the queue",
                     *           "call": {
                     *             "method": "POST",
                     *             "path": "/queues/emails/resume"
                     *           }
                     *         },
                     *         {
                     *           "code": "behind",
                     *           "detail": "17 jobs go before it in the queue 'emails', by priority and age",
                     *           "since": "2026-03-02T09:30:00.120000Z",
                     *           "until": null,
                     *           "action": "wait, or start more workers",
                     *           "call": null
                     *         }
                     *       ],
                     *       "position": {
                     *         "ahead": {
                     *           "value": 17,
                     *           "relation": "eq"
                     *         },
                     *         "seconds": null
                     *       },
                     *       "checked_at": "2026-03-02T09:30:04Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    retryJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is queued again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "queue": "emails",
                     *       "type": "email.send",
                     *       "status": "queued",
                     *       "priority": "high",
                     *       "attempts": 1,
                     *       "failures": 1,
                     *       "max_retries": 5,
                     *       "rescues": 0,
                     *       "run_at": null,
                     *       "expires_at": null,
                     *       "timeout": 30,
                     *       "queued_at": "2026-03-02T09:31:40Z",
                     *       "tags": [
                     *         "signup"
                     *       ],
                     *       "error": null,
                     *       "fingerprint": null,
                     *       "failure_reason": null,
                     *       "waiting_reason": null,
                     *       "cancel_requested_at": null,
                     *       "worker_id": null,
                     *       "started_at": null,
                     *       "finished_at": null,
                     *       "created_at": "2026-03-02T09:30:00.120000Z",
                     *       "updated_at": "2026-03-02T09:31:40Z",
                     *       "schedule": null,
                     *       "scheduled_for": null,
                     *       "rerun_of": null,
                     *       "parent_id": null,
                     *       "payload": {
                     *         "to": [
                     *           "ada@example.com"
                     *         ],
                     *         "subject": "Welcome",
                     *         "text": "Good to have you here."
                     *       },
                     *       "result": null,
                     *       "attempt_history": [
                     *         {
                     *           "attempt": 1,
                     *           "worker_id": "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f50",
                     *           "queued_at": "2026-03-02T09:30:00.120000Z",
                     *           "started_at": "2026-03-02T09:30:00.131000Z",
                     *           "finished_at": "2026-03-02T09:30:00.912000Z",
                     *           "wait_seconds": 0.011,
                     *           "run_seconds": 0.781,
                     *           "outcome": "error",
                     *           "error": "smtplib.SMTPServerDisconnected: Connection unexpectedly closed",
                     *           "traceback": null
                     *         }
                     *       ],
                     *       "progress": null,
                     *       "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            409: components["responses"]["WrongStatus"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    runJobNow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is queued. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "queue": "emails",
                     *       "type": "email.send",
                     *       "status": "queued",
                     *       "priority": "high",
                     *       "attempts": 0,
                     *       "failures": 0,
                     *       "max_retries": 5,
                     *       "rescues": 0,
                     *       "run_at": null,
                     *       "expires_at": null,
                     *       "timeout": 30,
                     *       "queued_at": "2026-03-02T09:30:00.120000Z",
                     *       "tags": [
                     *         "signup"
                     *       ],
                     *       "error": null,
                     *       "fingerprint": null,
                     *       "failure_reason": null,
                     *       "waiting_reason": null,
                     *       "cancel_requested_at": null,
                     *       "worker_id": null,
                     *       "started_at": null,
                     *       "finished_at": null,
                     *       "created_at": "2026-03-02T09:30:00.120000Z",
                     *       "updated_at": "2026-03-02T09:30:00.120000Z",
                     *       "schedule": null,
                     *       "scheduled_for": null,
                     *       "rerun_of": null,
                     *       "parent_id": null,
                     *       "payload": {
                     *         "to": [
                     *           "ada@example.com"
                     *         ],
                     *         "subject": "Welcome",
                     *         "text": "Good to have you here."
                     *       },
                     *       "result": null,
                     *       "attempt_history": [],
                     *       "progress": null,
                     *       "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            409: components["responses"]["WrongStatus"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "queue": "emails",
                     *       "type": "email.send",
                     *       "status": "cancelled",
                     *       "priority": "high",
                     *       "attempts": 0,
                     *       "failures": 0,
                     *       "max_retries": 5,
                     *       "rescues": 0,
                     *       "run_at": null,
                     *       "expires_at": null,
                     *       "timeout": 30,
                     *       "queued_at": "2026-03-02T09:30:00.120000Z",
                     *       "tags": [
                     *         "signup"
                     *       ],
                     *       "error": null,
                     *       "fingerprint": null,
                     *       "failure_reason": null,
                     *       "waiting_reason": null,
                     *       "cancel_requested_at": null,
                     *       "worker_id": null,
                     *       "started_at": null,
                     *       "finished_at": "2026-03-02T09:30:04.250000Z",
                     *       "created_at": "2026-03-02T09:30:00.120000Z",
                     *       "updated_at": "2026-03-02T09:30:04.250000Z",
                     *       "schedule": null,
                     *       "scheduled_for": null,
                     *       "rerun_of": null,
                     *       "parent_id": null,
                     *       "payload": {
                     *         "to": [
                     *           "ada@example.com"
                     *         ],
                     *         "subject": "Welcome",
                     *         "text": "Good to have you here."
                     *       },
                     *       "result": null,
                     *       "attempt_history": [],
                     *       "progress": null,
                     *       "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description It is running; its handler is told to stop. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "queue": "emails",
                     *       "type": "email.send",
                     *       "status": "processing",
                     *       "priority": "high",
                     *       "attempts": 1,
                     *       "failures": 0,
                     *       "max_retries": 5,
                     *       "rescues": 0,
                     *       "run_at": null,
                     *       "expires_at": null,
                     *       "timeout": 30,
                     *       "queued_at": "2026-03-02T09:30:00.120000Z",
                     *       "tags": [
                     *         "signup"
                     *       ],
                     *       "error": null,
                     *       "fingerprint": null,
                     *       "failure_reason": null,
                     *       "waiting_reason": null,
                     *       "cancel_requested_at": "2026-03-02T09:30:04.250000Z",
                     *       "worker_id": "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f50",
                     *       "started_at": "2026-03-02T09:30:00.131000Z",
                     *       "finished_at": null,
                     *       "created_at": "2026-03-02T09:30:00.120000Z",
                     *       "updated_at": "2026-03-02T09:30:00.131000Z",
                     *       "schedule": null,
                     *       "scheduled_for": null,
                     *       "rerun_of": null,
                     *       "parent_id": null,
                     *       "payload": {
                     *         "to": [
                     *           "ada@example.com"
                     *         ],
                     *         "subject": "Welcome",
                     *         "text": "Good to have you here."
                     *       },
                     *       "result": null,
                     *       "attempt_history": [
                     *         {
                     *           "attempt": 1,
                     *           "worker_id": "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f50",
                     *           "queued_at": "2026-03-02T09:30:00.120000Z",
                     *           "started_at": "2026-03-02T09:30:00.131000Z",
                     *           "finished_at": null,
                     *           "wait_seconds": 0.011,
                     *           "run_seconds": null,
                     *           "outcome": "running",
                     *           "error": null,
                     *           "traceback": null
                     *         }
                     *       ],
                     *       "progress": {
                     *         "fraction": 0.4,
                     *         "message": "2 of 5 sent",
                     *         "updated_at": "2026-03-02T09:30:03.900000Z"
                     *       },
                     *       "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            409: components["responses"]["WrongStatus"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    rerunJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: the same key and body get the first answer again. */
                "Idempotency-Key"?: string;
                /**
                 * @description W3C trace context, kept with the job and handed to its handler. One that breaks a rule is ignored.
                 * @example 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
                 */
                traceparent?: string;
            };
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Rerun"];
            };
        };
        responses: {
            /** @description A new job, whose rerun_of names the old one. */
            201: {
                headers: {
                    /** @description The path of the new job. */
                    Location?: string;
                    /** @description true, when it was sent before. */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade3-9860-7d11-8c3a-5d6e7f809102",
                     *       "queue": "emails",
                     *       "type": "email.send",
                     *       "status": "queued",
                     *       "priority": "high",
                     *       "attempts": 0,
                     *       "failures": 0,
                     *       "max_retries": 5,
                     *       "rescues": 0,
                     *       "run_at": null,
                     *       "expires_at": null,
                     *       "timeout": 30,
                     *       "queued_at": "2026-03-02T09:31:40Z",
                     *       "tags": [
                     *         "signup"
                     *       ],
                     *       "error": null,
                     *       "fingerprint": null,
                     *       "failure_reason": null,
                     *       "waiting_reason": null,
                     *       "cancel_requested_at": null,
                     *       "worker_id": null,
                     *       "started_at": null,
                     *       "finished_at": null,
                     *       "created_at": "2026-03-02T09:31:40Z",
                     *       "updated_at": "2026-03-02T09:31:40Z",
                     *       "schedule": null,
                     *       "scheduled_for": null,
                     *       "rerun_of": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "parent_id": null,
                     *       "payload": {
                     *         "to": [
                     *           "ada@example.com"
                     *         ],
                     *         "subject": "Welcome",
                     *         "text": "Good to have you here."
                     *       },
                     *       "result": null,
                     *       "attempt_history": [],
                     *       "progress": null,
                     *       "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["InvalidIdempotencyKeyOrInvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            409: components["responses"]["IdempotencyKeyInUseOrWrongStatus"];
            413: components["responses"]["PayloadTooLargeOrRequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidJobOrInvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listJobLogs: {
        parameters: {
            query?: {
                /** @description next_after of the page before. */
                after?: number;
                /** @description How many items a page has at most. */
                limit?: number;
                /** @description Lines of this attempt alone. */
                attempt?: number | null;
                /** @description Lines of this level and of graver ones. */
                level?: "debug" | "info" | "warning" | "error" | null;
            };
            header?: never;
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lines, and whether more may come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "seq": 80412,
                     *           "attempt": 1,
                     *           "at": "2026-03-02T09:30:00.140000Z",
                     *           "level": "info",
                     *           "message": "connecting",
                     *           "fields": {
                     *             "host": "mail.example.com"
                     *           }
                     *         },
                     *         {
                     *           "seq": 80413,
                     *           "attempt": 1,
                     *           "at": "2026-03-02T09:30:00.905000Z",
                     *           "level": "warning",
                     *           "message": "greylisted",
                     *           "fields": {
                     *             "code": 451,
                     *             "recipient": "ada@example.com"
                     *           }
                     *         }
                     *       ],
                     *       "next_after": 80413,
                     *       "status": "processing",
                     *       "complete": false
                     *     }
                     */
                    "application/json": components["schemas"]["LogPage"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    submitBatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: the same key and body get the first answer again. */
                "Idempotency-Key"?: string;
                /**
                 * @description W3C trace context, kept with the job and handed to its handler. One that breaks a rule is ignored.
                 * @example 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
                 */
                traceparent?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description All are stored; items in the order of the request. */
            201: {
                headers: {
                    /** @description true, when the key and body were sent before. */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created": 1,
                     *       "replayed": 1,
                     *       "items": [
                     *         {
                     *           "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *           "queue": "default",
                     *           "type": "demo.sleep",
                     *           "status": "queued",
                     *           "replayed": false
                     *         },
                     *         {
                     *           "id": "019caddd-9840-7c31-a5f8-2b3c4d5e6f70",
                     *           "queue": "default",
                     *           "type": "demo.sleep",
                     *           "status": "completed",
                     *           "replayed": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            400: components["responses"]["InvalidIdempotencyKeyOrInvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLargeOrRequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidJobOrInvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listBulkOperations: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string | null;
                /** @description How many items a page has at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, newest first. */
            200: {
                headers: {
                    /** @description The next page, rel=next, if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019cade3-e680-7b22-9e4f-6e7f80910213",
                     *           "action": "retry",
                     *           "selection": {
                     *             "filter": {
                     *               "status": [
                     *                 "failed"
                     *               ],
                     *               "queue": [
                     *                 "emails"
                     *               ],
                     *               "created_before": "2026-03-02T09:32:00Z"
                     *             }
                     *           },
                     *           "parameters": {},
                     *           "rate_per_second": 500,
                     *           "state": "running",
                     *           "matched": 1200,
                     *           "matched_is_capped": false,
                     *           "processed": 600,
                     *           "changed": 598,
                     *           "skipped": 2,
                     *           "progress": 0.5,
                     *           "error": null,
                     *           "actor": "ops",
                     *           "created_at": "2026-03-02T09:32:00Z",
                     *           "updated_at": "2026-03-02T09:32:01.200000Z",
                     *           "finished_at": null
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["BulkOperationPage"];
                };
            };
            400: components["responses"]["InvalidCursorOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    startBulkOperation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkRequest"];
            };
        };
        responses: {
            /** @description A dry run: what would be changed; nothing was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "action": "retry",
                     *       "matched": {
                     *         "value": 1200,
                     *         "relation": "eq"
                     *       },
                     *       "by_queue": {
                     *         "emails": 1200
                     *       },
                     *       "by_type": {
                     *         "email.send": 1200
                     *       },
                     *       "excluded": {
                     *         "value": 0,
                     *         "relation": "eq"
                     *       },
                     *       "sample": [
                     *         {
                     *           "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *           "queue": "emails",
                     *           "type": "email.send",
                     *           "status": "failed",
                     *           "priority": "high",
                     *           "attempts": 6,
                     *           "failures": 6,
                     *           "max_retries": 5,
                     *           "rescues": 0,
                     *           "run_at": null,
                     *           "expires_at": null,
                     *           "timeout": 30,
                     *           "queued_at": "2026-03-02T09:31:02.540000Z",
                     *           "tags": [
                     *             "signup"
                     *           ],
                     *           "error": "smtplib.SMTPServerDisconnected: Connection unexpectedly closed",
                     *           "fingerprint": "9f2c4b7a01d3e865",
                     *           "failure_reason": "exhausted",
                     *           "waiting_reason": null,
                     *           "cancel_requested_at": null,
                     *           "worker_id": null,
                     *           "started_at": "2026-03-02T09:31:02.551000Z",
                     *           "finished_at": "2026-03-02T09:31:03.332000Z",
                     *           "created_at": "2026-03-02T09:30:00.120000Z",
                     *           "updated_at": "2026-03-02T09:31:03.332000Z",
                     *           "schedule": null,
                     *           "scheduled_for": null,
                     *           "rerun_of": null,
                     *           "parent_id": null,
                     *           "payload_preview": "{\"to\": [\"ada@example.com\"], \"text\": \"Good to have you here.\", \"subject\": \"Welcome\"}"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["BulkPreview"];
                };
            };
            /** @description It has begun. */
            202: {
                headers: {
                    /** @description The path of the operation. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade3-e680-7b22-9e4f-6e7f80910213",
                     *       "action": "retry",
                     *       "selection": {
                     *         "filter": {
                     *           "status": [
                     *             "failed"
                     *           ],
                     *           "queue": [
                     *             "emails"
                     *           ],
                     *           "created_before": "2026-03-02T09:32:00Z"
                     *         }
                     *       },
                     *       "parameters": {},
                     *       "rate_per_second": 500,
                     *       "state": "running",
                     *       "matched": 1200,
                     *       "matched_is_capped": false,
                     *       "processed": 0,
                     *       "changed": 0,
                     *       "skipped": 0,
                     *       "progress": 0,
                     *       "error": null,
                     *       "actor": "ops",
                     *       "created_at": "2026-03-02T09:32:00Z",
                     *       "updated_at": "2026-03-02T09:32:00Z",
                     *       "finished_at": null
                     *     }
                     */
                    "application/json": components["schemas"]["BulkOperation"];
                };
            };
            400: components["responses"]["InvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            413: components["responses"]["RequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getBulkOperation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /bulk answered it. */
                operation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade3-e680-7b22-9e4f-6e7f80910213",
                     *       "action": "retry",
                     *       "selection": {
                     *         "filter": {
                     *           "status": [
                     *             "failed"
                     *           ],
                     *           "queue": [
                     *             "emails"
                     *           ],
                     *           "created_before": "2026-03-02T09:32:00Z"
                     *         }
                     *       },
                     *       "parameters": {},
                     *       "rate_per_second": 500,
                     *       "state": "running",
                     *       "matched": 1200,
                     *       "matched_is_capped": false,
                     *       "processed": 600,
                     *       "changed": 598,
                     *       "skipped": 2,
                     *       "progress": 0.5,
                     *       "error": null,
                     *       "actor": "ops",
                     *       "created_at": "2026-03-02T09:32:00Z",
                     *       "updated_at": "2026-03-02T09:32:01.200000Z",
                     *       "finished_at": null
                     *     }
                     */
                    "application/json": components["schemas"]["BulkOperation"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["BulkOperationNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    abortBulkOperation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As POST /bulk answered it. */
                operation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is aborted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade3-e680-7b22-9e4f-6e7f80910213",
                     *       "action": "retry",
                     *       "selection": {
                     *         "filter": {
                     *           "status": [
                     *             "failed"
                     *           ],
                     *           "queue": [
                     *             "emails"
                     *           ],
                     *           "created_before": "2026-03-02T09:32:00Z"
                     *         }
                     *       },
                     *       "parameters": {},
                     *       "rate_per_second": 500,
                     *       "state": "aborted",
                     *       "matched": 1200,
                     *       "matched_is_capped": false,
                     *       "processed": 600,
                     *       "changed": 598,
                     *       "skipped": 2,
                     *       "progress": 0.5,
                     *       "error": null,
                     *       "actor": "ops",
                     *       "created_at": "2026-03-02T09:32:00Z",
                     *       "updated_at": "2026-03-02T09:32:01.200000Z",
                     *       "finished_at": "2026-03-02T09:32:01.500000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["BulkOperation"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["BulkOperationNotFound"];
            409: components["responses"]["WrongStatus"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    purgeQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has begun. */
            202: {
                headers: {
                    /** @description The path of the bulk operation. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade3-e680-7b22-9e4f-6e7f80910213",
                     *       "action": "cancel",
                     *       "selection": {
                     *         "filter": {
                     *           "status": [
                     *             "queued",
                     *             "retrying",
                     *             "scheduled"
                     *           ],
                     *           "queue": [
                     *             "emails"
                     *           ],
                     *           "created_before": "2026-03-02T09:32:00Z"
                     *         }
                     *       },
                     *       "parameters": {},
                     *       "rate_per_second": null,
                     *       "state": "running",
                     *       "matched": 1200,
                     *       "matched_is_capped": false,
                     *       "processed": 0,
                     *       "changed": 0,
                     *       "skipped": 0,
                     *       "progress": 0,
                     *       "error": null,
                     *       "actor": "ops",
                     *       "created_at": "2026-03-02T09:32:00Z",
                     *       "updated_at": "2026-03-02T09:32:00Z",
                     *       "finished_at": null
                     *     }
                     */
                    "application/json": components["schemas"]["BulkOperation"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["QueueNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listFailures: {
        parameters: {
            query?: {
                /** @description From this time on, or an age such as `30m`, `24h`, `7d`; a day before `until` by default. It is moved back to where a step of the series begins. */
                since?: string | null;
                /** @description Before this time; now by default. */
                until?: string | null;
                /** @description Only what failed in these queues. Several: repeat it, or put commas between them. */
                queue?: string[];
                /** @description Only of these job types. Several: repeat it, or put commas between them. */
                type?: string[];
                /** @description A part of the message, in any case of letters. */
                q?: string | null;
                /** @description What was seen last, most often in the window, or for the first time last comes first. */
                sort?: "-last_seen" | "-count" | "-first_seen";
                /** @description next_cursor of the page before, which was of the same order. */
                cursor?: string | null;
                /** @description How many items a page has at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of groups. */
            200: {
                headers: {
                    /** @description The next page, rel=next, if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "since": "2026-03-01T09:30:00Z",
                     *       "until": "2026-03-02T09:31:40Z",
                     *       "items": [
                     *         {
                     *           "fingerprint": "9f2c4b7a01d3e865",
                     *           "type": "email.send",
                     *           "message": "SMTPServerDisconnected: Connection unexpectedly closed",
                     *           "frame": "shop/mail.py:send",
                     *           "count": 312,
                     *           "total": 4711,
                     *           "first_seen_at": "2026-02-28T21:14:07.512000Z",
                     *           "last_seen_at": "2026-03-02T09:31:03.332000Z",
                     *           "queues": {
                     *             "emails": 300,
                     *             "letters": 12
                     *           },
                     *           "series": {
                     *             "step_seconds": 1800,
                     *             "t0": 1772357400,
                     *             "counts": [
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               0,
                     *               100,
                     *               190,
                     *               22
                     *             ]
                     *           },
                     *           "sample_job_id": "019cade2-1238-768e-8433-a398418d79cc"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["FailurePage"];
                };
            };
            400: components["responses"]["InvalidCursorOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailableOrQueryTimeout"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getFailure: {
        parameters: {
            query?: {
                /** @description From this time on, or an age such as `30m`, `24h`, `7d`; a day before `until` by default. It is moved back to where a step of the series begins. */
                since?: string | null;
                /** @description Before this time; now by default. */
                until?: string | null;
            };
            header?: never;
            path: {
                /** @description As GET /failures lists it. */
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The group. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "fingerprint": "9f2c4b7a01d3e865",
                     *       "type": "email.send",
                     *       "message": "SMTPServerDisconnected: Connection unexpectedly closed",
                     *       "frame": "shop/mail.py:send",
                     *       "count": 312,
                     *       "total": 4711,
                     *       "first_seen_at": "2026-02-28T21:14:07.512000Z",
                     *       "last_seen_at": "2026-03-02T09:31:03.332000Z",
                     *       "queues": {
                     *         "emails": 300,
                     *         "letters": 12
                     *       },
                     *       "series": {
                     *         "step_seconds": 1800,
                     *         "t0": 1772357400,
                     *         "counts": [
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           0,
                     *           100,
                     *           190,
                     *           22
                     *         ]
                     *       },
                     *       "sample_job_id": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "sample_attempt": 6,
                     *       "traceback": "Traceback (most recent call last):\n  File \"/app/shop/mail.py\", line 41, in send\n    server.send_message(letter)\n  File \"/usr/local/lib/python3.12/smtplib.py\", line 405, in getreply\n    raise SMTPServerDisconnected(\"Connection unexpectedly closed\")\nsmtplib.SMTPServerDisconnected: Connection unexpectedly closed\n",
                     *       "failed_now": {
                     *         "value": 290,
                     *         "relation": "eq"
                     *       },
                     *       "jobs": "/jobs?fingerprint=9f2c4b7a01d3e865",
                     *       "bulk": {
                     *         "retry": {
                     *           "action": "retry",
                     *           "filter": {
                     *             "fingerprint": [
                     *               "9f2c4b7a01d3e865"
                     *             ],
                     *             "status": [
                     *               "failed"
                     *             ]
                     *           }
                     *         },
                     *         "delete": {
                     *           "action": "delete",
                     *           "filter": {
                     *             "fingerprint": [
                     *               "9f2c4b7a01d3e865"
                     *             ],
                     *             "status": [
                     *               "failed"
                     *             ]
                     *           }
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["FailureNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailableOrQueryTimeout"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listQueues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every queue that ever had a job, or was paused. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "emails",
                     *           "queued": 17,
                     *           "scheduled": 3,
                     *           "retrying": 1,
                     *           "processing": 2,
                     *           "completed": 12480,
                     *           "failed": 31,
                     *           "cancelled": 4,
                     *           "oldest_seconds": 4.2,
                     *           "in_per_minute": 110,
                     *           "out_per_minute": 118,
                     *           "seconds_to_drain": 127.5,
                     *           "paused": false,
                     *           "paused_at": null,
                     *           "paused_by": null,
                     *           "limit": 3
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["QueueList"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queue. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "emails",
                     *       "queued": 17,
                     *       "scheduled": 3,
                     *       "retrying": 1,
                     *       "processing": 2,
                     *       "completed": 12480,
                     *       "failed": 31,
                     *       "cancelled": 4,
                     *       "oldest_seconds": 4.2,
                     *       "in_per_minute": 110,
                     *       "out_per_minute": 118,
                     *       "seconds_to_drain": 127.5,
                     *       "paused": false,
                     *       "paused_at": null,
                     *       "paused_by": null,
                     *       "limit": 3
                     *     }
                     */
                    "application/json": components["schemas"]["Queue"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["QueueNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listQueueTypes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By type, those with jobs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "type": "email.send",
                     *           "scheduled": 3,
                     *           "queued": 17,
                     *           "processing": 2,
                     *           "retrying": 1,
                     *           "completed": 12480,
                     *           "failed": 31,
                     *           "cancelled": 4
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["QueueTypeList"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["QueueNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    pauseQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is paused, or was already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "emails",
                     *       "queued": 17,
                     *       "scheduled": 3,
                     *       "retrying": 1,
                     *       "processing": 2,
                     *       "completed": 12480,
                     *       "failed": 31,
                     *       "cancelled": 4,
                     *       "oldest_seconds": 4.2,
                     *       "in_per_minute": 110,
                     *       "out_per_minute": 118,
                     *       "seconds_to_drain": null,
                     *       "paused": true,
                     *       "paused_at": "2026-03-02T09:30:00Z",
                     *       "paused_by": "ops",
                     *       "limit": 3
                     *     }
                     */
                    "application/json": components["schemas"]["Queue"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    resumeQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Workers claim from it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "emails",
                     *       "queued": 17,
                     *       "scheduled": 3,
                     *       "retrying": 1,
                     *       "processing": 2,
                     *       "completed": 12480,
                     *       "failed": 31,
                     *       "cancelled": 4,
                     *       "oldest_seconds": 4.2,
                     *       "in_per_minute": 110,
                     *       "out_per_minute": 118,
                     *       "seconds_to_drain": 127.5,
                     *       "paused": false,
                     *       "paused_at": null,
                     *       "paused_by": null,
                     *       "limit": 3
                     *     }
                     */
                    "application/json": components["schemas"]["Queue"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["QueueNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getOverview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The system at one look. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "at": "2026-03-02T09:30:04.100000Z",
                     *       "jobs": {
                     *         "scheduled": 3,
                     *         "queued": 17,
                     *         "processing": 2,
                     *         "retrying": 1,
                     *         "completed": 12480,
                     *         "failed": 31,
                     *         "cancelled": 4
                     *       },
                     *       "due": 19,
                     *       "oldest_queued_seconds": 4.2,
                     *       "per_minute": {
                     *         "submitted": 126,
                     *         "completed": 118.4,
                     *         "failed": 0.6,
                     *         "retried": 1.2,
                     *         "cancelled": 0
                     *       },
                     *       "wait_seconds": {
                     *         "p50": 0.004,
                     *         "p95": 1.7,
                     *         "p99": 4.1
                     *       },
                     *       "run_seconds": {
                     *         "p50": 0.21,
                     *         "p95": 0.48,
                     *         "p99": 1.4
                     *       },
                     *       "workers": {
                     *         "alive": 2,
                     *         "draining": 0,
                     *         "lost": 0,
                     *         "slots": 20,
                     *         "running": 2
                     *       },
                     *       "scheduler": {
                     *         "leader": {
                     *           "id": "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f51",
                     *           "host": "scheduler-0",
                     *           "pid": 7,
                     *           "term": 3,
                     *           "since": "2026-03-01T08:00:00Z"
                     *         },
                     *         "alive": 2,
                     *         "trouble": null,
                     *         "lag_seconds": 0,
                     *         "fired_per_minute": 6,
                     *         "schedules": 3,
                     *         "paused": 1,
                     *         "next": [
                     *           {
                     *             "name": "poll",
                     *             "type": "demo.sleep",
                     *             "queue": "default",
                     *             "next_at": "2026-03-02T09:30:10Z"
                     *           }
                     *         ]
                     *       },
                     *       "queues_total": 1,
                     *       "queues_paused": 0,
                     *       "queues": [
                     *         {
                     *           "name": "emails",
                     *           "queued": 17,
                     *           "processing": 2,
                     *           "paused": false,
                     *           "oldest_seconds": 4.2,
                     *           "in_per_minute": 110,
                     *           "out_per_minute": 118,
                     *           "seconds_to_drain": 127.5
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Overview"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getTimeseries: {
        parameters: {
            query?: {
                /** @description Which columns. Repeat it, or put commas between several; by default all that count. */
                metric?: ("submitted" | "completed" | "failed" | "retried" | "cancelled" | "wait_p50" | "wait_p95" | "wait_p99" | "run_p50" | "run_p95" | "run_p99")[];
                /** @description Only of these queues. */
                queue?: string[];
                /** @description Only of these types. */
                type?: string[];
                /** @description Show each queue, or each type, by itself, too. */
                by?: "queue" | "type" | null;
                /** @description The first time; an hour before `to` by default. */
                from?: string | null;
                /** @description The last time; by default now. */
                to?: string | null;
                /** @description Seconds a point covers, in whole minutes; by default so that there are about a hundred. */
                step?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happened, in columns. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": "2026-03-02T09:28:00Z",
                     *       "to": "2026-03-02T09:31:00Z",
                     *       "step": 60,
                     *       "t": [
                     *         1772443680,
                     *         1772443740,
                     *         1772443800
                     *       ],
                     *       "series": {
                     *         "completed": [
                     *           117,
                     *           120,
                     *           8
                     *         ],
                     *         "wait_p95": [
                     *           1.6,
                     *           1.7,
                     *           null
                     *         ]
                     *       },
                     *       "groups": {
                     *         "emails": {
                     *           "completed": [
                     *             110,
                     *             118,
                     *             8
                     *           ],
                     *           "wait_p95": [
                     *             1.6,
                     *             1.7,
                     *             null
                     *           ]
                     *         },
                     *         "reports": {
                     *           "completed": [
                     *             7,
                     *             2,
                     *             0
                     *           ],
                     *           "wait_p95": [
                     *             0.4,
                     *             0.4,
                     *             null
                     *           ]
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Timeseries"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listLimits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every limit, and how many run under it now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "kind": "queue",
                     *           "name": "emails",
                     *           "max_running": 3,
                     *           "running_count": 2,
                     *           "updated_at": "2026-03-02T09:30:00Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["LimitList"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getLimit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What is limited. */
                kind: "queue" | "type";
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The limit. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "queue",
                     *       "name": "emails",
                     *       "max_running": 3,
                     *       "running_count": 2,
                     *       "updated_at": "2026-03-02T09:30:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Limit"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["LimitNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    setLimit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What is limited. */
                kind: "queue" | "type";
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LimitRequest"];
            };
        };
        responses: {
            /** @description It holds within a second. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "queue",
                     *       "name": "emails",
                     *       "max_running": 3,
                     *       "running_count": 2,
                     *       "updated_at": "2026-03-02T09:30:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Limit"];
                };
            };
            400: components["responses"]["InvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            413: components["responses"]["RequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    removeLimit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What is limited. */
                kind: "queue" | "type";
                /** @description Of a queue, or where a type is limited, of a type. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The limit that there was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "queue",
                     *       "name": "emails",
                     *       "max_running": 3,
                     *       "running_count": 2,
                     *       "updated_at": "2026-03-02T09:30:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Limit"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["LimitNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listWorkers: {
        parameters: {
            query?: {
                /** @description Left out: alive, draining, drained, and those lost within 1 hour. Ended ones are known for a few days. */
                state?: ("alive" | "draining" | "drained" | "lost" | "stopped")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The live ones first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f50",
                     *           "host": "worker-7f9c",
                     *           "pid": 31,
                     *           "version": "0.2.0",
                     *           "state": "alive",
                     *           "queues": null,
                     *           "types": [
                     *             "demo.sleep",
                     *             "email.send"
                     *           ],
                     *           "slots": 10,
                     *           "started_at": "2026-03-02T08:00:00Z",
                     *           "heartbeat_age": 1.204,
                     *           "lease": 30,
                     *           "drain_requested_at": null,
                     *           "ended_at": null,
                     *           "memory_bytes": 62914560,
                     *           "running_count": 1,
                     *           "running": [
                     *             {
                     *               "job_id": "019cade2-1238-768e-8433-a398418d79cc",
                     *               "type": "email.send",
                     *               "queue": "emails",
                     *               "attempt": 1,
                     *               "started_at": "2026-03-02T09:30:00.131000Z",
                     *               "progress": {
                     *                 "fraction": 0.4,
                     *                 "message": "2 of 5 sent",
                     *                 "updated_at": "2026-03-02T09:30:03.900000Z"
                     *               }
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "items_capped_at": 1000
                     *     }
                     */
                    "application/json": components["schemas"]["WorkerList"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getWorker: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As GET /workers lists it. */
                worker_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The worker. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f50",
                     *       "host": "worker-7f9c",
                     *       "pid": 31,
                     *       "version": "0.2.0",
                     *       "state": "alive",
                     *       "queues": null,
                     *       "types": [
                     *         "demo.sleep",
                     *         "email.send"
                     *       ],
                     *       "slots": 10,
                     *       "started_at": "2026-03-02T08:00:00Z",
                     *       "heartbeat_age": 1.204,
                     *       "lease": 30,
                     *       "drain_requested_at": null,
                     *       "ended_at": null,
                     *       "memory_bytes": 62914560,
                     *       "running_count": 1,
                     *       "running": [
                     *         {
                     *           "job_id": "019cade2-1238-768e-8433-a398418d79cc",
                     *           "type": "email.send",
                     *           "queue": "emails",
                     *           "attempt": 1,
                     *           "started_at": "2026-03-02T09:30:00.131000Z",
                     *           "progress": {
                     *             "fraction": 0.4,
                     *             "message": "2 of 5 sent",
                     *             "updated_at": "2026-03-02T09:30:03.900000Z"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Worker"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["WorkerNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    drainWorker: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As GET /workers lists it. */
                worker_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It hears of it within a second. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f50",
                     *       "host": "worker-7f9c",
                     *       "pid": 31,
                     *       "version": "0.2.0",
                     *       "state": "draining",
                     *       "queues": null,
                     *       "types": [
                     *         "demo.sleep",
                     *         "email.send"
                     *       ],
                     *       "slots": 10,
                     *       "started_at": "2026-03-02T08:00:00Z",
                     *       "heartbeat_age": 1.204,
                     *       "lease": 30,
                     *       "drain_requested_at": "2026-03-02T09:30:04Z",
                     *       "ended_at": null,
                     *       "memory_bytes": 62914560,
                     *       "running_count": 1,
                     *       "running": [
                     *         {
                     *           "job_id": "019cade2-1238-768e-8433-a398418d79cc",
                     *           "type": "email.send",
                     *           "queue": "emails",
                     *           "attempt": 1,
                     *           "started_at": "2026-03-02T09:30:00.131000Z",
                     *           "progress": {
                     *             "fraction": 0.4,
                     *             "message": "2 of 5 sent",
                     *             "updated_at": "2026-03-02T09:30:03.900000Z"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Worker"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["WorkerNotFound"];
            409: components["responses"]["WorkerEnded"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listSchedules: {
        parameters: {
            query?: {
                /** @description Only those that are paused, or that are not. */
                paused?: boolean | null;
                /** @description Only those of the schedules file, or of the API. */
                source?: "api" | "file" | null;
                /** @description Show of each its next instants, so many. */
                next?: number;
                /** @description Show of each its newest runs, up to so many. */
                runs?: number;
                /** @description next_cursor of the page before. */
                cursor?: string | null;
                /** @description How many items a page has at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    /** @description The next page, rel=next, if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "nightly-report",
                     *           "type": "report.generate",
                     *           "queue": "reports",
                     *           "cron": "0 2 * * *",
                     *           "timezone": "Europe/Berlin",
                     *           "words": "At 02:00 every day",
                     *           "priority": "normal",
                     *           "max_retries": null,
                     *           "timeout": null,
                     *           "tags": [],
                     *           "catch_up": "latest",
                     *           "catch_up_window": 86400,
                     *           "catch_up_limit": 100,
                     *           "overlap": "allow",
                     *           "jitter": 0,
                     *           "starts_at": null,
                     *           "ends_at": null,
                     *           "paused": false,
                     *           "paused_at": null,
                     *           "paused_by": null,
                     *           "source": "api",
                     *           "dropped_at": null,
                     *           "version": 3,
                     *           "due_after": "2026-03-02T01:00:00Z",
                     *           "next_at": "2026-03-03T01:00:00Z",
                     *           "last_run": {
                     *             "schedule": "nightly-report",
                     *             "scheduled_for": "2026-03-02T01:00:00Z",
                     *             "fired_at": "2026-03-02T01:00:00.014000Z",
                     *             "lateness": 0.014,
                     *             "job_id": "019cac0f-a70e-7b22-9e4f-6e7f80910214",
                     *             "outcome": "completed",
                     *             "manual": false,
                     *             "missed": 0
                     *           },
                     *           "created_at": "2026-02-20T14:03:11.200000Z",
                     *           "updated_at": "2026-02-26T08:30:00.410000Z",
                     *           "payload_preview": "{\"period\": \"yesterday\", \"timezone\": \"Europe/Berlin\"}",
                     *           "next": [
                     *             {
                     *               "at": "2026-03-03T01:00:00Z",
                     *               "local": "2026-03-03T02:00:00+01:00"
                     *             }
                     *           ],
                     *           "runs": [
                     *             {
                     *               "schedule": "nightly-report",
                     *               "scheduled_for": "2026-03-02T01:00:00Z",
                     *               "fired_at": "2026-03-02T01:00:00.014000Z",
                     *               "lateness": 0.014,
                     *               "job_id": "019cac0f-a70e-7b22-9e4f-6e7f80910214",
                     *               "outcome": "completed",
                     *               "manual": false,
                     *               "missed": 0
                     *             },
                     *             {
                     *               "schedule": "nightly-report",
                     *               "scheduled_for": "2026-03-01T01:00:00Z",
                     *               "fired_at": "2026-03-01T01:00:00.011000Z",
                     *               "lateness": 0.011,
                     *               "job_id": null,
                     *               "outcome": "skipped",
                     *               "manual": false,
                     *               "missed": 0
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next_cursor": null,
                     *       "at": "2026-03-02T09:30:00.120000Z",
                     *       "revision": 17
                     *     }
                     */
                    "application/json": components["schemas"]["SchedulePage"];
                };
            };
            400: components["responses"]["InvalidCursorOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    createSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduleRequest"];
            };
        };
        responses: {
            /** @description It fires from now on, unless it is paused. */
            201: {
                headers: {
                    /** @description The path of the schedule. */
                    Location?: string;
                    /** @description Of its definition, and of whether it is paused. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "nightly-report",
                     *       "type": "report.generate",
                     *       "queue": "reports",
                     *       "cron": "0 2 * * *",
                     *       "timezone": "Europe/Berlin",
                     *       "words": "At 02:00 every day",
                     *       "priority": "normal",
                     *       "max_retries": null,
                     *       "timeout": null,
                     *       "tags": [],
                     *       "catch_up": "latest",
                     *       "catch_up_window": 86400,
                     *       "catch_up_limit": 100,
                     *       "overlap": "allow",
                     *       "jitter": 0,
                     *       "starts_at": null,
                     *       "ends_at": null,
                     *       "paused": false,
                     *       "paused_at": null,
                     *       "paused_by": null,
                     *       "source": "api",
                     *       "dropped_at": null,
                     *       "version": 1,
                     *       "due_after": "2026-03-02T09:30:00.120000Z",
                     *       "next_at": "2026-03-03T01:00:00Z",
                     *       "last_run": null,
                     *       "created_at": "2026-03-02T09:30:00.120000Z",
                     *       "updated_at": "2026-03-02T09:30:00.120000Z",
                     *       "payload": {
                     *         "period": "yesterday",
                     *         "timezone": "Europe/Berlin"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            400: components["responses"]["InvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            409: components["responses"]["ScheduleExists"];
            413: components["responses"]["PayloadTooLargeOrRequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidRequestOrInvalidSchedule"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schedule. */
            200: {
                headers: {
                    /** @description Of its definition, and of whether it is paused. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "nightly-report",
                     *       "type": "report.generate",
                     *       "queue": "reports",
                     *       "cron": "0 2 * * *",
                     *       "timezone": "Europe/Berlin",
                     *       "words": "At 02:00 every day",
                     *       "priority": "normal",
                     *       "max_retries": null,
                     *       "timeout": null,
                     *       "tags": [],
                     *       "catch_up": "latest",
                     *       "catch_up_window": 86400,
                     *       "catch_up_limit": 100,
                     *       "overlap": "allow",
                     *       "jitter": 0,
                     *       "starts_at": null,
                     *       "ends_at": null,
                     *       "paused": false,
                     *       "paused_at": null,
                     *       "paused_by": null,
                     *       "source": "api",
                     *       "dropped_at": null,
                     *       "version": 3,
                     *       "due_after": "2026-03-02T01:00:00Z",
                     *       "next_at": "2026-03-03T01:00:00Z",
                     *       "last_run": {
                     *         "schedule": "nightly-report",
                     *         "scheduled_for": "2026-03-02T01:00:00Z",
                     *         "fired_at": "2026-03-02T01:00:00.014000Z",
                     *         "lateness": 0.014,
                     *         "job_id": "019cac0f-a70e-7b22-9e4f-6e7f80910214",
                     *         "outcome": "completed",
                     *         "manual": false,
                     *         "missed": 0
                     *       },
                     *       "created_at": "2026-02-20T14:03:11.200000Z",
                     *       "updated_at": "2026-02-26T08:30:00.410000Z",
                     *       "payload": {
                     *         "period": "yesterday",
                     *         "timezone": "Europe/Berlin"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["ScheduleNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    putSchedule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of the schedule as it was seen, or `*`; without it the answer is 428 if there is one.
                 * @example *
                 */
                "If-Match"?: string;
                /** @description `*`: only create; 412 if there is one. */
                "If-None-Match"?: "*";
            };
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduleRequest"];
            };
        };
        responses: {
            /** @description It is replaced. */
            200: {
                headers: {
                    /** @description Of its definition, and of whether it is paused. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "nightly-report",
                     *       "type": "report.generate",
                     *       "queue": "reports",
                     *       "cron": "0 6 * * *",
                     *       "timezone": "Europe/Berlin",
                     *       "words": "At 06:00 every day",
                     *       "priority": "normal",
                     *       "max_retries": null,
                     *       "timeout": null,
                     *       "tags": [],
                     *       "catch_up": "latest",
                     *       "catch_up_window": 86400,
                     *       "catch_up_limit": 100,
                     *       "overlap": "allow",
                     *       "jitter": 0,
                     *       "starts_at": null,
                     *       "ends_at": null,
                     *       "paused": false,
                     *       "paused_at": null,
                     *       "paused_by": null,
                     *       "source": "api",
                     *       "dropped_at": null,
                     *       "version": 4,
                     *       "due_after": "2026-03-02T09:30:04.250000Z",
                     *       "next_at": "2026-03-03T05:00:00Z",
                     *       "last_run": {
                     *         "schedule": "nightly-report",
                     *         "scheduled_for": "2026-03-02T01:00:00Z",
                     *         "fired_at": "2026-03-02T01:00:00.014000Z",
                     *         "lateness": 0.014,
                     *         "job_id": "019cac0f-a70e-7b22-9e4f-6e7f80910214",
                     *         "outcome": "completed",
                     *         "manual": false,
                     *         "missed": 0
                     *       },
                     *       "created_at": "2026-02-20T14:03:11.200000Z",
                     *       "updated_at": "2026-03-02T09:30:04.250000Z",
                     *       "payload": {
                     *         "period": "yesterday",
                     *         "timezone": "Europe/Berlin"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            /** @description It is created. */
            201: {
                headers: {
                    /** @description The path of the schedule. */
                    Location?: string;
                    /** @description Of its definition, and of whether it is paused. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "nightly-report",
                     *       "type": "report.generate",
                     *       "queue": "reports",
                     *       "cron": "0 2 * * *",
                     *       "timezone": "Europe/Berlin",
                     *       "words": "At 02:00 every day",
                     *       "priority": "normal",
                     *       "max_retries": null,
                     *       "timeout": null,
                     *       "tags": [],
                     *       "catch_up": "latest",
                     *       "catch_up_window": 86400,
                     *       "catch_up_limit": 100,
                     *       "overlap": "allow",
                     *       "jitter": 0,
                     *       "starts_at": null,
                     *       "ends_at": null,
                     *       "paused": false,
                     *       "paused_at": null,
                     *       "paused_by": null,
                     *       "source": "api",
                     *       "dropped_at": null,
                     *       "version": 1,
                     *       "due_after": "2026-03-02T09:30:00.120000Z",
                     *       "next_at": "2026-03-03T01:00:00Z",
                     *       "last_run": null,
                     *       "created_at": "2026-03-02T09:30:00.120000Z",
                     *       "updated_at": "2026-03-02T09:30:00.120000Z",
                     *       "payload": {
                     *         "period": "yesterday",
                     *         "timezone": "Europe/Berlin"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            400: components["responses"]["InvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            409: components["responses"]["ScheduleReadOnly"];
            412: components["responses"]["ScheduleChanged"];
            413: components["responses"]["PayloadTooLargeOrRequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidRequestOrInvalidSchedule"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    deleteSchedule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of the schedule as it was seen, or `*`.
                 * @example *
                 */
                "If-Match"?: string;
            };
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["ScheduleNotFound"];
            409: components["responses"]["ScheduleReadOnly"];
            412: components["responses"]["ScheduleChanged"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    editSchedule: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The ETag of the schedule as it was seen, or `*`; without it the answer is 428.
                 * @example *
                 */
                "If-Match": string;
            };
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduleEdit"];
            };
        };
        responses: {
            /** @description It is changed. */
            200: {
                headers: {
                    /** @description Of its definition, and of whether it is paused. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "nightly-report",
                     *       "type": "report.generate",
                     *       "queue": "reports",
                     *       "cron": "0 6 * * *",
                     *       "timezone": "Europe/Berlin",
                     *       "words": "At 06:00 every day",
                     *       "priority": "normal",
                     *       "max_retries": null,
                     *       "timeout": null,
                     *       "tags": [],
                     *       "catch_up": "latest",
                     *       "catch_up_window": 86400,
                     *       "catch_up_limit": 100,
                     *       "overlap": "allow",
                     *       "jitter": 0,
                     *       "starts_at": null,
                     *       "ends_at": null,
                     *       "paused": false,
                     *       "paused_at": null,
                     *       "paused_by": null,
                     *       "source": "api",
                     *       "dropped_at": null,
                     *       "version": 4,
                     *       "due_after": "2026-03-02T09:30:04.250000Z",
                     *       "next_at": "2026-03-03T05:00:00Z",
                     *       "last_run": {
                     *         "schedule": "nightly-report",
                     *         "scheduled_for": "2026-03-02T01:00:00Z",
                     *         "fired_at": "2026-03-02T01:00:00.014000Z",
                     *         "lateness": 0.014,
                     *         "job_id": "019cac0f-a70e-7b22-9e4f-6e7f80910214",
                     *         "outcome": "completed",
                     *         "manual": false,
                     *         "missed": 0
                     *       },
                     *       "created_at": "2026-02-20T14:03:11.200000Z",
                     *       "updated_at": "2026-03-02T09:30:04.250000Z",
                     *       "payload": {
                     *         "period": "yesterday",
                     *         "timezone": "Europe/Berlin"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            400: components["responses"]["InvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["ScheduleNotFound"];
            409: components["responses"]["ScheduleReadOnly"];
            412: components["responses"]["ScheduleChanged"];
            413: components["responses"]["PayloadTooLargeOrRequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidRequestOrInvalidSchedule"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    pauseSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is paused, or was already. */
            200: {
                headers: {
                    /** @description Of its new state. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "nightly-report",
                     *       "type": "report.generate",
                     *       "queue": "reports",
                     *       "cron": "0 2 * * *",
                     *       "timezone": "Europe/Berlin",
                     *       "words": "At 02:00 every day",
                     *       "priority": "normal",
                     *       "max_retries": null,
                     *       "timeout": null,
                     *       "tags": [],
                     *       "catch_up": "latest",
                     *       "catch_up_window": 86400,
                     *       "catch_up_limit": 100,
                     *       "overlap": "allow",
                     *       "jitter": 0,
                     *       "starts_at": null,
                     *       "ends_at": null,
                     *       "paused": true,
                     *       "paused_at": "2026-03-02T09:30:04.250000Z",
                     *       "paused_by": "ops",
                     *       "source": "api",
                     *       "dropped_at": null,
                     *       "version": 4,
                     *       "due_after": "2026-03-02T01:00:00Z",
                     *       "next_at": null,
                     *       "last_run": {
                     *         "schedule": "nightly-report",
                     *         "scheduled_for": "2026-03-02T01:00:00Z",
                     *         "fired_at": "2026-03-02T01:00:00.014000Z",
                     *         "lateness": 0.014,
                     *         "job_id": "019cac0f-a70e-7b22-9e4f-6e7f80910214",
                     *         "outcome": "completed",
                     *         "manual": false,
                     *         "missed": 0
                     *       },
                     *       "created_at": "2026-02-20T14:03:11.200000Z",
                     *       "updated_at": "2026-03-02T09:30:04.250000Z",
                     *       "payload": {
                     *         "period": "yesterday",
                     *         "timezone": "Europe/Berlin"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["ScheduleNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    resumeSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It fires from now on. */
            200: {
                headers: {
                    /** @description Of its new state. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "nightly-report",
                     *       "type": "report.generate",
                     *       "queue": "reports",
                     *       "cron": "0 2 * * *",
                     *       "timezone": "Europe/Berlin",
                     *       "words": "At 02:00 every day",
                     *       "priority": "normal",
                     *       "max_retries": null,
                     *       "timeout": null,
                     *       "tags": [],
                     *       "catch_up": "latest",
                     *       "catch_up_window": 86400,
                     *       "catch_up_limit": 100,
                     *       "overlap": "allow",
                     *       "jitter": 0,
                     *       "starts_at": null,
                     *       "ends_at": null,
                     *       "paused": false,
                     *       "paused_at": null,
                     *       "paused_by": null,
                     *       "source": "api",
                     *       "dropped_at": null,
                     *       "version": 5,
                     *       "due_after": "2026-03-02T09:31:40Z",
                     *       "next_at": "2026-03-03T01:00:00Z",
                     *       "last_run": {
                     *         "schedule": "nightly-report",
                     *         "scheduled_for": "2026-03-02T01:00:00Z",
                     *         "fired_at": "2026-03-02T01:00:00.014000Z",
                     *         "lateness": 0.014,
                     *         "job_id": "019cac0f-a70e-7b22-9e4f-6e7f80910214",
                     *         "outcome": "completed",
                     *         "manual": false,
                     *         "missed": 0
                     *       },
                     *       "created_at": "2026-02-20T14:03:11.200000Z",
                     *       "updated_at": "2026-03-02T09:31:40Z",
                     *       "payload": {
                     *         "period": "yesterday",
                     *         "timezone": "Europe/Berlin"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["ScheduleNotFound"];
            409: components["responses"]["ScheduleDropped"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    runSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: the same key and body get the first answer again. */
                "Idempotency-Key"?: string;
                /**
                 * @description W3C trace context, kept with the job and handed to its handler. One that breaks a rule is ignored.
                 * @example 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
                 */
                traceparent?: string;
            };
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its job. */
            201: {
                headers: {
                    /** @description The path of the job. */
                    Location?: string;
                    /** @description true, when the key was sent before. */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019cade2-1238-768e-8433-a398418d79cc",
                     *       "queue": "reports",
                     *       "type": "report.generate",
                     *       "status": "queued",
                     *       "priority": "normal",
                     *       "attempts": 0,
                     *       "failures": 0,
                     *       "max_retries": 3,
                     *       "rescues": 0,
                     *       "run_at": null,
                     *       "expires_at": null,
                     *       "timeout": null,
                     *       "queued_at": "2026-03-02T09:30:00.120000Z",
                     *       "tags": [],
                     *       "error": null,
                     *       "fingerprint": null,
                     *       "failure_reason": null,
                     *       "waiting_reason": null,
                     *       "cancel_requested_at": null,
                     *       "worker_id": null,
                     *       "started_at": null,
                     *       "finished_at": null,
                     *       "created_at": "2026-03-02T09:30:00.120000Z",
                     *       "updated_at": "2026-03-02T09:30:00.120000Z",
                     *       "schedule": "nightly-report",
                     *       "scheduled_for": "2026-03-02T09:30:00.119000Z",
                     *       "rerun_of": null,
                     *       "parent_id": null,
                     *       "payload": {
                     *         "period": "yesterday",
                     *         "timezone": "Europe/Berlin"
                     *       },
                     *       "result": null,
                     *       "attempt_history": [],
                     *       "progress": null,
                     *       "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["InvalidIdempotencyKeyOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["ScheduleNotFound"];
            409: components["responses"]["IdempotencyKeyInUse"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    previewSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewRequest"];
            };
        };
        responses: {
            /** @description What it means. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "cron": "30 2 * * *",
                     *       "timezone": "Europe/Berlin",
                     *       "words": "At 02:30 every day",
                     *       "next": [
                     *         {
                     *           "at": "2026-03-03T01:30:00Z",
                     *           "local": "2026-03-03T02:30:00+01:00"
                     *         },
                     *         {
                     *           "at": "2026-03-04T01:30:00Z",
                     *           "local": "2026-03-04T02:30:00+01:00"
                     *         }
                     *       ],
                     *       "transition": {
                     *         "at": "2026-03-29T01:00:00Z",
                     *         "from_offset": "+01:00",
                     *         "to_offset": "+02:00",
                     *         "local_before": "2026-03-29T02:00:00+01:00",
                     *         "local_after": "2026-03-29T03:00:00+02:00",
                     *         "effect": "02:30 does not exist on 2026-03-29; it runs once at 03:00+02:00 instead."
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Preview"];
                };
            };
            400: components["responses"]["InvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            413: components["responses"]["RequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidRequestOrInvalidSchedule"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listNextRuns: {
        parameters: {
            query?: {
                /** @description How many instants at most. */
                n?: number;
            };
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The next instants, in UTC and as clocks of the zone show them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "nightly-report",
                     *       "timezone": "Europe/Berlin",
                     *       "next": [
                     *         {
                     *           "at": "2026-03-03T01:00:00Z",
                     *           "local": "2026-03-03T02:00:00+01:00"
                     *         },
                     *         {
                     *           "at": "2026-03-04T01:00:00Z",
                     *           "local": "2026-03-04T02:00:00+01:00"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Next"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["ScheduleNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listScheduleRuns: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string | null;
                /** @description How many items a page has at most. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The name of a schedule. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    /** @description The next page, rel=next, if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "schedule": "nightly-report",
                     *           "scheduled_for": "2026-03-02T01:00:00Z",
                     *           "fired_at": "2026-03-02T01:00:00.014000Z",
                     *           "lateness": 0.014,
                     *           "job_id": "019cac0f-a70e-7b22-9e4f-6e7f80910214",
                     *           "outcome": "completed",
                     *           "manual": false,
                     *           "missed": 0
                     *         },
                     *         {
                     *           "schedule": "nightly-report",
                     *           "scheduled_for": "2026-03-01T01:00:00Z",
                     *           "fired_at": "2026-03-01T01:00:00.011000Z",
                     *           "lateness": 0.011,
                     *           "job_id": null,
                     *           "outcome": "skipped",
                     *           "manual": false,
                     *           "missed": 0
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ScheduleRunPage"];
                };
            };
            400: components["responses"]["InvalidCursorOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["ScheduleNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    fireSchedules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FireRequest"];
            };
        };
        responses: {
            /** @description What became of each, in the order of the request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "at": "2026-03-02T09:30:00.014000Z",
                     *       "items": [
                     *         {
                     *           "schedule": "poll",
                     *           "scheduled_for": "2026-03-02T09:30:00Z",
                     *           "outcome": "fired",
                     *           "job_id": "019cade2-1238-768e-8433-a398418d79cc"
                     *         },
                     *         {
                     *           "schedule": "nightly-report",
                     *           "scheduled_for": "2026-03-02T01:00:00Z",
                     *           "outcome": "replayed",
                     *           "job_id": "019cac0f-a70e-7b22-9e4f-6e7f80910214"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["FireAnswer"];
                };
            };
            400: components["responses"]["InvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            413: components["responses"]["PayloadTooLargeOrRequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    syncSchedules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduleSync"];
            };
        };
        responses: {
            /** @description The schedules of the file are these now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "at": "2026-03-02T09:30:00.120000Z",
                     *       "created": [
                     *         "letters"
                     *       ],
                     *       "updated": [],
                     *       "removed": [],
                     *       "paused": [
                     *         "weekly-report"
                     *       ],
                     *       "unchanged": 1
                     *     }
                     */
                    "application/json": components["schemas"]["SyncAnswer"];
                };
            };
            400: components["responses"]["InvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            409: components["responses"]["ScheduleExists"];
            413: components["responses"]["PayloadTooLargeOrRequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidRequestOrInvalidSchedule"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    reportScheduler: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Which the scheduler gave itself when it started. */
                scheduler_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SchedulerReport"];
            };
        };
        responses: {
            /** @description It is known. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "at": "2026-03-02T09:30:00.120000Z",
                     *       "revision": 17
                     *     }
                     */
                    "application/json": components["schemas"]["SchedulerAnswer"];
                };
            };
            400: components["responses"]["InvalidJsonOrUntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            413: components["responses"]["RequestEntityTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listSchedulers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The longest running first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f51",
                     *           "host": "scheduler-0",
                     *           "pid": 7,
                     *           "version": "0.2.0",
                     *           "state": "alive",
                     *           "leads": true,
                     *           "term": 3,
                     *           "lag": 0.012,
                     *           "fired": 1204,
                     *           "trouble": null,
                     *           "started_at": "2026-03-01T08:00:00Z",
                     *           "seen_at": "2026-03-02T09:30:00.120000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SchedulerList"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listHandlers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every type that a worker ever published. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "type": "demo.sleep",
                     *           "live_workers": 2,
                     *           "versions": [
                     *             {
                     *               "fingerprint": "3f9a1c0d2b7e4856",
                     *               "schema": {
                     *                 "type": "object",
                     *                 "properties": {
                     *                   "seconds": {
                     *                     "type": "number",
                     *                     "minimum": 0
                     *                   }
                     *                 }
                     *               },
                     *               "max_retries": 3,
                     *               "timeout": null,
                     *               "isolation": "thread",
                     *               "description": "Sleep for so many seconds.",
                     *               "live_workers": 2
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["HandlerList"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    streamEvents: {
        parameters: {
            query: {
                /** @description What to hear of, 1 to 20: repeat it, or put commas between. job:<id> is one job. */
                topics: string[];
                /** @description In place of the header, for programs that cannot set it. */
                last_event_id?: string | null;
            };
            header?: {
                /**
                 * @description The `id` of the last event that was received; what has come since is sent first.
                 * @example 1772443800131-0
                 */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events, without an end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example retry: 1000
                     *     id: 1772443800131-0
                     *     event: hello
                     *     data: {"version":"0.2.0","position":"1772443800131-0","topics":["jobs","queue","stats"]}
                     *
                     *     id: 1772443800412-0
                     *     event: jobs
                     *     data: {"n":2,"statuses":{"queued":{"emails":1},"completed":{"emails":1}},"jobs":[["019cade2-1238-768e-8433-a398418d79cc","completed",1]]}
                     *
                     *     id: 1772443801007-0
                     *     event: queue
                     *     data: {"action":"pause","name":"emails"}
                     *
                     *     : ping
                     *     id: 1772443801007-0
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailableOrTooManyStreams"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    streamJobEvents: {
        parameters: {
            query?: {
                /** @description In place of the header, for programs that cannot set it. */
                last_event_id?: string | null;
            };
            header?: {
                /**
                 * @description The `id` of the last event that was received; what has come since is sent first.
                 * @example 80412
                 */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description As POST /jobs answered it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events until the job has ended, then `end`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example retry: 1000
                     *     event: hello
                     *     data: {"version":"0.2.0","position":null,"topics":["job:019cade2-1238-768e-8433-a398418d79cc"]}
                     *
                     *     event: job
                     *     data: {"id":"019cade2-1238-768e-8433-a398418d79cc","queue":"emails","type":"email.send","status":"processing","attempts":1,"max_retries":3,"error":null,"failure_reason":null,"run_at":null,"started_at":"2026-03-02T09:30:00.131000Z","finished_at":null,"cancel_requested_at":null,"worker_id":"019cad8f-ac00-7c41-9d5e-0b1c2d3e4f50","progress":{"fraction":0.4,"message":"2 of 5 sent"}}
                     *
                     *     id: 17
                     *     event: log
                     *     data: {"seq":17,"attempt":1,"at":"2026-03-02T09:30:03.900000Z","level":"info","message":"2 of 5 sent","fields":{}}
                     *
                     *     event: end
                     *     data: {"id":"019cade2-1238-768e-8433-a398418d79cc","status":"completed"}
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["JobNotFound"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailableOrTooManyStreams"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "ops",
                     *       "key_id": "0123456789ab",
                     *       "scopes": [
                     *         "read",
                     *         "operate"
                     *       ],
                     *       "expires_at": "2026-06-01T00:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description next_before of the page before. */
                before?: number | null;
                /** @description How many items a page has at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, newest first. */
            200: {
                headers: {
                    /** @description The next page, rel=next, if any. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 4711,
                     *           "at": "2026-03-02T09:31:40.002000Z",
                     *           "actor": "ops",
                     *           "key_id": "0123456789ab",
                     *           "action": "job.retry",
                     *           "target": {
                     *             "job": "019cade2-1238-768e-8433-a398418d79cc"
                     *           },
                     *           "affected": 1,
                     *           "request_id": "019cade21238768e8433a398418d79cc"
                     *         }
                     *       ],
                     *       "next_before": 4711
                     *     }
                     */
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus' text format, version 0.0.4. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # HELP goqueue_jobs_enqueued_total Jobs stored: by the API, or by the handler of another job. name: their type.
                     *     # TYPE goqueue_jobs_enqueued_total counter
                     *     goqueue_jobs_enqueued_total{name="email.send",queue="emails"} 1204.0
                     *     # HELP goqueue_queue_depth Jobs that are not final; the same from every API process.
                     *     # TYPE goqueue_queue_depth gauge
                     *     goqueue_queue_depth{queue="emails",state="queued"} 17.0
                     *     # HELP goqueue_queue_oldest_seconds How long the oldest queued job has waited; 0 when none does.
                     *     # TYPE goqueue_queue_oldest_seconds gauge
                     *     goqueue_queue_oldest_seconds{queue="emails"} 2.5
                     */
                    "text/plain": string;
                };
            };
            400: components["responses"]["UntrustedHost"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            422: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyFailedTries"];
            503: components["responses"]["DatabaseUnavailable"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It lives. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            422: components["responses"]["InvalidRequest"];
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready",
                     *       "postgres": "ok",
                     *       "redis": "ok",
                     *       "schema": "current"
                     *     }
                     */
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            400: components["responses"]["UntrustedHost"];
            422: components["responses"]["InvalidRequest"];
            /** @description Starting, or draining. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "draining",
                     *       "postgres": "ok",
                     *       "redis": "ok",
                     *       "schema": "current"
                     *     }
                     */
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            default: components["responses"]["DEFAULT_ERROR"];
        };
    };
}
