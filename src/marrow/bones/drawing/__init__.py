"""Pictures of bodies: figures, pose maps, the turntable."""
