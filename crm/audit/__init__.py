"""What changed, who did it and why."""
