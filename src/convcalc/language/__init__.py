"""The language of descriptions, from text to a network.

`read` parses text into `items`, `plan` looks up kinds and options, and `assemble` places layer after layer.
`description` is all that a text says, and `variant` a description under other variables and inputs.

Not here: opening files (`sources`), what is true of a kind of layer (`layers`), and writing descriptions (`targets`).
"""
