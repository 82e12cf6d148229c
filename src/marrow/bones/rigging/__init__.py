"""How a body is measured, and where its joints are: the parts of `rig`."""
