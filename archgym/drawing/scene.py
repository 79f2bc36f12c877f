"""A picture as shapes with places, in points, y downwards: what layouts make and what is painted."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

SIZE, SMALL = 6.5, 6.0
"""Letters in points: of parts, and of all that stands beside them."""

Measure = Callable[[str, float, bool], float]
"""measure(text, size in points, bold): width in points."""


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    """Of its centre."""
    width: float
    height: float
    family: str
    faded: bool = False
    round: float = 1.5
    """Radius of its corners."""


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    """Of its left end, middle or right end, as `align` says."""
    y: float
    """Of the middle of its letters."""
    text: str
    width: float
    size: float = SIZE
    align: str = "center"
    faded: bool = False
    bold: bool = False

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """left, top, right, bottom"""
        left = self.x - {"left": 0.0, "center": 0.5, "right": 1.0}[self.align] * self.width
        return left, self.y - self.size / 2, left + self.width, self.y + self.size / 2


@dataclass(frozen=True, slots=True)
class Line:
    points: tuple[tuple[float, float], ...]
    faded: bool = False
    arrow: bool = False
    flow: str = ""
    """"down" or "right": every second piece is bent, leaving and arriving that way. Empty: straight pieces."""


@dataclass
class Scene:
    shapes: list = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0

    def put(self, other: "Scene", dx: float, dy: float) -> None:
        """Add another scene, moved."""
        for shape in other.shapes:
            if isinstance(shape, Line):
                self.shapes.append(replace(shape, points=tuple((x + dx, y + dy) for x, y in shape.points)))
            else:
                self.shapes.append(replace(shape, x=shape.x + dx, y=shape.y + dy))
        self.width = max(self.width, dx + other.width)
        self.height = max(self.height, dy + other.height)

    @property
    def texts(self) -> list[Text]:
        return [shape for shape in self.shapes if isinstance(shape, Text)]
