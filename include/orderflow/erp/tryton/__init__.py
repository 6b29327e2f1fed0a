"""The adapter `tryton`: Tryton 8.2 over its REST user application (docs/reference/erp-adapters.md)."""
