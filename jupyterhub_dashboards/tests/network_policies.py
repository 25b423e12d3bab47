"""Says of a connection whether NetworkPolicies allow it, and which rules do.

By the letter of https://kubernetes.io/docs/concepts/services-networking/network-policies/: a pod that no
policy selects for a direction is free in it; one that is selected needs a rule, on both ends of the
connection. Blocks of addresses are for what is no pod; some networks let them count for pods as well, and
this does not.
"""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network


@dataclass(frozen=True)
class Pod:
    name: str
    labels: dict
    # Numbers by name.
    ports: dict
    namespace: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Outside:
    """An address that belongs to no pod."""

    name: str
    address: str


@dataclass(frozen=True)
class Rule:
    """`ingress` or `egress`, which one of its policy: what to take away to see whether it is needed."""

    policy: str
    direction: str
    index: int

    def __str__(self):
        return f"{self.policy} {self.direction} {self.index + 1}"


@dataclass(frozen=True)
class Verdict:
    allowed: bool
    # Those that let it out of its source and into its target; none where nothing holds it up there.
    rules: tuple
    # Where it is not allowed: which policies select that end.
    refused_by: tuple = ()


def verdict(policies, source, target, port, protocol="TCP"):
    """`Verdict` about a connection from `source` to `port` (a number) of `target`."""
    rules = []
    for direction, own, peer in (("egress", source, target), ("ingress", target, source)):
        selecting = [one for one in policies if isinstance(own, Pod) and _selects(one, own, direction)]
        if not selecting:
            continue
        found = [
            Rule(policy["name"], direction, index)
            for policy in selecting
            for index, rule in enumerate(policy.get(direction) or [])
            if _peers(rule, direction, peer) and _ports(rule, target, port, protocol)
        ]
        if not found:
            return Verdict(False, (), tuple(f"{policy['name']} {direction}" for policy in selecting))
        rules += found
    return Verdict(True, tuple(rules))


def without(policies, rules):
    """The policies without those rules."""
    left = []
    for policy in policies:
        gone = {(rule.direction, rule.index) for rule in rules if rule.policy == policy["name"]}
        left.append(
            {
                **policy,
                **{
                    direction: [
                        one
                        for index, one in enumerate(policy.get(direction, []))
                        if (direction, index) not in gone
                    ]
                    for direction in ("ingress", "egress")
                },
            }
        )
    return left


def _selects(policy, pod, direction):
    return direction.capitalize() in policy["policyTypes"] and _labelled(policy["podSelector"], pod.labels)


def _labelled(selector, labels):
    assert selector.keys() <= {"matchLabels"}, "this knows no other selectors"
    return (selector.get("matchLabels") or {}).items() <= labels.items()


def _peers(rule, direction, peer):
    peers = rule.get("from" if direction == "ingress" else "to")
    return not peers or any(_is_peer(one, peer) for one in peers)


def _is_peer(one, peer):
    if "ipBlock" in one:
        return isinstance(peer, Outside) and _in_block(one["ipBlock"], peer.address)
    if isinstance(peer, Outside):
        return False
    if "namespaceSelector" in one:
        inside = _labelled(one["namespaceSelector"], peer.namespace)
    else:
        inside = not peer.namespace
    return inside and _labelled(one.get("podSelector", {}), peer.labels)


def _in_block(block, address):
    address = ip_address(address)
    if address not in ip_network(block["cidr"]):
        return False
    return not any(address in ip_network(part) for part in block.get("except", []))


def _ports(rule, target, port, protocol):
    if not rule.get("ports"):
        return True
    named = target.ports if isinstance(target, Pod) else {}
    return any(
        one.get("protocol", "TCP") == protocol and named.get(one["port"], one["port"]) == port
        for one in rule["ports"]
    )
