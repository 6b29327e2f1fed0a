"""Known habits of real Django REST shops, each with a name, switched on for all calls or for some.

`table.MANNERS` lists them with a sentence each. Use `python -m sandbox --manners texts_trimmed,lines_recreated`,
`control.configure(manners=[...])`, or for some calls only, as a fault rule: `{"action": "behave", "manners": [...]}`.
"""
