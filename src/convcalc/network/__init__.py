"""A network: its graph, and the report of what each node makes and costs.

`network` is what all questions are asked of; `graph_network` makes one of a graph. `graph` has nodes, `profiling`
passes shapes through them, and `report` has what comes out. `measures` is the table of what can be counted of a report,
on `terms`; `limits` are what a measure may be. `sight` tells what nodes see of the inputs, each axis as a
`receptive_field`. `folding` shows nodes as lines, and `widths` tells how wide they are. `input_sizes` searches the
sizes that a network accepts, and `input_shapes` guesses what the shape of an input means.

Not here: where networks come from (`language`, `sources`), and what is asked about them (`questions`).
"""
