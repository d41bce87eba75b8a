"""The kinds of layers, and all that is true of a kind.

A kind is a class in a module here, and its line in the table of `kinds`. The class says all that is true of the kind.
The line says what must be known before the class is imported, such as what PyTorch calls it. `base` tells what a class
may say, `options` what the fields of kinds hold, `words` how a line sets them, `describe` how a layer is written as a
line, `reach` what it reads along an axis, and `running` how it runs on real numbers.

Not here: how layers are joined to a network (`network`), and how text is read (`language`).
"""
