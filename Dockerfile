# The image of web, worker, scheduler and migration; the command decides which.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements-installer.txt requirements.txt ./
RUN python -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --require-hashes -r requirements-installer.txt \
 && python -m venv --without-pip /venv \
 && /tools/bin/uv pip install --no-cache --compile-bytecode --require-hashes \
      --python /venv/bin/python -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LC_ALL=C.UTF-8 \
    DJANGO_SETTINGS_MODULE=crm.settings.production \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8000
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tongzhou \
 && install -d -o tongzhou -g tongzhou -m 0750 /data
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
RUN python -m compileall -q -j 0 . && python -m crm.embedded catalogues
USER 10001
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "crm.embedded", "web"]
