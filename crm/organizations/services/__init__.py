"""Everything that changes an organisation itself."""
