"""What items ask for: kinds, options, defaults and names, checked before anything is computed.

Not here: parsing (`language.read`), and shapes (`language.build`).
"""
