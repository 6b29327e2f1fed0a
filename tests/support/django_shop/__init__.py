"""A typical shop built with the real Django REST Framework, without any code of the sandbox, which imitates it.

`server.running` runs it as an HTTP server in a thread, with its tables in an SQLite file.
"""
