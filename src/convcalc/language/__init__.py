"""The language of descriptions, from text to a network.

`read` parses text into `items`, `plan` looks up kinds and options, and `assemble` places layer after layer.
`description` is all that a text says; `variant` is a description under other variables and inputs, and `deepen` makes
one with more layers. All of them use `value`, the numbers and sizes that are written, and `words`, the words that the
language has.

Not here: opening files (`sources`), what is true of a kind of layer (`layers`), and writing descriptions (`targets`).
"""
