"""The assumptions about shop and ERP, and a check that compares them with the real ones."""
