"""Engines of the department of bones, each in a file of its own."""
