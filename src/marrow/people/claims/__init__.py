"""What is claimed in an utterance, and which claims cannot both be so."""
