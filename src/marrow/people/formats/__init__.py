"""Readers of testimony, one file per way of writing it."""
