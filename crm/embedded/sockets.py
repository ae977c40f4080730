"""A short private folder for unix sockets: their paths may not pass 107 bytes."""

import contextlib
import hashlib
import os
import shutil
import stat
from pathlib import Path

from crm.embedded.process import CommandFailed

ROOM = Path("/tmp")  # noqa: S108 - the folder below is made 0700 and its owner is checked


def socket_folder(data: Path) -> Path:
    """The folder for the sockets of one data folder, ours alone."""
    digest = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:10]
    folder = ROOM / f"crm-{os.getuid()}-{digest}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise CommandFailed(f"{folder} belongs to somebody else; remove it and start again.")
    folder.chmod(0o700)
    return folder


def remove_socket_folder(folder: Path) -> None:
    """Leave no empty folder behind."""
    shutil.rmtree(folder, ignore_errors=True)
