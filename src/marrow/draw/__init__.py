"""How every picture made here is drawn: light and colour, paper, type, strokes, points, cameras.

The studio's three colours stand here, so that a department may name them without importing anything heavy.
"""

PAPER = "#efe7d6"  # rice paper in afternoon light
INK = "#1f1b18"    # pine-soot ink, a little warm
SEAL = "#a63a2b"   # cinnabar, for one small mark
