"""The page "Orders" in Airflow: a FastAPI app that only reads, and its static files.

app.py puts it together; security.py is the only module that knows Airflow's users, hosts.py its address, source.py its
Variable and connection; api.py returns JSON in the shapes of answers.py; files.py serves static/.
"""
