from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of an uploaded file, in memory or on disk, readable any number of times."""

    content: bytes | Path

    def open(self) -> BinaryIO:
        """A fresh binary stream from the first byte."""
        return BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")

    def head(self, size: int) -> bytes:
        """The first bytes of the file."""
        if isinstance(self.content, bytes):
            return self.content[:size]
        with self.open() as stream:
            return stream.read(size)

    def chunks(self) -> Iterator[bytes]:
        """The whole file in pieces of bounded size."""
        with self.open() as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
