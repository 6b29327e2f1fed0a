"""Alembic's folder.

New revision: change the tables, write versions/NNNN_*.py, set SCHEMA_REVISION (a test compares) and, as its text says,
OLDEST_CODE.
"""
