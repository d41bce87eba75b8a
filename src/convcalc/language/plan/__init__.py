"""What items ask for: kinds, options, defaults and names, checked before anything is computed.

`planner` makes `plans` of entries, `check` tells what is wrong whatever the numbers, `free` finds names without values.

Not here: parsing (`language.read`), and shapes (`language.assemble`).
"""
