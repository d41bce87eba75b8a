"""Items to a network: blocks and loops written out, layers named, placed and profiled, misfits explained.

Not here: the rules of layers (`layers`), and the profiling of a node (`network.profiling`).
"""
