"""Small line charts as an SVG, side by side, without a library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 260, 200, 44, 28, 36
"""Of one panel and the margins around its axes, in pixels."""


class Panel(NamedTuple):
    """One chart: what grows, and the seconds that it takes."""

    title: str
    points: Sequence[tuple[float, float]]


def picture(panels: Sequence[Panel]) -> str:
    """All panels in one SVG document; both axes begin at zero."""
    width = WIDTH * len(panels)
    drawn = [line for number, panel in enumerate(panels) for line in _panel(panel, number)]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}"'
            ' font-family="sans-serif" font-size="11">',
            f'<rect width="{width}" height="{HEIGHT}" fill="white"/>',
            *drawn,
            "</svg>\n",
        )
    )


def _panel(panel: Panel, number: int) -> Iterator[str]:
    most = max(x for x, _ in panel.points)
    longest = max(y for _, y in panel.points)
    across, up = WIDTH - LEFT - 20, HEIGHT - TOP - BOTTOM
    floor = HEIGHT - BOTTOM
    at = [(LEFT + across * x / most, floor - up * y / longest) for x, y in panel.points]
    yield f'<g transform="translate({WIDTH * number} 0)">'
    yield f'<text x="{LEFT}" y="16">seconds</text>'
    yield (f'<path d="M{LEFT} {TOP}V{floor}H{LEFT + across}" fill="none" stroke="#888"/>')
    yield f'<text x="{LEFT - 4}" y="{TOP + 4}" text-anchor="end">{longest:.3g}</text>'
    yield f'<text x="{LEFT - 4}" y="{floor}" text-anchor="end">0</text>'
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    yield f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="2"/>'
    for (x, y), (value, _) in zip(at, panel.points, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f5fa8"/>'
        yield f'<text x="{x:.1f}" y="{floor + 14}" text-anchor="middle">{value:g}</text>'
    yield (
        f'<text x="{LEFT + across / 2:.0f}" y="{floor + 30}" text-anchor="middle">'
        f"{panel.title}</text>"
    )
    yield "</g>"
