"""Where networks come from: files, standard input, revisions, bundled networks, the words of a command line.

`references` takes words for networks apart, and `networks` makes networks of all that a command line says. `loading`
finds the text behind a word: `files` reads files, `revisions` asks git, and `bundled` is what comes with convcalc.
`configuration` finds the budgets of a project.

Each format of files that hold networks is a module here and a line of `formats`. `description` is the one for the
language, and `graphs` helps those whose files hold graphs.

Not here: what the text of a description means (`language`).
"""
