"""Whether a file is a picture of a reasonable size, from its first bytes."""

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from crm.files.services import FileRefused

PNG = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 4_000
HEADER_BYTES = 256 * 1024
# JPEG frame headers: SOF0 to SOF15 without the three that are none
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height as the file's own header says; None for what is neither PNG nor JPEG."""
    if data.startswith(PNG) and data[12:16] == b"IHDR" and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if not data.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if kind in FRAMES:
            height, width = data[at + 5 : at + 7], data[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += 2 + length
    return None


def check_picture(upload: "UploadedFile[bytes]") -> None:
    """Refuse what is no picture, and what is too large to be shown in a corner."""
    head = upload.read(HEADER_BYTES)
    upload.seek(0)
    size = size_of(head)
    if size is None:
        raise FileRefused(_("This is no PNG or JPEG picture."))
    if not all(0 < side <= MOST_PIXELS for side in size):
        raise FileRefused(_("The picture has more than 4,000 pixels on a side."))
