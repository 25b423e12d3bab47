import { IMAGE_ELSEWHERE, type Product } from './product';

/** The variable of the profile. */
export const PROFILES_REGION = 'north';

/**
 * Lines for jupyterhub_config.py: nothing works but with the default profile. What an administrator has set besides it names
 * an image that is nowhere and a command that is in none.
 */
export function overridingProfile({ programs }: Product): string {
  return `
def _list(values):
    return list(values.values()) if isinstance(values, dict) else list(values)

c.KubeSpawner.image = "nobody/has:this"
c.KubeSpawner.cmd = ["/nowhere/jupyterhub-singleuser"]
c.KubeSpawner.environment = {"REGION": "south"}
c.KubeSpawner.profile_list = [
    {
        "display_name": "Small",
        "default": True,
        "kubespawner_override": {
            "cmd": ["${programs}/jupyterhub-singleuser"],
            "image": "${IMAGE_ELSEWHERE}",
            "environment": {"REGION": "${PROFILES_REGION}"},
            "volumes": [*_list(c.KubeSpawner.get("volumes", [])), {"name": "scratch", "emptyDir": {}}],
            "volume_mounts": [
                *_list(c.KubeSpawner.get("volume_mounts", [])),
                {"name": "scratch", "mountPath": "/scratch"},
            ],
        },
    }
]
`;
}
