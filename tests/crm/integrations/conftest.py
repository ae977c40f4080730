"""Programs that act for the cast."""

import pytest

from tests.support.programs import Program, program_of


@pytest.fixture
def program(cast):
    """`program(cast.agent)` is a program with a token of the agent's that may write."""

    def make(member, **terms) -> Program:
        return program_of(cast, member, **terms)

    return make
