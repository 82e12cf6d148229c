"""Engines of the voice department, one self-contained file each."""
