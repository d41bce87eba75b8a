"""MobileNet v1 and ResNet-50 as modules of PyTorch, and what PyTorch itself counts of them."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

torch: Any = import_module("torch")  # who checks our types need not have it
nn: Any = torch.nn
FlopCounterMode: Any = import_module("torch.utils.flop_counter").FlopCounterMode

POINTWISE = (64, 128, 128, 256, 256, *[512] * 6, 1024, 1024)
"""Channels out of each separable convolution of MobileNet v1."""

STAGES = ((3, 1), (4, 2), (6, 2), (3, 2))
"""Blocks of each stage of ResNet-50, and the stride of its first."""

CLASSES = 1000


def conv(channels: int, out_channels: int, kernel: int, stride: int = 1, groups: int = 1) -> list[Any]:
    """A convolution that keeps sizes, or divides them by its stride and rounds up; and its norm."""
    own = nn.Conv2d(channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [own, nn.BatchNorm2d(out_channels)]


def classifier(channels: int) -> list[Any]:
    """What stands behind the features."""
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)]


def mobilenet_v1(alpha: Any) -> Any:  # noqa: ANN401  # an integer or a fraction, exactly
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

    def forward(self, x: Any) -> Any:  # noqa: ANN401  # a tensor
        """Their sum, rectified."""
        return torch.relu(self.body(x) + self.shortcut(x))


def resnet50(width: int) -> Any:  # noqa: ANN401  # a module
    """ResNet-50, its first stage of so many channels inside."""
    layers = [*conv(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels, inner = width, width
    for blocks, stride in STAGES:
        for block in range(blocks):
            layers.append(Bottleneck(channels, inner, 1 if block else stride))
            channels = 4 * inner
        inner *= 2
    return nn.Sequential(*layers, *classifier(channels))


BUILT: dict[str, Callable[[Mapping[str, Any]], tuple[Any, int]]] = {
    "mobilenet_v1": lambda values: (mobilenet_v1(values["alpha"]), values["size"]),
    "resnet50": lambda values: (resnet50(values["width"]), 224),
}
"""Each network where its variables hold some values, and the size of its images."""


def counted(name: str, values: Mapping[str, Any]) -> tuple[int, int]:
    """Parameters, and floating-point operations of convolutions and matrix products, which are two a MAC."""
    with torch.device("meta"), torch.no_grad():
        module, size = BUILT[name](values)
        with FlopCounterMode(display=False) as counter:
            module.eval()(torch.empty(1, 3, size, size))
    return sum(parameter.numel() for parameter in module.parameters()), counter.get_total_flops()
