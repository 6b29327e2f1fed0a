"""What is assumed about shop and ERP, and a check that compares it with the real ones without writing anything."""
