import { STORAGE_CLASS } from './storage';

/** What Zero to JupyterHub writes into jupyterhub_config.py for each way in which servers may have storage. */

const CLAIMS = `
c.KubeSpawner.storage_pvc_ensure = True
c.KubeSpawner.storage_class = "${STORAGE_CLASS}"
c.KubeSpawner.storage_capacity = "10Gi"
`;

/** `singleuser.storage` as it comes: each server, also each named one, has a claim of its own that is empty at first. */
export const STOCK = `
${CLAIMS}
c.KubeSpawner.pvc_name_template = "claim-{user_server}"
c.KubeSpawner.storage_access_modes = ["ReadWriteOnce"]
c.KubeSpawner.volumes = {
    "volume-{user_server}": {"name": "volume-{user_server}", "persistentVolumeClaim": {"claimName": "{pvc_name}"}}
}
c.KubeSpawner.volume_mounts = {
    "volume-{user_server}": {"mountPath": "/home/jovyan", "name": "volume-{user_server}"}
}
`;

/** `dynamic.pvcNameTemplate: claim-{username}` and `storageAccessModes: [ReadWriteMany]`: one claim for all servers of a user. */
export const PER_USER = `
${CLAIMS}
c.KubeSpawner.pvc_name_template = "claim-{username}"
c.KubeSpawner.storage_access_modes = ["ReadWriteMany"]
c.KubeSpawner.volumes = [{"name": "volume-{username}", "persistentVolumeClaim": {"claimName": "{pvc_name}"}}]
c.KubeSpawner.volume_mounts = [{"mountPath": "/home/jovyan", "name": "volume-{username}"}]
`;

/** The claim that somebody has made for all users, where there is one. */
export const SHARED_CLAIM = 'shared';

/** `type: static`: a folder for each user in one claim. */
export const STATIC = `
c.KubeSpawner.storage_pvc_ensure = False
c.KubeSpawner.volumes = [{"name": "home", "persistentVolumeClaim": {"claimName": "${SHARED_CLAIM}"}}]
c.KubeSpawner.volume_mounts = [{"mountPath": "/home/jovyan", "name": "home", "subPath": "home/{username}"}]
`;

/** As it comes, with `extraVolumes` and `extraVolumeMounts`: one claim that all servers have in their home besides. */
export const HYBRID = `
${CLAIMS}
c.KubeSpawner.pvc_name_template = "claim-{user_server}"
c.KubeSpawner.storage_access_modes = ["ReadWriteOnce"]
c.KubeSpawner.volumes = [
    {"name": "volume-{user_server}", "persistentVolumeClaim": {"claimName": "{pvc_name}"}},
    {"name": "shared", "persistentVolumeClaim": {"claimName": "${SHARED_CLAIM}"}},
]
c.KubeSpawner.volume_mounts = [
    {"mountPath": "/home/jovyan", "name": "volume-{user_server}"},
    {"mountPath": "/home/jovyan/shared", "name": "shared"},
]
`;

/** `type: none`: what a server writes ends with its pod. */
export const NONE = `
c.KubeSpawner.storage_pvc_ensure = False
`;
