"""A network: its graph, and the report of what each node makes and costs.

`graph` has nodes, `profiling` passes shapes through them, and `report` has what comes out. `measures` are what can be
counted of a report, `sight` is what nodes see of the inputs, in the terms of `receptive_field`, `folding` shows them as
lines, `widths` are how wide they are.

Not here: where networks come from (`language`, `sources`), and what is asked about them (`questions`).
"""
