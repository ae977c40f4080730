"""pypinyin, loaded on first use: 20 MB of readings."""

from threading import Lock

_loading = Lock()


def load_readings() -> None:
    """Read the package and its word lists, one thread at a time.

    Two threads that import its parts in different orders block each other, and one of them fails.
    """
    with _loading:
        import pypinyin.seg.mmseg  # noqa: F401, PLC0415
