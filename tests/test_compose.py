"""The compose files: everything they speak of exists, and processes do not get in each other's way.

That they are compose files at all, by their specification, `make lint` looks at.
"""

import re
from pathlib import Path

import pytest
import yaml

from bot.settings import Settings, fixed_settings

FILES = ("compose.yaml", "compose.cluster.yaml")
BASE, CLUSTER = (yaml.safe_load(Path(name).read_text()) for name in FILES)
EASELS = {name: one for name, one in {**BASE["services"], **CLUSTER["services"]}.items() if "easel" in name}


def whole(name: str) -> dict:
    """A service of the cluster as compose puts it together."""
    there = {**BASE["services"].get(name, BASE["services"]["easel"]), **CLUSTER["services"].get(name, {})}
    added = CLUSTER["services"].get(name, {}).get("environment", {})
    return {**there, "environment": {**BASE["services"]["easel"]["environment"], **added}}


@pytest.mark.parametrize("name", EASELS)
def test_what_is_set_are_settings_with_values_that_they_take(name: str) -> None:
    secret = {
        field.upper() for field in Settings.model_fields if "SecretStr" in str(Settings.model_fields[field])
    }
    plain = {}
    for key, value in whole(name)["environment"].items():
        if key.removesuffix("_FILE") in secret and key.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in BASE["services"]["easel"]["secrets"]
        else:
            plain[key.lower()] = value
    assert set(plain) <= set(Settings.model_fields)
    fixed_settings(**plain)


def test_secrets_are_files_that_stay_out_of_the_repository() -> None:
    handed_over = {name for service in BASE["services"].values() for name in service.get("secrets", ())}
    assert handed_over == set(BASE["secrets"])
    ignored = Path(".gitignore").read_text().splitlines()
    assert all(Path(one["file"]).parent == Path("secrets") for one in BASE["secrets"].values())
    assert "/secrets/" in ignored
    for name, service in BASE["services"].items():
        spoken = re.findall(r"/run/secrets/(\w+)", str(service))
        assert set(spoken) == set(service.get("secrets", ())), name


def test_volumes_exist_and_hold_what_must_stay() -> None:
    mounted = [one for service in BASE["services"].values() for one in service["volumes"]]
    assert {one.split(":")[0] for one in mounted} == set(BASE["volumes"])
    assert BASE["services"]["easel"]["environment"]["EASEL_DATA_DIR"] in {
        one.split(":")[1] for one in mounted
    }


def test_nothing_listens_beyond_this_machine() -> None:
    services = [*BASE["services"].values(), *CLUSTER["services"].values()]
    ports = [port for service in services for port in service.get("ports", ())]
    assert ports
    assert all(one.startswith("127.0.0.1:") for one in ports)


def test_a_stop_leaves_time_for_what_is_under_way() -> None:
    seconds = int(BASE["services"]["easel"]["stop_grace_period"].removesuffix("s"))
    assert seconds > fixed_settings().easel_drain_seconds


def test_processes_have_names_of_their_own_and_share_all_shards() -> None:
    environments = [whole(name)["environment"] for name in EASELS]
    assert len(environments) == 3
    assert len({one["EASEL_PROCESS"] for one in environments}) == 3
    counts = {int(one["EASEL_SHARD_COUNT"]) for one in environments}
    shards = [int(shard) for one in environments for shard in one["EASEL_SHARD_IDS"].split(",")]
    assert sorted(shards) == list(range(counts.pop()))
    assert not counts


def test_easel_waits_for_a_database_that_answers() -> None:
    for name in EASELS:
        assert whole(name)["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert "healthcheck" in BASE["services"]["postgres"]
    assert "HEALTHCHECK" in Path("Dockerfile").read_text()  # Easel's is in its image
