"""Finding what was said about something, without a model."""
