"""From where points are to how joints turn."""
