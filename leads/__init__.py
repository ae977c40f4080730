"""Before the order: touches, leads, customers, contacts, opportunities."""
