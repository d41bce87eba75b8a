"""Text to items: YAML, TOML, lines, values and budgets, each part with its place.

`document` reads a whole description from its `tree`: its `values`, and its items in `structures` and each `line`.
`names` keeps what has a name, and `faults` what is wrong. `budget` reads limits, from YAML or from `toml`. `settings`
are those of a command line.

Not here: what words and kinds mean (`language.plan`), and opening files (`sources`).
"""
