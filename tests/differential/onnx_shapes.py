"""ONNX's account of an operator: the sizes that its own shape inference gives."""

from __future__ import annotations

from typing import NamedTuple

from brute_force import briefly
from frameworks import onnx
from onnx import TensorProto, helper

CLIPPING = 22
"""The first opset in which ceil_mode leaves out a window that starts behind the axis, as PyTorch does."""

AUTO_PAD = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER"}


class Windows(NamedTuple):
    """A window for each axis; `padding` is a word, or a pair (before, after) for each axis."""

    kernels: list[int]
    strides: list[int]
    padding: str | tuple[tuple[int, int], ...]
    dilations: list[int]

    def attributes(self):
        """As ONNX says it, which lists all befores first."""
        said = {"kernel_shape": self.kernels, "strides": self.strides, "dilations": self.dilations}
        if isinstance(self.padding, str):
            return said | {"auto_pad": AUTO_PAD[self.padding]}
        befores, afters = zip(*self.padding, strict=True)
        return said | {"pads": [*befores, *afters]}

    def options(self):
        """As descriptions say it."""
        said = {"kernel_size": self.kernels, "stride": self.strides, "dilation": self.dilations}
        return {name: briefly(numbers) for name, numbers in said.items()} | {"padding": self.padding}


def inferred(operator, x, weight=None, opset=CLIPPING, **attributes):
    """The shape (C, *sizes) that `operator` makes of `x`, with a batch of 1."""
    shapes = {"x": (1, *x)} | ({} if weight is None else {"weight": weight})
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    node = helper.make_node(operator, list(shapes), ["y"], **attributes)
    graph = helper.make_graph([node], "graph", values, [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    told = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    return tuple(size.dim_value for size in told.graph.output[0].type.tensor_type.shape.dim)[1:]
