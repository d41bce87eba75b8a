"""AlexNet, GoogLeNet, MobileNet v1 and ResNet-50 as modules of PyTorch, and what PyTorch itself counts of them."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

torch: Any = import_module("torch")  # who checks our types need not have it
nn: Any = torch.nn
FlopCounterMode: Any = import_module("torch.utils.flop_counter").FlopCounterMode

Module: TypeAlias = Any
"""A module of PyTorch."""

Tensor: TypeAlias = Any
"""What it runs on."""

POINTWISE = (64, 128, 128, 256, 256, *[512] * 6, 1024, 1024)
"""Channels out of each separable convolution of MobileNet v1."""

STAGES = ((3, 1), (4, 2), (6, 2), (3, 2))
"""Blocks of each stage of ResNet-50, and the stride of its first."""

CLASSES = 1000


def conv(channels: int, out_channels: int, kernel: int, stride: int = 1, groups: int = 1) -> list[Module]:
    """A convolution that keeps sizes, or divides them by its stride and rounds up; and its norm."""
    own = nn.Conv2d(channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [own, nn.BatchNorm2d(out_channels)]


def classifier(channels: int) -> list[Module]:
    """What stands behind the features."""
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)]


def mobilenet_v1(alpha: int | Fraction) -> Module:
    """MobileNet v1. It pads alike on both sides, from which the same sizes come as from TensorFlow's padding."""
    first, *others = channels = [int(alpha * number) for number in (32, *POINTWISE)]
    layers = [*conv(3, first, 3, 2), nn.ReLU()]
    for (before, after), own, out in zip(pairwise((32, *POINTWISE)), channels, others, strict=False):
        stride = 2 if 32 < before < after else 1  # noqa: PLR2004  # where channels double, but for the first time
        layers += [*conv(own, own, 3, stride, groups=own), nn.ReLU(), *conv(own, out, 1), nn.ReLU()]
    return nn.Sequential(*layers, *classifier(channels[-1]))


class Bottleneck(nn.Module):  # type: ignore[misc]  # of a class that mypy does not see
    """Three convolutions beside a shortcut, as in torchvision: the stride is on the one of 3x3."""

    def __init__(self, channels: int, inner: int, stride: int) -> None:
        super().__init__()
        out = 4 * inner
        self.body = nn.Sequential(
            *[*conv(channels, inner, 1), nn.ReLU(), *conv(inner, inner, 3, stride), nn.ReLU(), *conv(inner, out, 1)]
        )
        projected = channels != out or stride > 1
        self.shortcut = nn.Sequential(*conv(channels, out, 1, stride)) if projected else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Their sum, rectified."""
        return torch.relu(self.body(x) + self.shortcut(x))


def resnet50(width: int) -> Module:
    """ResNet-50, its first stage of so many channels inside."""
    layers = [*conv(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels, inner = width, width
    for blocks, stride in STAGES:
        for block in range(blocks):
            layers.append(Bottleneck(channels, inner, 1 if block else stride))
            channels = 4 * inner
        inner *= 2
    return nn.Sequential(*layers, *classifier(channels))


def alexnet() -> Module:
    """AlexNet with the groups of its two GPUs, on images of 227."""
    layers: list[Any] = [nn.Conv2d(3, 96, 11, 4), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(96, 256, 5, 1, 2, groups=2), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(256, 384, 3, 1, 1), nn.ReLU()]
    layers += [nn.Conv2d(384, 384, 3, 1, 1, groups=2), nn.ReLU()]
    layers += [nn.Conv2d(384, 256, 3, 1, 1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*layers, nn.Linear(4096, CLASSES))


INCEPTIONS = (
    (192, 64, 96, 128, 16, 32, 32), (256, 128, 128, 192, 32, 96, 64), (),
    (480, 192, 96, 208, 16, 48, 64), (512, 160, 112, 224, 24, 64, 64), (512, 128, 128, 256, 24, 64, 64),
    (512, 112, 144, 288, 32, 64, 64), (528, 256, 160, 320, 32, 128, 128), (),
    (832, 256, 160, 320, 32, 128, 128), (832, 384, 192, 384, 48, 128, 128),
)  # fmt: skip  # a row for each stage
"""Channels into GoogLeNet's inceptions and out of their branches (Szegedy et al. 2014, Table 1), none at a pool."""


class Inception(nn.Module):  # type: ignore[misc]  # of a class that mypy does not see
    """Four branches, joined."""

    def __init__(self, *channels: int) -> None:
        super().__init__()
        own, c1, r3, c3, r5, c5, pool = channels
        self.branches = nn.ModuleList(
            [
                nn.Sequential(nn.Conv2d(own, c1, 1), nn.ReLU()),
                nn.Sequential(nn.Conv2d(own, r3, 1), nn.ReLU(), nn.Conv2d(r3, c3, 3, 1, 1), nn.ReLU()),
                nn.Sequential(nn.Conv2d(own, r5, 1), nn.ReLU(), nn.Conv2d(r5, c5, 5, 1, 2), nn.ReLU()),
                nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(own, pool, 1), nn.ReLU()),
            ]
        )

    def forward(self, x: Tensor) -> Tensor:
        """All branches, stacked."""
        return torch.cat([branch(x) for branch in self.branches], 1)


def googlenet() -> Module:
    """GoogLeNet without the heads of training."""
    pool = partial(nn.MaxPool2d, 3, 2, ceil_mode=True)
    layers: list[Any] = [nn.Conv2d(3, 64, 7, 2, 3), nn.ReLU(), pool(), nn.LocalResponseNorm(5)]
    layers += [nn.Conv2d(64, 64, 1), nn.ReLU(), nn.Conv2d(64, 192, 3, 1, 1), nn.ReLU(), nn.LocalResponseNorm(5), pool()]
    layers += [Inception(*channels) if channels else pool() for channels in INCEPTIONS]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(1024, CLASSES))


BUILT: dict[str, Callable[[Mapping[str, Any]], tuple[Any, int]]] = {
    "mobilenet_v1": lambda values: (mobilenet_v1(values["alpha"]), values["size"]),
    "resnet50": lambda values: (resnet50(values.get("width", 64)), 224),
    "alexnet": lambda _: (alexnet(), 227),
    "googlenet": lambda _: (googlenet(), 224),
}
"""Each network where its variables hold some values, and the size of its images."""


def counted(name: str, values: Mapping[str, Any]) -> tuple[int, int]:
    """Parameters, and floating-point operations of convolutions and matrix products, which are two a MAC."""
    with torch.device("meta"), torch.no_grad():
        module, size = BUILT[name](values)
        with FlopCounterMode(display=False) as counter:
            module.eval()(torch.empty(1, 3, size, size))
    return sum(parameter.numel() for parameter in module.parameters()), counter.get_total_flops()
