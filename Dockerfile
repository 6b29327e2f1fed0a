# The image of every Airflow service: Airflow's own, what the flow needs on top, and the flow.
FROM apache/airflow:3.3.2

COPY requirements.txt /opt/orderflow/requirements.txt
# celery 5.7 took away what the Celery provider 3.26 imports from it; without the bound that executor cannot be loaded.
RUN pip install --no-cache-dir --requirement /opt/orderflow/requirements.txt "celery<5.7"

COPY dags /opt/airflow/dags
COPY include /opt/airflow/include
ENV PYTHONPATH=/opt/airflow/include
