"""A network: its graph, and the report of what each node makes and costs.

`graph` has nodes, `profiling` passes shapes through them, and `report` has what comes out. `measures` is the table of
what can be counted of a report, on `terms`; `limits` are what a measure may be. `sight` is what nodes see of the
inputs, `folding` shows nodes as lines, and `widths` are how wide they are.

Not here: where networks come from (`language`, `sources`), and what is asked about them (`questions`).
"""
