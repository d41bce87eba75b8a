"""Where networks come from: files, standard input, revisions, bundled networks, the words of a command line.

A format of files is a module here. Not here: what the text of a description means (`language`).
"""
