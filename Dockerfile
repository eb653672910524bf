# One image for every service and for the migrations; docker-compose.yml says which of them a container is.
# BASE is any image with Python 3.11: `make image` gives one that is made of Debian's packages.
ARG BASE=python:3.11-slim
FROM ${BASE} AS packages
COPY requirements/runtime.txt requirements/tracing.txt /build/
RUN python -m venv /opt/tilsagn \
    && /opt/tilsagn/bin/pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: \
        -r /build/runtime.txt \
    && /opt/tilsagn/bin/pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r /build/tracing.txt

FROM ${BASE}
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tilsagn
COPY --from=packages /opt/tilsagn /opt/tilsagn
WORKDIR /srv/tilsagn
COPY services services
COPY migrations migrations
COPY contracts contracts
COPY data/municipalities.csv data/municipalities.csv
ENV PATH=/opt/tilsagn/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
CMD ["python", "-m", "services.grants.main"]
