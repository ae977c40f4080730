"""Tongzhou 同舟: the project and its kernel."""
