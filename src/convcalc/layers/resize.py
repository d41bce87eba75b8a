"""More or fewer positions, without weights: upsampling, padding, cropping, and trading channels for positions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from convcalc.arithmetic.operations import as_written, divisible, product, require, require_at_least, require_divisible
from convcalc.layers.axes import Stretched
from convcalc.layers.base import Layer, Profile
from convcalc.layers.shapes import per_axis, require_axes, require_sizes, show_shape
from convcalc.layers.window import Window, centred, outputs, pads_per_axis, require_margins, show_pads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.shapes import Shape, Size
    from convcalc.layers.window import Margin

    ScaleFactor: TypeAlias = Fraction | Number | tuple[Fraction | Number, ...]
    """A factor for all axes, or one per axis."""

MODES = {"nearest": 1, "linear": 2, "bilinear": 2, "trilinear": 2, "bicubic": 4}
"""How many neighbours each way of upsampling reads along an axis."""

MODE_AXES = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}
"""How many axes each way of upsampling is for: `nearest` is for any."""

Mode: TypeAlias = Literal["nearest", "linear", "bilinear", "trilinear", "bicubic"]
"""The ways to make up values between positions."""

PAD_MODES = ("constant", "reflect", "replicate", "circular")
"""What may stand in padding."""

PadMode: TypeAlias = Literal["constant", "reflect", "replicate", "circular"]
"""What stands in padding: one number, the values mirrored at the border, the border, or the other end."""


@dataclass(frozen=True)
class Upsample(Layer):
    """Values made up between positions: floor(size * scale_factor) of them, or as many as `size` says.

    (C, H, W) -> (C, H', W')
    """

    scale_factor: ScaleFactor | None = None
    size: Size | None = None
    mode: Mode = "nearest"

    def __post_init__(self) -> None:
        given = [option for option in (self.scale_factor, self.size) if option is not None]
        require(len(given) == 1, "either-or", "", "upsample takes either scale_factor or size")
        message = "mode must be {words}, but got {word}"
        require(self.mode in MODES, "wrong-value", "mode", message, words=", ".join(MODES), word=self.mode)
        if self.size is not None:
            require_sizes("size", self.size)
        for factor in self.scale_factor if isinstance(self.scale_factor, tuple) else (self.scale_factor,):
            if factor is not None:
                require(
                    factor > 0,
                    "out-of-range",
                    "scale_factor",
                    "scale_factor ({factor}) must be more than 0",
                    factor=factor,
                )

    def __call__(self, x: Shape) -> Profile:
        """Stretch each axis of `x`; between `taps` neighbours on each axis, weigh and add."""
        channels, sizes = x[0], require_axes(x, "an axis to stretch")
        axes = MODE_AXES.get(self.mode)
        if axes is not None:
            message = "mode {mode} is for inputs with {wanted} axes besides channels, but here are {axes}"
            require(len(sizes) == axes, "wrong-rank", "mode", message, mode=self.mode, wanted=axes, axes=len(sizes))
        factors: Any = per_axis("scale_factor", self.scale_factor, len(sizes))
        if self.size is not None:
            stretched = per_axis("size", self.size, len(sizes))
        else:
            stretched = tuple([size * factor // 1 for size, factor in zip(sizes, factors, strict=True)])
        for size in stretched:
            message = "scale_factor ({factor}) leaves nothing of {shape}"
            require(
                size >= 1,
                "does-not-fit",
                "scale_factor",
                message,
                factor=self.shown_factor,
                shape=partial(show_shape, x),
            )
        taps = MODES[self.mode]
        read = product([taps for _ in sizes])
        output = (channels, *stretched)
        windows = [Stretched(size, new, taps, by) for size, new, by in zip(sizes, stretched, factors, strict=True)]
        return Profile(
            output,
            windows=tuple(windows),
            fan_in=read,
            operations=0 if self.mode == "nearest" else (2 * read - 1) * product(output),
        )

    def shown_factor(self) -> str:
        """The factors for a message: `2`, `0.5x1`."""
        factors = self.scale_factor if isinstance(self.scale_factor, tuple) else (self.scale_factor,)
        return "x".join([str(as_written(factor)) for factor in factors])


@dataclass(frozen=True)
class PixelShuffle(Layer):
    """Channels traded for positions: r·r channels become a block of r×r (Shi et al. 2016, arXiv:1609.05158).

    (C, H, W) -> (C / r², r * H, r * W)
    """

    upscale_factor: int

    def __post_init__(self) -> None:
        require_at_least(1, "upscale_factor", self.upscale_factor)

    def __call__(self, x: Shape) -> Profile:
        """Spread the channels of `x`."""
        channels, *sizes = require_image(x)
        factor = self.upscale_factor
        message = "in_channels ({channels}) must be divisible by the square of upscale_factor ({factor})"
        require(
            divisible(channels, factor * factor),
            "not-divisible",
            "upscale_factor",
            message,
            channels=channels,
            factor=factor,
        )
        axes = tuple([Stretched(size, size * factor) for size in sizes])
        return Profile((channels // (factor * factor), *[size * factor for size in sizes]), windows=axes)


@dataclass(frozen=True)
class PixelUnshuffle(Layer):
    """Positions traded for channels: each block of r×r becomes r·r channels; space to depth.

    (C, H, W) -> (C * r², H / r, W / r)
    """

    downscale_factor: int

    def __post_init__(self) -> None:
        require_at_least(1, "downscale_factor", self.downscale_factor)

    def __call__(self, x: Shape) -> Profile:
        """Gather the positions of `x`."""
        channels, *sizes = require_image(x)
        factor = self.downscale_factor
        fewer = [require_divisible("a size of the input", size, "downscale_factor", factor) for size in sizes]
        return Profile((channels * factor * factor, *fewer), windows=(Window(factor, factor), Window(factor, factor)))


@dataclass(frozen=True)
class Pad(Layer):
    """Positions added on each side of each axis; `channels` adds channels of zeros before and after.

    (C, H, W) -> (C, H + before + after, W + before + after)
    """

    torch_options: ClassVar[Mapping[str, str]] = {
        "mode": "the class: ReflectionPad2d, ReplicationPad2d, CircularPad2d",
        "channels": "padding of nn.functional.pad",
    }

    padding: Margin
    mode: PadMode = "constant"
    channels: Margin = 0

    def __post_init__(self) -> None:
        require_margins("padding", self.padding)
        require_margins("channels", self.channels)
        message = "mode must be {words}, but got {word}"
        require(self.mode in PAD_MODES, "wrong-value", "mode", message, words=", ".join(PAD_MODES), word=self.mode)

    def __call__(self, x: Shape) -> Profile:
        """Pad `x`."""
        channels, sizes = x[0], require_axes(x, "an axis to pad")
        margins = pads_per_axis("padding", self.padding, len(sizes))
        if self.mode != "constant":
            self.require_values(sizes, margins)
        axes = tuple([Window(1, padding=margin) for margin in margins])
        ((before, after),) = pads_per_axis("channels", self.channels, 1)
        return Profile((before + channels + after, *outputs(axes, sizes)), windows=axes)

    def require_values(self, sizes: Sequence[Number], margins: Sequence[tuple[Number, Number]]) -> None:
        """State that there are enough values to fill the padding with."""
        for size, margin in zip(sizes, margins, strict=True):
            least = {"reflect": 1, "replicate": None, "circular": 0}[self.mode]
            for pad in margin:
                if least is not None:
                    message = "padding ({pad}) must be {most} of an axis of {size}, where mode is {mode}"
                    most = "less than the size" if self.mode == "reflect" else "at most the size"
                    require(
                        pad + least <= size,
                        "does-not-fit",
                        "padding",
                        message,
                        pad=pad,
                        most=most,
                        size=size,
                        mode=self.mode,
                    )


@dataclass(frozen=True)
class Crop(Layer):
    """Positions taken away on each side of each axis.

    (C, H, W) -> (C, H - before - after, W - before - after)
    """

    torch_options: ClassVar[Mapping[str, str]] = {"cropping": "a, b, c, d"}

    cropping: Margin

    def __post_init__(self) -> None:
        require_margins("cropping", self.cropping)

    def __call__(self, x: Shape) -> Profile:
        """Crop `x`."""
        channels, sizes = x[0], require_axes(x, "an axis to crop")
        margins = pads_per_axis("cropping", self.cropping, len(sizes))
        left = []
        for size, (before, after) in zip(sizes, margins, strict=True):
            message = "cropping ({cropping}) leaves nothing of an axis of {size}"
            shown = partial(show_pads, (before, after))
            require(size - before - after >= 1, "does-not-fit", "cropping", message, cropping=shown, size=size)
            left.append(size - before - after)
        return Profile((channels, *left), windows=tuple([Window(1, padding=(-b, -a)) for b, a in margins]))


@dataclass(frozen=True)
class CenterCrop(Layer):
    """The middle of each axis: as much as `output_size` says, or else as a second tensor, `@LABEL`, has.

    (C, H, W) -> (C, *output_size)
    (C, H, W), (D, H', W') -> (C, H', W')

    Of an odd number of positions, one more is taken away behind.
    """

    reads: ClassVar[tuple[int, int]] = (1, 2)
    lends_sizes: ClassVar[bool] = True

    output_size: Size | None = None

    def __post_init__(self) -> None:
        if self.output_size is not None:
            require_sizes("output_size", self.output_size)

    def __call__(self, x: Shape, *other: Shape) -> Profile:
        """Crop `x`."""
        channels, sizes = x[0], require_axes(x, "an axis to crop")
        given = [each for each in (self.output_size, *other) if each is not None]
        require(
            len(given) == 1,
            "either-or",
            "",
            "center_crop takes either output_size or a second tensor, as in center_crop @x",
        )
        wanted = other[0][1:] if len(other) == 1 else per_axis("output_size", given[0], len(sizes))
        return Profile((channels, *wanted), windows=centred(x, wanted))


def require_image(x: Shape) -> Shape:
    """State that `x` has two axes besides its channels."""
    require(len(x) == len("CHW"), "wrong-rank", "", "the input must be CxHxW, but is {x}", x=partial(show_shape, x))
    return x
