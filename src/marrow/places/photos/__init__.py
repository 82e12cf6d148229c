"""A place out of photos: cameras that agree about what they saw, and points that several of them see alike."""
