"""Where networks come from: files, standard input, revisions, bundled networks, the words of a command line.

`references` are words for networks, and `networks` are those of a command line. `loading` reads what a word stands for:
`files` has text, `revisions` has it from git, `bundled` has what comes with convcalc, and `configuration` has budgets.

A format of files that hold networks is a module here, and a line of `formats`; `graphs` is for those that hold graphs.

Not here: what the text of a description means (`language`).
"""
