"""The formats of files that hold networks: which module reads each, by the suffix of the file.

Not here: words that are no files, such as bundled networks (`references`).
"""

from __future__ import annotations

DESCRIPTION_MODULE = "description"
"""The module below this package that reads what has no suffix of its own, such as a bundled network."""

SOURCES = {".yaml": DESCRIPTION_MODULE, ".yml": DESCRIPTION_MODULE}
"""The suffixes of files that hold networks, and the module below this package whose `read` reads them."""


def is_network_file(path: str) -> bool:
    """Whether a file is called like one that holds a network, whether or not there is one.

    >>> is_network_file("net.yaml"), is_network_file("alexnet")
    (True, False)
    """
    return path.endswith(tuple(SOURCES))
