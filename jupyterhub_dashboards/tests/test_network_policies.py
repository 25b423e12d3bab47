"""Every connection that dashboards need, walked through the policies of Zero to JupyterHub and ours."""

import copy
from pathlib import Path

import pytest
import yaml

from ..command import main
from ..deployment.chart import PORT
from ..deployment.storages import STORAGES
from .network_policies import Outside, Pod, verdict, without

CHART = yaml.safe_load(Path(__file__).with_name("z2jh_policies.yaml").read_text())
BROWSER = Outside("browser", "203.0.113.7")
# On a machine of the cluster, and no pod.
API_SERVER = Outside("kube-apiserver", "192.168.49.2")
INTERNET = Outside("internet", "198.51.100.9")
DNS = Pod("dns", {"k8s-app": "kube-dns"}, {}, {"kubernetes.io/metadata.name": "kube-system"})
OTHER = Pod("other pod", {"app": "something-else"}, {})

# (from, to, port): what for.
NEEDED = {
    ("browser", "proxy", 8000): "every page",
    ("proxy", "hub", 8081): "signing in",
    ("proxy", "service", PORT): "the API, the list, the way to a dashboard",
    ("proxy", "user", 8888): "a dashboard's own server, and JupyterLab",
    # JupyterLab and dashboards' servers are pods of one kind: they go to the service, and from one to the
    # other, through the proxy.
    ("user", "proxy", 8000): "the service, and sending files to a dashboard's server",
    ("user", "hub", 8081): "activity of a server",
    ("hub", "user", 8888): "whether a server is up",
    ("hub", "service", PORT): "what to start",
    ("service", "hub", 8081): "everything that the service asks of the Hub",
    ("service", "dns", 53): "the name of the Hub",
    ("hub", "proxy", 8000): "the check, where the public name leads straight back",
}
BEHIND_AUTOHTTPS = {
    ("browser", "autohttps", 8443): "every page",
    ("autohttps", "proxy", 8000): "every page",
    ("hub", "autohttps", 8443): "the check, where the public name leads straight back",
}
WITH_VOLUMES = {
    ("service", "kube-apiserver", 443): "making volumes",
    ("service", "kube-apiserver", 6443): "making volumes",
}
CLOSED = [
    ("user", "service", PORT),
    ("user", "user", 8888),
    ("user", "kube-apiserver", 443),
    ("other pod", "service", PORT),
    ("browser", "service", PORT),
    ("service", "user", 8888),
    ("service", "proxy", 8001),
    ("service", "internet", 80),
]
# Also in the Hub's pod.
CLOSED_IN_THE_HUBS_POD = [("user", "hub", PORT), ("other pod", "hub", PORT), ("browser", "hub", PORT)]


def part(capsys, name, storage, *words):
    assert main(["values", "--storage", storage, "--part", name, *words]) == 0
    return list(yaml.safe_load_all(capsys.readouterr().out))


def network(capsys, storage, *words):
    """Policies and the two ends of connections, by name."""
    [values] = part(capsys, "values", storage, *words)
    policies = [_with_values(policy, values) for policy in copy.deepcopy(CHART["policies"])]
    ends = {name: Pod(name, pod["labels"], pod["ports"]) for name, pod in CHART["pods"].items()}
    ends |= {one.name: one for one in (BROWSER, API_SERVER, INTERNET, DNS, OTHER)}
    for one in part(capsys, "manifests", storage, *words):
        if one and one["kind"] == "NetworkPolicy":
            policies.append({"name": "ours", **one["spec"]})
        if one and one["kind"] == "Deployment":
            template = one["spec"]["template"]
            [container] = template["spec"]["containers"]
            ports = {port["name"]: port["containerPort"] for port in container["ports"]}
            ends["service"] = Pod("service", template["metadata"]["labels"], ports)
    # Where it runs in the Hub's pod, the Hub's policies are its own.
    ends.setdefault("service", ends["hub"])
    return policies, ends


def _with_values(policy, values):
    found = values
    for word in policy.pop("added").split("."):
        found = found.get(word, {})
    assert found.keys() <= {"ingress", "egress"}
    for direction, rules in found.items():
        policy[direction] = [*policy[direction], *rules]
    return policy


