"""Places as they are remembered: points that gather, are forgotten, are mis-remembered, and become another place."""
