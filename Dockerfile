# The bot in a container: its environment is built in one stage, the other has neither compiler nor cache.
FROM python:3.11-slim-bookworm AS built
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

FROM python:3.11-slim-bookworm
# a user of its own, who owns the volume and can change nothing of the program
RUN useradd --system --uid 10001 --home-dir /data roundtable && install -d -m 0700 -o roundtable /data
COPY --from=built /opt/venv /opt/venv
WORKDIR /srv/roundtable
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_PATH=/data/roundtable.sqlite3 \
    MPLCONFIGDIR=/data/.matplotlib \
    NUMBA_CACHE_DIR=/data/.numba \
    HEALTH_PORT=8787
# what would otherwise be compiled at every start
RUN python -m compileall -q .
USER 10001
VOLUME /data
HEALTHCHECK --interval=1m --timeout=15s --start-period=2m CMD ["python", "bot.py", "health"]
CMD ["python", "bot.py"]
