"""Motions and bodies in foreign formats."""
