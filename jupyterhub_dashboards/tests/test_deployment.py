"""What `jupyterhub-dashboards values` prints, and the files in deploy/."""

import json
import re
import stat
import sys
from types import ModuleType

import pytest
import yaml
from traitlets.config import Config

from ..command import main
from ..configuration import SERVICE_SCOPES
from ..deployment.chart import HTTPS, PORT
from ..deployment.storages import STORAGES
from .hub import PACKAGE

ROOT = PACKAGE.parent
DEPLOY = ROOT / "deploy"
ENV_TS = (ROOT / "server" / "service" / "env.ts").read_text()
BOTH = pytest.mark.parametrize("storage", list(STORAGES))


@pytest.fixture
def printed(capsys):
    def print_(*words):
        assert main(["values", *words]) == 0
        return capsys.readouterr().out

    return print_


def documents(text):
    return list(yaml.safe_load_all(text))


@BOTH
@pytest.mark.parametrize("words", [(), ("--in-hub-pod",), ("--https=letsencrypt",)])
def test_everything_that_is_printed_is_yaml(printed, storage, words):
    parts = documents(printed("--storage", storage, *words))
    *objects, values = parts
    assert {"hub", "proxy", "singleuser"} <= values.keys()
    for one in objects:
        assert one["apiVersion"] and one["metadata"]["name"]
        assert one["kind"].startswith("Cluster") or one["metadata"]["namespace"] == "jhub"


def test_the_variables_of_the_service_are_those_that_it_reads(printed):
    objects = {one["kind"]: one for one in documents(printed("--storage", "clone", "--part", "manifests"))}
    [container] = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    given = {variable["name"] for variable in container["env"]}
    read = set(re.findall(r"\bJUPYTERHUB_[A-Z_]+\b", ENV_TS))
    # Made by the command from the options and the key.
    made = {"JUPYTERHUB_DASHBOARDS_CONFIG"}
    assert given - {"JUPYTERHUB_DASHBOARDS_HOOK_KEY"} <= read
    required = ENV_TS.split("const REQUIRED = {")[1].split("}")[0]
    assert set(re.findall(r"'(JUPYTERHUB_[A-Z_]+)'", required)) <= given | made
    [port] = container["ports"]
    [out] = objects["Service"]["spec"]["ports"]
    assert port["containerPort"] == out["port"] == PORT and out["targetPort"] == port["name"]
    url = next(one["value"] for one in container["env"] if one["name"] == "JUPYTERHUB_SERVICE_URL")
    assert url == f"http://0.0.0.0:{PORT}"
    options = json.loads(objects["ConfigMap"]["data"]["options.json"])
    assert options["service_url"] == f"http://{objects['Service']['metadata']['name']}:{PORT}"
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert options["database"].startswith(f"{mounts['data']}/")


def test_what_kubernetes_makes_of_the_services_name_is_nothing_that_we_read(printed):
    [service] = [one for one in documents(printed("--storage", "relay")) if one.get("kind") == "Service"]
    made = service["metadata"]["name"].upper().replace("-", "_")
    assert not re.search(rf"\b{made}_(SERVICE|PORT)", ENV_TS)
    assert not made.startswith("JUPYTERHUB")


def test_the_rights_that_the_hub_gives_are_those_that_the_service_asks_for():
    text = (ROOT / "server" / "service" / "hub" / "own-scopes.ts").read_text()
    [needed] = re.findall(r"const NEEDED = \[([^\]]*)\]", text)
    assert tuple(re.findall(r"'([^']+)'", needed)) == SERVICE_SCOPES


