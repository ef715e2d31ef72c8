# The images of GoQueue. One target a process: docker build --target api -t goqueue-api .
# Each holds the packages that its process may import, the hashed requirements they need, and nothing to build with.
ARG BASE_IMAGE=python:3.12-slim
# Extras for traces and error reports: --build-arg EXTRAS="otel sentry".
ARG EXTRAS=""

FROM ${BASE_IMAGE} AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# A number, so that an orchestrator can see without /etc/passwd that it is not root.
RUN groupadd --gid 10001 goqueue \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin goqueue \
    && mkdir /app \
    && install -d -o 10001 -g 10001 /media
WORKDIR /app


# The virtual environment has no pip of its own. What has no wheel is refused: there is no compiler here.
FROM base AS environment
RUN python3 -m venv --without-pip /opt/goqueue \
    && echo /opt/goqueue/src > "$(/opt/goqueue/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/goqueue.pth"

FROM environment AS api-environment
COPY requirements/api.txt /tmp/requirements.txt
RUN python3 -m pip --python /opt/goqueue/bin/python install --no-cache-dir --disable-pip-version-check \
    --only-binary :all: --require-hashes -r /tmp/requirements.txt
COPY requirements/otel.txt requirements/sentry.txt /tmp/extras/
ARG EXTRAS
RUN for extra in $EXTRAS; do \
    python3 -m pip --python /opt/goqueue/bin/python install --no-cache-dir --disable-pip-version-check \
    --only-binary :all: --require-hashes -r "/tmp/extras/$extra.txt" || exit 1; done

FROM environment AS worker-environment
COPY requirements/worker.txt /tmp/requirements.txt
RUN python3 -m pip --python /opt/goqueue/bin/python install --no-cache-dir --disable-pip-version-check \
    --only-binary :all: --require-hashes -r /tmp/requirements.txt
COPY requirements/otel.txt requirements/sentry.txt /tmp/extras/
ARG EXTRAS
RUN for extra in $EXTRAS; do \
    python3 -m pip --python /opt/goqueue/bin/python install --no-cache-dir --disable-pip-version-check \
    --only-binary :all: --require-hashes -r "/tmp/extras/$extra.txt" || exit 1; done

FROM environment AS scheduler-environment
COPY requirements/scheduler.txt /tmp/requirements.txt
RUN python3 -m pip --python /opt/goqueue/bin/python install --no-cache-dir --disable-pip-version-check \
    --only-binary :all: --require-hashes -r /tmp/requirements.txt
COPY requirements/otel.txt requirements/sentry.txt /tmp/extras/
ARG EXTRAS
RUN for extra in $EXTRAS; do \
    python3 -m pip --python /opt/goqueue/bin/python install --no-cache-dir --disable-pip-version-check \
    --only-binary :all: --require-hashes -r "/tmp/extras/$extra.txt" || exit 1; done


# Compiled here, because nothing can be written later; unchecked, because a copy into an image changes the times.
FROM base AS source
COPY api/goqueue_api /opt/goqueue/src/goqueue_api
COPY worker/goqueue_worker /opt/goqueue/src/goqueue_worker
COPY worker/goqueue_builtin /opt/goqueue/src/goqueue_builtin
COPY scheduler/goqueue_scheduler /opt/goqueue/src/goqueue_scheduler
COPY scheduler/schedules.yaml /opt/goqueue/src/goqueue_scheduler/schedules.yaml
COPY common/goqueue_common /opt/goqueue/src/goqueue_common
COPY client/goqueue /opt/goqueue/src/goqueue
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /opt/goqueue/src


FROM base AS runtime
ENV PATH=/opt/goqueue/bin:$PATH
USER 10001:10001


FROM runtime AS api
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="GoQueue API" \
    org.opencontainers.image.description="HTTP API of GoQueue, a distributed job queue" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY --from=api-environment /opt/goqueue /opt/goqueue
COPY --from=source /opt/goqueue/src/goqueue_common /opt/goqueue/src/goqueue_common
COPY --from=source /opt/goqueue/src/goqueue /opt/goqueue/src/goqueue
COPY --from=source /opt/goqueue/src/goqueue_api /opt/goqueue/src/goqueue_api
ENV GOQUEUE_API_BIND=0.0.0.0:8080
EXPOSE 8080
# Whether the process lives, not whether its stores do: restarting it would not bring them back.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=3)"]
ENTRYPOINT ["python", "-m", "goqueue_api"]


FROM runtime AS worker
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="GoQueue worker" \
    org.opencontainers.image.description="Runs the jobs of GoQueue, a distributed job queue" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY --from=worker-environment /opt/goqueue /opt/goqueue
COPY --from=source /opt/goqueue/src/goqueue_common /opt/goqueue/src/goqueue_common
COPY --from=source /opt/goqueue/src/goqueue /opt/goqueue/src/goqueue
COPY --from=source /opt/goqueue/src/goqueue_worker /opt/goqueue/src/goqueue_worker
COPY --from=source /opt/goqueue/src/goqueue_builtin /opt/goqueue/src/goqueue_builtin
# A volume put here is the worker's own; workers that share files of jobs share the volume.
ENV GOQUEUE_MEDIA_ROOT=/media
ENTRYPOINT ["python", "-m", "goqueue_worker"]


FROM runtime AS scheduler
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="GoQueue scheduler" \
    org.opencontainers.image.description="Fires the cron schedules of GoQueue, a distributed job queue" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY --from=scheduler-environment /opt/goqueue /opt/goqueue
COPY --from=source /opt/goqueue/src/goqueue_common /opt/goqueue/src/goqueue_common
COPY --from=source /opt/goqueue/src/goqueue /opt/goqueue/src/goqueue
COPY --from=source /opt/goqueue/src/goqueue_scheduler /opt/goqueue/src/goqueue_scheduler
ENTRYPOINT ["python", "-m", "goqueue_scheduler"]


FROM runtime AS migrate
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="GoQueue migrations" \
    org.opencontainers.image.description="Brings the database of GoQueue to its present schema, then ends" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY --from=worker-environment /opt/goqueue /opt/goqueue
COPY --from=source /opt/goqueue/src/goqueue_common /opt/goqueue/src/goqueue_common
ENTRYPOINT ["python", "-m", "goqueue_common.migrations"]
CMD ["upgrade"]
