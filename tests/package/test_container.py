"""The server in a container: files that their readers accept, and the very command line, run with
nothing but what the image holds.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import kubernetes_validate
import pytest
import yaml
from packaging.requirements import Requirement

from server_stub.door.gate import Gate
from tests.makers.conversation_server import Served, answered, script
from tests.makers.postgres import postgres
from tests.makers.redis_server import redis_address

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packaging" / "container"
MANIFESTS = sorted((FOLDER / "kubernetes").rglob("*.yaml"))
ANSWER = {"match": None, "chunks": [[0, "The kettle "], [0.01, "sings."]]}
SECRETS = {"JWT_SECRET": "s" * 40}


# --- the container file


@dataclass
class Recipe:
    """The last stage of the container file, and what the first one installs."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def of(self, word: str) -> list[str]:
        return [rest for name, rest in self.said if name == word]

    @property
    def variables(self) -> dict[str, str]:
        return dict(each.split("=", 1) for line in self.of("ENV") for each in shlex.split(line))

    @property
    def copies(self) -> dict[str, str]:
        """What comes from the repository, and to where."""
        found: dict[str, str] = {}
        for line in self.of("COPY"):
            if not line.startswith("--from"):
                *sources, target = line.split()
                found |= dict.fromkeys(sources, target)
        return found


