# --- everything that is installed; pip itself stays behind
FROM python:3.11-slim-bookworm AS builder

COPY requirements-run.lock /
# Wheels only: no compiler is needed, and no package's own build script runs. Compiled here, because the bot
# may not write there; by hash, so that file times do not matter. The lock names everything: nothing is looked for beside it.
RUN python3 -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-compile --only-binary :all: --no-deps --require-hashes -r /requirements-run.lock \
    && /venv/bin/pip uninstall --yes pip setuptools \
    && python3 -m compileall -q --invalidation-mode checked-hash /venv

WORKDIR /app
COPY LICENSE ./
COPY bot ./bot
COPY cogs ./cogs
COPY sandbox ./sandbox
# Readable for the bot's user, however strict the umask was under which they were checked out.
RUN chmod -R a+rX . && python3 -m compileall -q --invalidation-mode checked-hash .

# --- what runs
FROM python:3.11-slim-bookworm

# Words on sheets and trees: Chinese, Japanese and Korean ones in 5 MB (Noto's would be 90).
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-wqy-microhei=0.2.0-beta-* \
    && rm -rf /var/lib/apt/lists/*

# The id is fixed, so that the owner of a volume's files stays the same from image to image.
RUN useradd --uid 10001 --user-group --no-log-init --no-create-home --home-dir /data --shell /usr/sbin/nologin easel \
    && install --directory --owner easel --group easel --mode 0700 /data

COPY --from=builder /venv /venv
COPY --from=builder /app /app

# The code is found in /app and nowhere else: the working folder is one that anybody may fill.
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    EASEL_DATA_DIR=/data

USER 10001:10001
VOLUME /data
WORKDIR /data

# Unhealthy: for two minutes or so the bot was not connected to Discord, or hung.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["python", "-m", "bot", "health"]

STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]

ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Easel" \
      org.opencontainers.image.description="Brings Seedream pictures into a Discord conversation" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
