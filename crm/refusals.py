"""What a service refuses: a rule said no, nothing was changed, and its words tell people why."""


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A rule said no; the message says why and what to do. Every app refuses so."""


class TryAgain(Refused):
    """No rule said no: others were in the way for a moment. Nothing was saved."""
