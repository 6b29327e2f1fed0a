"""The check of shop and ERP as a use case: trying writes where that is allowed, and storing the result."""
