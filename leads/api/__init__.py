"""Leads, customers and contacts for other programs: the forms, services and checks of the pages."""
