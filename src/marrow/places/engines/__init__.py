"""Engines of the department of places, one file each."""
