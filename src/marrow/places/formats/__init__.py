"""Scans in foreign formats."""
