"""Where networks go: a module for each format in which a whole network is written.

Each has a line in the table of formats, `FORMATS` in `views`.

Not here: tables and answers about a network (`views`).
"""
