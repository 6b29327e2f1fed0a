"""A shop made with the real Django REST Framework, as one would write it: no line of the sandbox, which imitates it.

`server.running` starts it as an HTTP server in a thread, with its tables in an SQLite file.
"""
