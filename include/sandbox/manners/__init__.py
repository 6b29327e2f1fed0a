"""The known ways of a real Django REST shop, each with a name, to be switched on together or one call at a time.

`table.MANNERS` is the list, with a sentence each. `python -m sandbox --manners texts_trimmed,lines_recreated`,
`control.configure(manners=[...])`, or for some calls only, as a fault rule: `{"action": "behave", "manners": [...]}`.
"""