def recipe() -> Recipe:
    text = re.sub(r"\\\n\s*", "", (FOLDER / "Containerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    parts = [line.split(" ", 1) for line in lines]
    return Recipe([(word, rest.strip()) for word, rest in parts])


def test_the_image_is_nobodys_root_and_is_asked_how_it_is() -> None:
    (user,) = recipe().of("USER")
    assert user.split(":")[0].isdigit() and int(user.split(":")[0]) >= 10000
    assert "/health" in recipe().of("HEALTHCHECK")[0]
    assert all("slim" in base for base in recipe().of("FROM"))
    assert any("--require-hashes" in line for line in recipe().of("RUN"))
    assert not [name for name in recipe().variables if re.search("SECRET|PASSWORD|KEY", name)]


def test_the_builder_gets_what_is_copied_and_nothing_more() -> None:
    rules = (FOLDER / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    assert let_in == set(recipe().copies) and "*" in rules
    assert all((ROOT / each).exists() for each in let_in)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the container file puts together: a bare Python, the packages that the
    lock names, and the sources.
    """
    if os.name != "posix":
        pytest.skip("the image is one of Linux")
    place = tmp_path_factory.mktemp("image")
    venv.create(place / "python", with_pip=False, symlinks=True)
    (place / "parts").mkdir()
    site = Path(str(distribution("aiohttp").locate_file("")))
    for name in locked():
        for top in {file.parts[0] for file in distribution(name).files or ()}:
            if top not in ("..", "__pycache__"):
                (place / "parts" / top).symlink_to(site / top)
    for source, target in recipe().copies.items():
        whole = place / target.lstrip("/") / (Path(source).name if target.endswith("/") else "")
        whole.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, whole, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, whole)
    return place


def locked() -> list[str]:
    """The packages that the image's lock names for this Python."""
    (name,) = set(re.findall(r"requirements-\w+\.lock", (FOLDER / "Containerfile").read_text()))
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pins = [Requirement(line.rstrip("\\ ")) for line in lines if re.match(r"[a-z0-9]", line)]
    return [pin.name for pin in pins if pin.marker is None or pin.marker.evaluate()]


def variables(image: Path, port: int) -> dict[str, str]:
    found = {**recipe().variables, **SECRETS, "PORT": str(port), "HOST": "127.0.0.1"}
    found["PYTHONPATH"] = f"{image / 'opt/server'}:{image / 'parts'}"
    return {**found, "PATH": f"{image / 'python/bin'}:{os.environ['PATH']}", "HOME": str(image)}


def test_the_lock_covers_the_whole_server_and_no_window(image: Path) -> None:
    every = """
import importlib, importlib.util, pkgutil, server_stub
for each in pkgutil.walk_packages(server_stub.__path__, "server_stub."):
    if not each.name.endswith("__main__"):
        importlib.import_module(each.name)
for each in ("voice.speaker", "voice.worker", "lips.mouth", "reply.phrases"):
    importlib.import_module("avatar_desktop." + each)
import av, espeakng_loader, soxr
print(*[each for each in ("PySide6", "OpenGL", "PIL", "pytest") if importlib.util.find_spec(each)])
"""
    asked = subprocess.run(
        [image / "python/bin/python", "-c", every],
        env=variables(image, 0), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (asked.returncode, asked.stdout.strip()) == (0, ""), asked.stderr


@asynccontextmanager
async def running(
    image: Path, data: Path, *arguments: str, **more: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, str], str]]:
    """The image's own command line, but for the folder; its first line."""
    (entry,) = recipe().of("ENTRYPOINT")
    command = [str(data) if word == "/data" else word for word in json.loads(entry)]
    told = variables(image, 0) | more
    process = await asyncio.create_subprocess_exec(
        str(image / "python/bin" / command[0]), *command[1:], *arguments,
        env=told, cwd=data, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            line = await process.stdout.readline()
        port = str(urlsplit(json.loads(line)["http"]).port)
        yield process, told | {"PORT": port}, line.decode()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def test_the_images_command_serves_is_well_and_tells_no_token(image: Path, tmp_path: Path) -> None:
    async def scene() -> None:
        async with running(image, tmp_path, "--mind", script(tmp_path, ANSWER)) as started:
            process, told, line = started
            assert "token" not in json.loads(line)
            health = recipe().of("HEALTHCHECK")[0].split("CMD ", 1)[1]
            asked = [str(image / "python/bin" / word) if word == "python" else word
                     for word in json.loads(health)]  # fmt: skip
            well = await asyncio.create_subprocess_exec(*asked, env=told)
            assert await well.wait() == 0
            issued = await asyncio.create_subprocess_exec(
                str(image / "python/bin/python"), "-m", "server_stub", "--data", str(tmp_path),
                "--issue-token", "ann", env=told, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            token = (await issued.communicate())[0].decode().strip()
            async with aiohttp.ClientSession() as client:
                served = Served(json.loads(line)["http"], token, client)
                async with served.joined() as socket:
                    assert await answered(socket) == "The kettle sings."
            async with (
                aiohttp.ClientSession() as prometheus,
                prometheus.get(json.loads(line)["http"] + "/metrics") as figures,
            ):
                (pods,) = pod_figures()
                assert f"\n{pods['metric']['name']} " in await figures.text()
            process.terminate()
            async with asyncio.timeout(60):
                out, err = await process.communicate()
            assert process.returncode == 0 and out == b""
            events = [json.loads(each)["event"] for each in err.decode().splitlines()]
            assert "listening" in events and token not in err.decode()
            unwell = await asyncio.create_subprocess_exec(
                *asked, env=told, stderr=asyncio.subprocess.DEVNULL
            )
            assert await unwell.wait() == 1  # once it is gone, the check says so

    asyncio.run(scene())


def test_two_of_them_with_secrets_in_files_are_one_server(image: Path, tmp_path: Path) -> None:
    async def scene(contents: dict[str, str]) -> None:
        files: dict[str, str] = {"PEER_HOST": "127.0.0.1", "JWT_SECRET": ""}
        for name in objects()["Secret"]["stringData"]:
            (tmp_path / name).write_text(contents[name] + "\n", "utf-8")
            files[f"{name}_FILE"] = str(tmp_path / name)
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
        mind = ("--mind", script(tmp_path, ANSWER))
        async with (
            running(image, tmp_path / "one", *mind, **files) as (_, _, first),
            running(image, tmp_path / "two", *mind, **files) as (_, _, second),
            aiohttp.ClientSession() as client,
        ):
            token = Gate(contents["JWT_SECRET"].encode()).issue("ann", time.time())
            one, two = (Served(json.loads(line)["http"], token, client) for line in (first, second))
            room = await one.room()
            async with one.joined(room) as here, two.joined(room) as there:
                assert await answered(there) == "The kettle sings."
                await here.next("ar-stream-end")

    with postgres() as database, redis_address() as redis:
        contents = {"JWT_SECRET": "k" * 40, "DATABASE_URL": database, "REDIS_URL": redis}
        asyncio.run(scene(contents))


# --- the manifests


def objects() -> dict[str, dict[str, Any]]:
    """Every object of the manifests by its kind."""
    found = [each for path in MANIFESTS for each in yaml.safe_load_all(path.read_text("utf-8"))]
    return {each["kind"]: each for each in found}


def pod_figures() -> list[dict[str, Any]]:
    """The figures of our own by which the cluster scales."""
    metrics = objects()["HorizontalPodAutoscaler"]["spec"]["metrics"]
    return [each["pods"] for each in metrics if "pods" in each]


def accept(thing: dict[str, Any]) -> None:
    kubernetes_validate.validate(thing, kubernetes_validate.latest_version(), strict=True)


def test_the_cluster_accepts_every_manifest() -> None:
    known = objects()
    assert len(known) == len(MANIFESTS) >= 8
    for thing in known.values():
        accept(thing)


def misspell(thing: dict[str, Any]) -> None:
    thing["spec"]["replica"] = thing["spec"].pop("replicas")


def mistype(thing: dict[str, Any]) -> None:
    thing["spec"]["replicas"] = "three"


def misplace(thing: dict[str, Any]) -> None:
    thing["spec"]["template"]["spec"]["containers"][0]["livenessProbe"]["httpget"] = {}


@pytest.mark.parametrize("spoil", [misspell, mistype, misplace])
def test_a_wrong_field_is_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    wrong = copy.deepcopy(objects()["Deployment"])
    spoil(wrong)
    with pytest.raises(kubernetes_validate.ValidationError):
        accept(wrong)


def test_the_manifests_keep_the_promised_numbers() -> None:
    known = objects()
    deployment = known["Deployment"]["spec"]
    (server,) = deployment["template"]["spec"]["containers"]
    assert deployment["replicas"] == 3
    assert server["resources"] == {
        "requests": {"cpu": "500m", "memory": "512Mi"},
        "limits": {"cpu": "1000m", "memory": "1Gi"},
    }
    ready, live = server["readinessProbe"], server["livenessProbe"]
    assert ready["httpGet"]["path"] == "/health"
    assert (ready["initialDelaySeconds"], ready["periodSeconds"]) == (10, 5)
    assert (live["initialDelaySeconds"], live["periodSeconds"]) == (30, 10)
    assert "startupProbe" in server
    scale = known["HorizontalPodAutoscaler"]["spec"]
    assert (scale["minReplicas"], scale["maxReplicas"]) == (3, 20)
    resources = [each["resource"] for each in scale["metrics"] if "resource" in each]
    aims = {each["name"]: each["target"]["averageUtilization"] for each in resources}
    assert aims == {"cpu": 70, "memory": 80}
    (pods,) = pod_figures()
    assert pods["target"]["averageValue"] == "1000"
    assert int(known["ConfigMap"]["data"]["MAX_CONNECTIONS"]) > 1000
    assert known["PodDisruptionBudget"]["spec"]["minAvailable"] < deployment["replicas"]


def test_the_pieces_name_each_other_and_nobody_is_root() -> None:
    known = objects()
    pod = known["Deployment"]["spec"]["template"]
    (server,) = pod["spec"]["containers"]
    labels = pod["metadata"]["labels"].items()
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert known[kind]["spec"]["selector"]["matchLabels"].items() <= labels
    assert known["Service"]["spec"]["selector"].items() <= labels
    assert known["Service"]["spec"]["ports"][0]["targetPort"] == server["ports"][0]["name"]
    (rule,) = known["Ingress"]["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert path["path"] == known["ConfigMap"]["data"]["PATH_PREFIX"]
    assert f"https://{rule['host']}" == known["ConfigMap"]["data"]["ALLOWED_ORIGINS"]
    assert rule["host"] in known["Ingress"]["spec"]["tls"][0]["hosts"]
    assert server["ports"][0]["containerPort"] == int(recipe().variables["PORT"])
    asked = {Path(each["value"]).name for each in server["env"] if "value" in each}
    assert asked == set(known["Secret"]["stringData"])
    assert pod["spec"]["securityContext"]["runAsNonRoot"]
    assert str(pod["spec"]["securityContext"]["runAsUser"]) == recipe().of("USER")[0].split(":")[0]


# --- compose


def compose() -> dict[str, Any]:
    return yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))


def compose_status(told: dict[str, Any], folder: Path) -> int:
    path = folder / "compose.yaml"
    path.write_text(yaml.safe_dump(told), "utf-8")
    words = ("-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path))
    return subprocess.run([sys.executable, *words], capture_output=True, check=False).returncode


def test_compose_accepts_the_file_and_refuses_a_wrong_field(tmp_path: Path) -> None:
    told = compose()
    assert compose_status(told, tmp_path) == 0
    told["services"]["server"]["restarts"] = "always"
    assert compose_status(told, tmp_path) == 1


def test_no_password_stands_in_the_compose_file() -> None:
    told = compose()
    assert (FOLDER / told["services"]["server"]["build"]["context"]).resolve() == ROOT
    assert {"server", "database", "redis"} == set(told["services"]) == set(told["volumes"])
    for name, service in told["services"].items():
        for key, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD", key):
                assert key.endswith("_FILE") and Path(value).name in service["secrets"], name
            assert not re.search(r"://[^/@]*:[^/@]+@", str(value)), f"{name}: {key}"
        assert "healthcheck" in service or name == "server"  # its check is in the image
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    for secret in told["secrets"].values():
        path = f"packaging/container/{secret['file']}"
        assert any(fnmatch.fnmatch(path, f"{rule}*") for rule in ignored if "/" in rule)
    assert all(str(each).startswith("127.0.0.1:") for each in told["services"]["server"]["ports"])
    assert not any("ports" in told["services"][name] for name in ("database", "redis"))
