"""What a pod gets besides: the volumes that versions of its dashboard are served from."""

import asyncio
import logging

log = logging.getLogger("JupyterHub.dashboards")

PREFIX = "dashboards-version-"
TIMEOUT = 5


async def present(spawner, mounts):
    """The `Mount`s whose claims are there: for others a pod would wait until its start has failed.

    The service names those that are there; what it has said before, when it is away, may have gone since.
    """
    found = await asyncio.gather(*(_is_there(spawner, mount.claim) for mount in mounts))
    return tuple(mount for mount, is_there in zip(mounts, found, strict=True) if is_there)


async def _is_there(spawner, name):
    try:
        asked = spawner.api.read_namespaced_persistent_volume_claim(name, spawner.namespace)
        claim = await asyncio.wait_for(asked, TIMEOUT)
    except Exception as error:
        gone = getattr(error, "status", None) == 404
        log.warning(
            "The claim %s of %s %s", name, spawner.name, "is gone" if gone else f"is not seen: {error!r}"
        )
        return not gone
    return claim.metadata.deletion_timestamp is None


def mount_volumes(pod, container, mounts):
    """Adds the `Mount`s to a pod and to its container, whatever profiles have made of the volumes there."""
    if not mounts:
        return
    from kubernetes_asyncio import client

    pod.spec.volumes = _others(pod.spec.volumes) + [
        client.V1Volume(
            name=f"{PREFIX}{mount.version}",
            # Not read-only itself: of what was cloned in the middle of a write, the journal is played back.
            persistent_volume_claim=client.V1PersistentVolumeClaimVolumeSource(claim_name=mount.claim),
        )
        for mount in mounts
    ]
    container.volume_mounts = _others(container.volume_mounts) + [
        client.V1VolumeMount(
            name=f"{PREFIX}{mount.version}",
            mount_path=mount.path,
            sub_path=mount.sub_path or None,
            read_only=True,
        )
        for mount in mounts
    ]
    _give_groups_once(pod.spec.security_context)


def _give_groups_once(context):
    """Else every file of each volume is given its group at each start."""
    if isinstance(context, dict):
        # As KubeSpawner has it.
        if "fsGroup" in context:
            context["fsGroupChangePolicy"] = "OnRootMismatch"
    elif context is not None and context.fs_group is not None:
        context.fs_group_change_policy = "OnRootMismatch"


def _others(items):
    return [item for item in items or [] if not item.name.startswith(PREFIX)]
