"""Two scans of one place brought together, or refused where they do not show one place."""
