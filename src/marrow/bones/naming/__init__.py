"""What the names of joints, or their build, tell about a body: the parts of `identify`."""
