"""Explanations: the arithmetic of a layer, topics, a value traced through a network, the codes of errors.

Not here: the rules of layers (`layers`), which are run on symbols here, and how an answer is written (`views`).
"""
