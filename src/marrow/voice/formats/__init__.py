"""Recordings as people bring them, one file per family of formats."""
