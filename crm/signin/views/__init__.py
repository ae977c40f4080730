"""Pages: the administrators', the gate's, and each person's own."""
