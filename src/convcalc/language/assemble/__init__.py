"""Items to a network: blocks and loops written out, layers named, placed and profiled.

`network` makes a report of a description, `head` evaluates its variables and inputs. `builder` goes through items and
places `layers`; each item has a `site`, where names mean what a `reader` finds. `misfits` are layers that do not fit;
`hints` finds what would help, and `other_inputs` finds inputs that would fit.

Not here: the rules of layers (`layers`), and the profiling of a node (`network.profiling`).
"""
