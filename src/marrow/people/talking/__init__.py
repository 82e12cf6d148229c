"""Answering out of what was really said."""
