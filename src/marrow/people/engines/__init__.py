"""Who finds and who answers: our own way without weights, and doors to models."""
