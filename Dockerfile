# The images of GoQueue. One target a process: docker build --target api -t goqueue-api .
# Each holds the packages that its process may import, the hashed requirements they need, and nothing to build with.
ARG BASE_IMAGE=python:3.12-slim
# Extras for traces and error reports: --build-arg EXTRAS="otel sentry".
ARG EXTRAS=""
# That of client/goqueue/version.py; said again for the labels.
ARG VERSION=0.1.0
ARG REVISION=unknown

FROM ${BASE_IMAGE} AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# A number, so that an orchestrator can see without /etc/passwd that it is not root.
RUN groupadd --gid 10001 goqueue \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin goqueue \
    && mkdir /app \
    && install -d -o 10001 -g 10001 /media
WORKDIR /app


# The virtual environment has no pip of its own.
FROM base AS environment
# For strip, which makes libraries ten megabytes smaller; where it cannot be had, they stay as they are.
RUN { apt-get update && apt-get install --yes --no-install-recommends binutils; } >/dev/null \
    || echo "binutils could not be installed: the image becomes larger"; \
    rm -rf /var/lib/apt/lists/*
RUN python3 -m venv --without-pip /opt/goqueue \
    && echo /opt/goqueue/src > "$(/opt/goqueue/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/goqueue.pth"
COPY scripts/install-image-packages /usr/local/bin/
COPY requirements /requirements

FROM environment AS service-environment
RUN install-image-packages service

FROM service-environment AS stores-environment
RUN install-image-packages stores

FROM stores-environment AS api-environment
ARG EXTRAS
RUN install-image-packages api $EXTRAS

FROM stores-environment AS worker-environment
ARG EXTRAS
RUN install-image-packages worker $EXTRAS

FROM service-environment AS scheduler-environment
ARG EXTRAS
RUN install-image-packages scheduler $EXTRAS


# Our packages for each image, and what says their version, since they are copied and not installed. Compiled here, because
# nothing can be written later; unchecked, because a copy into an image changes the times.
FROM base AS source
COPY . .
RUN sed -n 's/^__version__ = "\(.*\)"$/Metadata-Version: 2.1\nName: goqueue\nVersion: \1/p' client/goqueue/version.py > METADATA \
    && mv scheduler/schedules.yaml scheduler/goqueue_scheduler/ \
    && python3 -m compileall -q --invalidation-mode unchecked-hash . \
    && collect() { install -D METADATA "/images/$1/goqueue.dist-info/METADATA" && cp -r $2 "/images/$1"; } \
    && collect api "common/goqueue_common api/goqueue_api" \
    && collect worker "common/goqueue_common client/goqueue worker/goqueue_worker worker/goqueue_builtin" \
    && collect scheduler "common/goqueue_common client/goqueue scheduler/goqueue_scheduler" \
    && collect migrate "common/goqueue_common"


FROM base AS runtime
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
ENV PATH=/opt/goqueue/bin:$PATH
USER 10001:10001


FROM runtime AS api
LABEL org.opencontainers.image.title="GoQueue API" \
    org.opencontainers.image.description="HTTP API of GoQueue, a distributed job queue"
COPY --from=api-environment /opt/goqueue /opt/goqueue
COPY --from=source /images/api /opt/goqueue/src
ENV GOQUEUE_API_BIND=0.0.0.0:8080
EXPOSE 8080
# Whether the process lives, not whether its stores do: restarting it would not bring them back.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=3)"]
ENTRYPOINT ["python", "-m", "goqueue_api"]


FROM runtime AS worker
LABEL org.opencontainers.image.title="GoQueue worker" \
    org.opencontainers.image.description="Runs the jobs of GoQueue, a distributed job queue"
COPY --from=worker-environment /opt/goqueue /opt/goqueue
COPY --from=source /images/worker /opt/goqueue/src
# What is imported from /app is the user's. A volume put at /media is the worker's own; workers that share files of jobs share it.
ENV GOQUEUE_APP_DIR=/app \
    GOQUEUE_MEDIA_ROOT=/media \
    GOQUEUE_WORKER_BIND=127.0.0.1:8081
# A worker replaces its own children that stand still, and says so meanwhile: what is patient here lets it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=7 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8081/healthz', timeout=3)"]
ENTRYPOINT ["python", "-m", "goqueue_worker"]


FROM runtime AS scheduler
LABEL org.opencontainers.image.title="GoQueue scheduler" \
    org.opencontainers.image.description="Fires the cron schedules of GoQueue, a distributed job queue"
COPY --from=scheduler-environment /opt/goqueue /opt/goqueue
COPY --from=source /images/scheduler /opt/goqueue/src
ENV GOQUEUE_SCHEDULER_BIND=127.0.0.1:8082
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8082/healthz', timeout=3)"]
ENTRYPOINT ["python", "-m", "goqueue_scheduler"]


FROM runtime AS migrate
LABEL org.opencontainers.image.title="GoQueue migrations" \
    org.opencontainers.image.description="Brings the database of GoQueue to its present schema, then ends"
COPY --from=stores-environment /opt/goqueue /opt/goqueue
COPY --from=source /images/migrate /opt/goqueue/src
ENTRYPOINT ["python", "-m", "goqueue_common.migrations"]
CMD ["upgrade"]
