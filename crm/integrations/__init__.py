"""Other programs: access tokens, the REST API. Apps open their parts of it in `integrations.py`."""
