"""The kinds for which PyTorch has no module, composed of those that it has."""

from __future__ import annotations

from math import prod

from frameworks import nn, torch


def ranked(name, axes):
    """A class of `torch.nn` that is written once for each number of axes: `Conv2d`."""
    return getattr(nn, f"{name}{axes}d")


class Function(nn.Module):
    """A function of tensors."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


class Added(nn.Module):
    """Learnt numbers, of which `join` makes something together with the input."""

    def __init__(self, join, **shapes):
        super().__init__()
        self.join = join
        for name, shape in shapes.items():
            self.register_parameter(name, nn.Parameter(torch.zeros(shape)))

    def forward(self, x):
        return self.join(x, *self.parameters())


class ChannelsLast(nn.Module):
    """A module that works on the last axis, on the channels."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return self.module(x.movedim(1, -1)).movedim(-1, 1)


class Separate(nn.Module):
    """Modules that each read their own input maps and whose results are stacked."""

    def __init__(self, reads, modules):
        super().__init__()
        self.reads = reads
        self.parts = nn.ModuleList(modules)

    def forward(self, x):
        return torch.cat([part(x[:, list(maps)]) for maps, part in zip(self.reads, self.parts, strict=True)], dim=1)


class LocalConv(nn.Module):
    """At each position its own filters: the windows of the input are unfolded, and each weighed by itself."""

    def __init__(self, in_channels, out_channels, kernel_size, stride, sizes, *, bias):
        super().__init__()
        self.kernel_size, self.stride = kernel_size, stride
        windows = self.unfolded(torch.zeros((1, in_channels, *sizes)))
        self.positions = windows.shape[2 : 2 + len(kernel_size)]
        positions, taps = prod(self.positions), in_channels * prod(kernel_size)
        self.weight = nn.Parameter(torch.zeros(positions, taps, out_channels))
        self.register_parameter("bias", nn.Parameter(torch.zeros(out_channels, positions)) if bias else None)

    def unfolded(self, x):
        """(1, C, H, W) -> (1, C, H', W', kernel, kernel)."""
        for axis, (kernel, stride) in enumerate(zip(self.kernel_size, self.stride, strict=True), start=2):
            x = x.unfold(axis, kernel, stride)
        return x

    def forward(self, x):
        windows = self.unfolded(x)
        taps = windows.movedim(1, 1 + len(self.positions)).reshape(prod(self.positions), 1, -1)
        y = torch.bmm(taps, self.weight).squeeze(1).T
        y = y if self.bias is None else y + self.bias
        return y.reshape(1, -1, *self.positions)


class DeformableConv(nn.Module):
    """The convolution, and the one that makes its offsets, both over `x`: where a tap reads costs nothing.

    As DeformConv2dPack and ModulatedDeformConv2dPack of github.com/open-mmlab/mmcv, mmcv/ops/deform_conv.py and
    mmcv/ops/modulated_deform_conv.py: the offsets are made without groups, and always with a bias.
    """

    def __init__(self, in_channels, conv, make_offsets, offset_groups):
        super().__init__()
        if in_channels % offset_groups:
            msg = "in_channels must be divisible by offset_groups"
            raise ValueError(msg)
        self.conv = conv
        self.make_offsets = make_offsets

    def forward(self, x):
        y, offsets = self.conv(x), self.make_offsets(x)
        assert y.shape[2:] == offsets.shape[2:]
        return y


class Attention(nn.Module):
    """`torch.nn.MultiheadAttention` over the positions of (C, *sizes), returned in their places."""

    def __init__(self, channels, num_heads, memory_channels, *, bias):
        super().__init__()
        dims = {"kdim": memory_channels, "vdim": memory_channels, "batch_first": True}
        self.attention = nn.MultiheadAttention(channels, num_heads, bias=bias, **dims)

    def forward(self, x, memory=None):
        tokens = tokens_of(x)
        read = tokens if memory is None else tokens_of(memory)
        y, _ = self.attention(tokens, read, read)
        return y.transpose(1, 2).reshape(x.shape)


