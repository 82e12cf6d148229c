"""What can be wrong with a body, and the report about it: the parts of `doctor`."""
