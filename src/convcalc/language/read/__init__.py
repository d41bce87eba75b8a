"""Text to items: YAML, TOML, lines, values and budgets, each part with its place.

Not here: what words and kinds mean (`language.plan`), and opening files (`sources`).
"""