class HeadedAttention(nn.Module):
    """The same, written out: heads of any width, and, if there are, learnt numbers for `distances` along each axis."""

    def __init__(self, channels, num_heads, head_dim, memory_channels, distances, *, bias):
        super().__init__()
        inner = num_heads * head_dim
        self.num_heads = num_heads
        self.query = nn.Linear(channels, inner, bias=bias)
        self.key = nn.Linear(memory_channels, inner, bias=bias)
        self.value = nn.Linear(memory_channels, inner, bias=bias)
        self.out = nn.Linear(inner, channels, bias=bias)
        self.distances = distances
        if distances is not None:
            self.relative_position_bias = nn.Parameter(torch.zeros(num_heads, *distances))

    def forward(self, x, memory=None):
        if self.distances is not None and memory is not None:
            msg = "positions of two tensors have no distances"
            raise ValueError(msg)
        tokens = tokens_of(x)
        read = tokens if memory is None else tokens_of(memory)
        y = self.out(self.attended(self.query(tokens), self.key(read), self.value(read)))
        return y.transpose(1, 2).reshape(x.shape)

    def attended(self, query, key, value):
        """Scaled dot-product attention of all heads, as two batches of matrix products."""
        query, key, value = self.heads(query), self.heads(key), self.heads(value)
        scores = torch.bmm(query, key.transpose(1, 2)) / query.shape[2] ** 0.5
        mixed = torch.bmm(scores.softmax(-1), value)
        return mixed.unflatten(0, (-1, self.num_heads)).transpose(1, 2).flatten(2)

    def heads(self, tokens):
        """(N, L, heads * width) -> (N * heads, L, width)."""
        return tokens.unflatten(2, (self.num_heads, -1)).transpose(1, 2).flatten(0, 1)


class WindowAttention(HeadedAttention):
    """Attention within windows, as ShiftedWindowAttention of github.com/pytorch/vision, models/swin_transformer.py.

    The axes are padded to whole windows, and each window is a sample of its own.
    """

    def __init__(self, channels, num_heads, head_dim, window_size, *, bias, relative):
        distances = [2 * side - 1 for side in window_size] if relative else None
        super().__init__(channels, num_heads, head_dim, channels, distances, bias=bias)
        self.window_size = window_size

    def forward(self, x):
        channels, *sizes = x.shape[1:]
        counts = [-(-size // side) for size, side in zip(sizes, self.window_size, strict=True)]
        full = [count * side for count, side in zip(counts, self.window_size, strict=True)]
        ends = [end for size, whole in zip(sizes, full, strict=True) for end in (whole - size, 0)]
        padded = nn.functional.pad(x, ends[::-1]).squeeze(0)
        axes = len(sizes)
        parts = padded.reshape(channels, *(n for pair in zip(counts, self.window_size, strict=True) for n in pair))
        rows, columns = range(1, 2 * axes, 2), range(2, 2 * axes + 1, 2)
        windows = parts.permute(*rows, 0, *columns)  # (…, C, …): which window, and where in it
        y = super().forward(windows.reshape(-1, channels, *self.window_size)).reshape(windows.shape)
        back = (axis for pair in zip(range(axes), range(axes + 1, 2 * axes + 1), strict=True) for axis in pair)
        whole = y.permute(axes, *back).reshape(1, channels, *full)
        return whole[:, :, *(slice(size) for size in sizes)]


def tokens_of(x):
    """(1, C, H, W) -> (1, H * W, C)."""
    return x.flatten(2).transpose(1, 2)


class Recurrent(nn.Module):
    """A recurrent module of PyTorch over (C, L), of which the outputs are kept."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        if x.dim() != 3:
            msg = "a sequence is (C, L)"
            raise ValueError(msg)
        y, _ = self.module(x.transpose(1, 2))
        return y.transpose(1, 2)


def narrowed(x, cuts):
    """`x` without what is cut off before and after each axis besides the channels."""
    for axis, (before, after) in enumerate(cuts, start=2):
        x = x.narrow(axis, before, x.shape[axis] - before - after)
    return x


def centred(x, sizes):
    """The middle of `x`."""
    if len(sizes) != x.dim() - 2 or any(size > whole for size, whole in zip(sizes, x.shape[2:], strict=True)):
        msg = "there is no such middle"
        raise ValueError(msg)
    spare = [whole - size for size, whole in zip(sizes, x.shape[2:], strict=True)]
    return narrowed(x, [(more // 2, more - more // 2) for more in spare])
