"""What the shape of an input seems to mean."""

from __future__ import annotations

from convcalc.layers.shapes import Shape, show_shape


def as_channels(shape: Shape) -> str:
    """How a shape is read: `28 channels of 28`."""
    return f"{'1 channel' if shape[0] == 1 else f'{shape[0]} channels'} of {show_shape(shape[1:])}"


def channels_last(shape: Shape) -> bool:
    """Whether a shape looks as if its channels came last."""
    return len(shape) >= IMAGE and shape[-1] <= MOST_COLOURS and min(shape[:-1]) >= LEAST_SIDE


SEQUENCE, IMAGE, IMAGE_IN_BATCH = 2, 3, 4
"""Numbers in the shape of a sequence, of an image, and of an image with its batch."""


MOST_COLOURS, LEAST_SIDE, LEAST_THUMB = 4, 16, 8
"""Channels of an image, at most, and positions on its sides, at least; of one in a batch, fewer will do."""


def batched(shape: Shape) -> bool:
    """Whether a shape looks as if a batch came first: then one image, or several that are square."""
    return len(shape) >= IMAGE_IN_BATCH and shape[1] <= MOST_COLOURS and (shape[0] == 1 or square(shape, LEAST_THUMB))


def square(shape: Shape, least: int) -> bool:
    """Whether the last two sizes are equal, and not too small for an image."""
    return shape[-2] == shape[-1] >= least
