"""The command line: a module for each command, which reads, computes and shows.

A command imports what it needs when it runs: a start is what a user waits for. Only `output` writes to standard output
and standard error. Not here: answers (`questions`), and what is told of them (`pages`).
"""
