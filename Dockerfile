# Two images: `production` adds the flow and its dependencies to Airflow's own image, and nothing else; `trial` adds the
# sandbox and the tests. Pin the base images by digest: docs/how-to/deployment.md, "Digests".
ARG AIRFLOW_IMAGE=apache/airflow:3.3.2

FROM ${AIRFLOW_IMAGE} AS production
COPY deploy/image.lock deploy/image-lxml.lock /opt/orderflow/
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement /opt/orderflow/image.lock \
    && { python -c "import lxml.etree" 2>/dev/null \
         || pip install --no-cache-dir --no-deps --require-hashes --requirement /opt/orderflow/image-lxml.lock; } \
    && pip check
# Without a configuration file, Airflow writes one with its own keys; here everything is set by the environment.
RUN touch /opt/airflow/airflow.cfg
COPY dags /opt/airflow/dags
COPY include/orderflow /opt/airflow/include/orderflow
COPY include/orderflow.dist-info /opt/airflow/include/orderflow.dist-info
ENV PYTHONPATH=/opt/airflow/include PYTHONDONTWRITEBYTECODE=1

FROM production AS trial
COPY deploy/image-tests.lock /opt/orderflow/
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement /opt/orderflow/image-tests.lock && pip check
COPY include/sandbox /opt/airflow/include/sandbox
COPY pyproject.toml /opt/orderflow/
COPY tests /opt/orderflow/tests
COPY tools /opt/orderflow/tools

# The default target.
FROM production
