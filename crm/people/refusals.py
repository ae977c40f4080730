"""What the services of this app refuse, in words fit for people."""


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A rule said no; the message says why and what to do."""
