"""Alembic's folder.

For a new revision: change the tables, write versions/NNNN_*.py, set SCHEMA_REVISION (a test compares) and, if its text
says so, OLDEST_CODE.
"""
