"""Answers about a network, as data: widening, fitting, sizes, sweeps, differences, budgets, doubts.

Not here: how an answer is told (`pages`) and asked for (`cli`).
"""