@BOTH
def test_only_who_makes_volumes_may_call_kubernetes(printed, storage):
    objects = documents(printed("--storage", storage, "--part", "manifests"))
    kinds = {one["kind"] for one in objects}
    deployment = next(one for one in objects if one["kind"] == "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] == (storage == "clone")
    roles = {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"}
    assert kinds & roles == ({"Role", "RoleBinding"} if storage == "clone" else set())
    if storage == "clone":
        rules = next(one for one in objects if one["kind"] == "Role")["rules"]
        assert {resource for rule in rules for resource in rule["resources"]} == {
            "persistentvolumeclaims",
            "volumesnapshots",
            "pods",
            "events",
        }


def test_in_the_hubs_pod_the_options_are_values_of_the_chart(printed, monkeypatch, tmp_path):
    values = yaml.safe_load(printed("--storage", "hybrid", "--in-hub-pod", "--part", "values"))
    # The chart's own module, which is nowhere but in its pods.
    chart = ModuleType("z2jh")
    chart.get_config = {f"custom.{name}": value for name, value in values["custom"].items()}.get
    monkeypatch.setitem(sys.modules, "z2jh", chart)
    monkeypatch.chdir(tmp_path)
    c = Config()
    c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
    [code] = values["hub"]["extraConfig"].values()
    exec(code, {"c": c})
    [service] = c.JupyterHub.services
    [port] = values["hub"]["service"]["extraPorts"]
    assert service["url"] == f"http://hub:{port['port']}" and port["port"] == port["targetPort"]
    assert service["environment"]["JUPYTERHUB_DASHBOARDS_LISTEN"] == "0.0.0.0"
    told = json.loads(service["environment"]["JUPYTERHUB_DASHBOARDS_CONFIG"])
    assert told["publishablePaths"] == ["shared"] and told["strategies"] == ["snapshot", "live", "git"]
    assert told["runnerServiceUrl"] == "http://proxy-public/services/dashboards/"
    assert told["database"] == "/srv/jupyterhub/dashboards.sqlite"


def test_in_the_hubs_pod_the_hubs_account_gets_the_rights(printed):
    words = ("--storage", "clone", "--part", "manifests", "--in-hub-pod")
    role, binding = documents(printed(*words))
    assert role["kind"] == "Role" and binding["subjects"][0]["name"] == "hub"
    assert printed("--storage", "relay", "--part", "manifests", "--in-hub-pod") == ""


@pytest.mark.parametrize("https", HTTPS)
def test_pods_reach_the_proxy_in_the_way_of_its_https(printed, https):
    words = ("--storage", "relay", "--https", https, "--in-hub-pod", "--hub-url", "https://h.org/lab/")
    options = yaml.safe_load(printed(*words))["custom"]["dashboards"]
    assert (
        options.get("relay_url")
        == {
            "none": "http://proxy-public",
            "offload": "http://proxy-public",
            "letsencrypt": "http://proxy-http:8000",
            "manual": None,
        }[https]
    )


def test_a_hub_below_a_path_is_one_everywhere(printed):
    parts = documents(printed("--storage", "relay", "--hub-url", "https://h.org/lab/"))
    deployment = next(one for one in parts if one.get("kind") == "Deployment")
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    variables = {one["name"]: one.get("value") for one in container["env"]}
    assert variables["JUPYTERHUB_API_URL"] == "http://hub:8081/lab/hub/api"
    assert variables["JUPYTERHUB_SERVICE_PREFIX"] == "/lab/services/dashboards/"
    assert variables["JUPYTERHUB_BASE_URL"] == parts[-1]["hub"]["baseUrl"] == "/lab/"


def test_secrets_are_made_anew_each_time_and_only_where_they_are_wanted(printed):
    def secret():
        [one] = [
            one
            for one in documents(printed("--storage", "relay", "--part", "manifests"))
            if one["kind"] == "Secret"
        ]
        return one["stringData"]

    first, second = secret(), secret()
    assert set(first) == {"api-token", "hook-key"}
    assert len({*first.values(), *second.values()}) == 4
    without = printed("--storage", "relay", "--part", "manifests", "--without-secret")
    assert "Secret" not in {one["kind"] for one in documents(without)}


def test_parts_are_written_into_files_that_only_their_owner_reads(printed, tmp_path):
    folder = tmp_path / "new" / "folder"
    printed("--storage", "static", "--into", str(folder), "--without-hub-file")
    assert {file.name for file in folder.iterdir()} == {
        "values.yaml",
        "manifests.yaml",
        "jupyterhub_dashboards.py",
    }
    assert stat.S_IMODE((folder / "manifests.yaml").stat().st_mode) == 0o600
    assert (folder / "jupyterhub_dashboards.py").read_text() == printed(
        "--storage", "static", "--part", "hub-file"
    )


def test_what_is_written_again_has_the_keys_that_hub_and_service_know_each_other_by(printed, tmp_path):
    def written(folder, storage):
        printed("--storage", storage, "--into", str(folder))
        secret = next(
            one for one in documents((folder / "manifests.yaml").read_text()) if one["kind"] == "Secret"
        )
        return secret["stringData"]

    first = written(tmp_path / "one", "relay")
    assert set(first) == {"api-token", "hook-key"}
    assert written(tmp_path / "one", "clone") == first
    other = written(tmp_path / "other", "relay")
    assert not set(other.values()) & set(first.values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--hub-url", "hub.example.org"], "not an http or https address"),
        (["--dashboards-origin", "https://d.org/path"], "without a path"),
        (["--image", "registry.example.org:5000/service"], "write it with its tag"),
        (["--storage", "nfs"], "invalid choice"),
    ],
)
def test_wrong_words_are_refused_with_what_to_write(capsys, words, said):
    with pytest.raises(SystemExit):
        main(["values", "--storage", "relay", *words])
    assert said in capsys.readouterr().err


@BOTH
def test_the_files_in_deploy_are_what_is_printed(printed, storage):
    folder = DEPLOY / "z2jh" / storage
    made = {
        "values.yaml": ("--part", "values", "--without-hub-file"),
        "values-in-hub-pod.yaml": ("--part", "values", "--in-hub-pod"),
        "manifests.yaml": ("--part", "manifests", "--without-secret"),
    }
    if storage == "clone":
        made["manifests-in-hub-pod.yaml"] = ("--part", "manifests", "--in-hub-pod")
    assert {file.name for file in folder.iterdir()} == set(made), "run deploy/z2jh/make.sh"
    for name, words in made.items():
        text = printed("--storage", storage, *words)
        assert (folder / name).read_text() == text, "run deploy/z2jh/make.sh"


def test_images_install_extras_that_there_are():
    project = (ROOT / "pyproject.toml").read_text()
    extras = project.split("[project.optional-dependencies]")[1].split("\n\n")[0]
    version = re.search(r'__version__ = "(.*)"', (PACKAGE / "__init__.py").read_text())[1]
    files = sorted((DEPLOY / "images").glob("*.Dockerfile"))
    assert [file.name.split(".")[0] for file in files] == ["hub", "service", "singleuser"]
    for file in files:
        text = file.read_text()
        [wanted] = re.findall(r'"jupyterhub-dashboards\[([a-z,]+)\]==\$\{VERSION\}"', text)
        assert all(f"\n{extra} = [" in extras for extra in wanted.split(",")), file
        assert f"ARG VERSION={version}\n" in text
        assert f"jupyterhub-dashboards-{file.name.split('.')[0]}:{version} " in text


def test_the_image_of_the_service_runs_what_its_pod_runs(printed):
    [deployment] = [
        one for one in documents(printed("--storage", "relay")) if one.get("kind") == "Deployment"
    ]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    text = (DEPLOY / "images" / "service.Dockerfile").read_text()
    assert json.loads(re.search(r"^CMD (.*)$", text, re.MULTILINE)[1]) == container["command"]


def test_the_file_for_tljh_is_the_one_of_the_page():
    page = (ROOT / "docs" / "operators" / "installing.md").read_text()
    section = page.split("\n## The Littlest JupyterHub\n")[1].split("\n## ")[0]
    [block] = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    file = (DEPLOY / "tljh" / "dashboards.py").read_text().replace("  # noqa: F821", "")
    assert re.sub(r"^#.*\n", "", file, flags=re.MULTILINE) == block


@BOTH
def test_every_storage_has_a_page_with_what_is_printed_for_it(printed, storage):
    pages = ROOT / "docs" / "operators" / "kubernetes"
    page = (pages / f"{storage}.md").read_text()
    assert f"jupyterhub-dashboards values --storage {storage}" in page
    [shown] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    values = yaml.safe_load(printed("--storage", storage, "--part", "values"))
    for name, section in yaml.safe_load(shown).items():
        assert section == {key: value for key, value in values[name].items() if key != "image"}
    assert f"]({storage}.md)" in (pages / "README.md").read_text()


def test_the_table_of_connections_has_the_port_of_the_service():
    page = (ROOT / "docs" / "operators" / "kubernetes" / "README.md").read_text()
    assert page.count(f"service, {PORT}") == 2


def test_links_of_the_pages_lead_somewhere():
    folder = ROOT / "docs" / "operators" / "kubernetes"
    for page in [*folder.glob("*.md"), DEPLOY / "README.md"]:
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            assert link.startswith("https://") or (page.parent / link).exists(), (page, link)


def test_printing_needs_no_package_but_this_one():
    """As where nothing is installed but the wheel: on the machine of whoever runs helm."""
    import subprocess

    look = (
        "import sys; from jupyterhub_dashboards.command import main;"
        "main(['values', '--storage', 'clone']);"
        "sys.exit(bool({'jupyterhub', 'yaml', 'traitlets', 'tornado'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr


@BOTH
def test_names_that_nobody_can_know_are_said_to_be_examples(printed, storage):
    text = printed("--storage", storage, "--part", "values").split("\n  storage:\n")[1]
    names = yaml.safe_load(text.split("\ncull:")[0])
    assert ("Names are examples" in text) == (names != {"type": "dynamic"})
