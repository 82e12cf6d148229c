"""How every picture made here is drawn: light and colour, paper, type, strokes, points, cameras."""
