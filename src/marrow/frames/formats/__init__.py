"""Formats of pictures that are not the standard one, one file each."""
