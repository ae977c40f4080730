"""The production set-up, read as data: no container engine is needed to keep it honest."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from crm.embedded.__main__ import COMMANDS
from crm.embedded.supervisor import APPLICATION, entry

ROOT = Path(__file__).resolve().parents[2]
OURS = ("web", "worker", "beat", "migrate")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    return compose["services"]


def test_each_process_runs_the_entry_command_of_the_single_machine(
    services: dict[str, Any],
) -> None:
    for name in APPLICATION:
        assert services[name]["command"] == ["python", *entry(name)[1:]]
    for name in OURS:
        assert services[name]["command"][:3] == ["python", "-m", "crm.embedded"]
        assert services[name]["command"][3] in COMMANDS


def test_containers_are_closed(services: dict[str, Any]) -> None:
    for name in OURS:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "ports" not in service
    assert [name for name in services if "ports" in services[name]] == ["proxy"]


def test_only_the_migration_knows_the_owner(services: dict[str, Any]) -> None:
    for name in OURS:
        knows = "crm_owner_password" in services[name]["secrets"]
        told = "DATABASE_OWNER_URL" in services[name]["environment"]
        assert knows == told == (name == "migrate")


def test_no_password_stands_in_the_file(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET", name):
                assert name.endswith("_FILE")
                assert value.startswith("/run/secrets/")
                assert value.rpartition("/")[2] in service["secrets"]
    for secret in compose["secrets"].values():
        assert secret["file"].startswith("./secrets/")
    assert "secrets/" in (ROOT / ".gitignore").read_text().split()


def test_everything_awaited_exists_and_tells_its_health(services: dict[str, Any]) -> None:
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert services[name]["healthcheck"]["test"]
            else:
                assert wait["condition"] == "service_completed_successfully"
                assert name == "migrate"


def test_the_database_knows_chinese_letters_and_the_broker_loses_no_task(
    services: dict[str, Any],
) -> None:
    assert "--locale=C.UTF-8" in services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]
    assert services["postgres"]["image"] == "postgres:18"
    assert "noeviction" in services["valkey"]["command"]


def test_mounted_files_and_volumes_exist(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).exists(), source
            else:
                assert source in compose["volumes"]


def test_every_variable_is_one_that_the_code_reads(services: dict[str, Any]) -> None:
    sources = [*(ROOT / "crm" / "settings").glob("*.py"), *(ROOT / "crm" / "embedded").glob("*.py")]
    code = "\n".join(path.read_text() for path in sources)
    for name in OURS:
        for variable in services[name]["environment"]:
            stem = variable.removesuffix("_FILE").removesuffix("_PASSWORD")
            known = (variable, stem, variable.removesuffix("_FILE"))
            assert any(f'"{word}"' in code for word in known), variable


def test_the_image_runs_as_nobody_special_and_serves_by_default() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users == ["10001"]
    assert lines[-1] == 'CMD ["python", "-m", "crm.embedded", "web"]'
    commands = re.findall(r"-m crm\.embedded (\S+)", "\n".join(lines))
    assert set(commands) <= set(COMMANDS)
