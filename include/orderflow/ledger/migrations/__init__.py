"""Alembic's folder. New revision: change tables.py, write versions/NNNN_*.py, set SCHEMA_REVISION; a test compares."""
