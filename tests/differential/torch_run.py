"""PyTorch's account of a module: what it makes of a tensor of zeros, what it learns, and what its flop counter saw.

Modules are run by the kernels of the CPU: on tensors as tiny as these they take no longer than those of the meta
device, which leave out checks (they take a convolution of stride 0, of negative padding, or with a number too many).
"""

from __future__ import annotations

from brute_force import Counted
from frameworks import torch
from torch.utils.flop_counter import FlopCounterMode

REFUSALS = (RuntimeError, ValueError, IndexError, AssertionError)
"""What PyTorch raises at what it cannot make, or not apply: NotImplementedError is a RuntimeError, too."""


def ran(make, inputs, dtype=None):
    """What the module that `make` gives comes to on zeros of these shapes, with a batch of 1; None where it refuses.

    A tensor without numbers is a refusal, too: PyTorch makes one, and some of its modules pass it on.
    It is run once without the flop counter, which takes some operations apart and so leaves out their checks.
    """
    tensors = [torch.zeros((1, *shape), dtype=dtype) for shape in inputs]
    counter = FlopCounterMode(display=False)
    with torch.no_grad():
        try:
            module = make().eval()
            y = module(*tensors)
        except REFUSALS:
            return None
        if not y.numel():
            return None
        with counter:
            module(*tensors)
    return Counted(tuple(y.shape[1:]), *learnt(module), macs(counter), statistics(module))


def learnt(module):
    """Weights and biases: a parameter is a bias where its name says so."""
    sizes = {name: parameter.numel() for name, parameter in module.named_parameters()}
    biases = sum(size for name, size in sizes.items() if "bias" in name.rpartition(".")[-1])
    return sum(sizes.values()) - biases, biases


def macs(counter):
    """Multiply-accumulates: of each, the counter of PyTorch sees two operations."""
    flops = counter.get_total_flops()
    assert flops % 2 == 0
    return flops // 2


def statistics(module):
    """Numbers that are kept, but not learnt; how many batches there were is none of them."""
    kept = (buffer.numel() for name, buffer in module.named_buffers() if not name.endswith("num_batches_tracked"))
    return sum(kept)
