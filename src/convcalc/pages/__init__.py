"""What is told of an answer: columns, titles, sentences, and the JSON Schema of what machines read.

Not here: how a page is written in some format (`views`), and how an answer is found (`questions`).
"""
