"""One rule, three arithmetics: numbers, symbols and recordings.

`operations` has the few functions in which the rules of layers are written. `symbols` and `recording` are the other two
arithmetics: a recording keeps the steps that make `recorded` numbers, and `arrays` runs it on whole columns. `formulas`
writes symbols down, `amounts` reads amounts.

An `expression` is a tree that is evaluated in all three, by `functions`; `syntax` reads one.

Not here: shapes and windows, which are in `layers`, and the syntax of descriptions, which is in `language`.
"""
