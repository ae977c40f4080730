"""Pages and fragments of the frame itself."""
