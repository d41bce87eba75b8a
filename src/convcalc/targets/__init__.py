"""Where networks go: each format in which a whole network is written is a module here.

Not here: tables and answers about a network (`views`).
"""