def judged(network, connection):
    policies, ends = network
    source, target, port = connection
    protocol = "UDP" if target == "dns" else "TCP"
    return verdict(policies, ends[source], ends[target], port, protocol)


@pytest.mark.parametrize("storage", list(STORAGES))
def test_what_is_needed_is_open_and_nothing_else(capsys, storage):
    around = network(capsys, storage)
    volumes = STORAGES[storage].makes_volumes
    needed = {**NEEDED, **BEHIND_AUTOHTTPS, **(WITH_VOLUMES if volumes else {})}
    refused = {one: judged(around, one).refused_by for one in needed if not judged(around, one).allowed}
    assert refused == {}
    closed = [*CLOSED, *([] if volumes else WITH_VOLUMES)]
    assert [one for one in closed if judged(around, one).allowed] == []


def test_which_policy_allows_what(capsys):
    around = network(capsys, "clone")
    needed = {**NEEDED, **WITH_VOLUMES}
    assert {one: [str(rule) for rule in judged(around, one).rules] for one in needed} == {
        ("browser", "proxy", 8000): ["proxy ingress 1"],
        ("proxy", "hub", 8081): ["proxy egress 1", "hub ingress 1"],
        ("proxy", "service", PORT): ["proxy egress 7", "ours ingress 1"],
        ("proxy", "user", 8888): ["proxy egress 2", "singleuser ingress 1"],
        ("user", "proxy", 8000): ["singleuser egress 2", "proxy ingress 1"],
        ("user", "hub", 8081): ["singleuser egress 1", "hub ingress 1"],
        ("hub", "user", 8888): ["hub egress 2", "singleuser ingress 1"],
        ("hub", "service", PORT): ["hub egress 7", "ours ingress 2"],
        ("service", "hub", 8081): ["ours egress 1", "hub ingress 1"],
        ("service", "dns", 53): ["ours egress 2"],
        ("hub", "proxy", 8000): ["hub egress 8", "proxy ingress 1", "proxy ingress 2"],
        ("service", "kube-apiserver", 443): ["ours egress 3"],
        ("service", "kube-apiserver", 6443): ["ours egress 3"],
    }


@pytest.mark.parametrize("words", [(), ("--in-hub-pod",)])
def test_without_what_allows_it_at_one_end_a_connection_is_refused(capsys, words):
    policies, ends = network(capsys, "clone", *words)
    connections = {**NEEDED, **BEHIND_AUTOHTTPS, **WITH_VOLUMES}
    if words:
        connections = {one: why for one, why in connections.items() if "service" not in one}
        connections[("proxy", "hub", PORT)] = "the API, the list, the way to a dashboard"
    for connection in connections:
        rules = judged((policies, ends), connection).rules
        assert rules, connection
        for direction in {rule.direction for rule in rules}:
            # Of two that allow the same, the other one is enough.
            at_this_end = [rule for rule in rules if rule.direction == direction]
            left = without(policies, at_this_end)
            assert not judged((left, ends), connection).allowed, f"{connection} without {at_this_end}"


@pytest.mark.parametrize("storage", list(STORAGES))
def test_in_the_hubs_pod_the_proxy_alone_gets_to_the_service(capsys, storage):
    around = network(capsys, storage, "--in-hub-pod")
    assert [str(rule) for rule in judged(around, ("proxy", "hub", PORT)).rules] == [
        "proxy egress 7",
        "hub ingress 2",
    ]
    assert [one for one in CLOSED_IN_THE_HUBS_POD if judged(around, one).allowed] == []
    # The Hub may call Kubernetes, and so may the service beside it.
    assert judged(around, ("hub", "kube-apiserver", 443)).allowed


def test_ours_says_nothing_about_pods_of_others(capsys):
    policies, _ = network(capsys, "clone")
    alone = [policy for policy in policies if policy["name"] == "ours"]
    assert verdict(alone, OTHER, INTERNET, 443).allowed and verdict(alone, BROWSER, OTHER, 80).allowed
