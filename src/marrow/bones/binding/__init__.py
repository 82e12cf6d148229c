"""Surfaces, segments and heat: the parts of `bind`."""
