"""What developers and the continuous integration run: tests, checks, locked packages."""
