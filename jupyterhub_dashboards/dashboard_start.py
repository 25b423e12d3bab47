"""One start that is ours to decide: a dashboard's, set up for what the service answered, or a refused Lab's.

The start always succeeds, as the runner or as a page with the reason, because a Hub stops itself after a few
failed starts. Every value is set absolutely, at each start anew.
"""

import base64
import json
import logging
from functools import partial
from inspect import isawaitable

from .own_server import set_apart
from .pod_image import pin_image
from .pod_news import tell_of_pods
from .pod_profile import chosen_profile, keep_to_profiles, profile_of
from .pod_volumes import mount_volumes, present
from .runner_command import STAND_IN, runner_command, stand_in
from .start_specification import Refuse, Run
from .uncounted import leave_uncounted

log = logging.getLogger("JupyterHub.dashboards")

START = "JUPYTERHUB_DASHBOARDS_START"
REFUSAL = "JUPYTERHUB_DASHBOARDS_REFUSAL"
GIT_TOKEN = "JUPYTERHUB_DASHBOARDS_GIT_TOKEN"
VARIABLES = (START, REFUSAL, STAND_IN, GIT_TOKEN)

# What a refusal changes on a Spawner.
CHANGED = (
    "cmd",
    "args",
    "default_url",
    "oauth_client_allowed_scopes",
    "environment",
    "consecutive_failure_limit",
    "pre_spawn_hook",
    "modify_pod_hook",
)

OWN_FAULT = (
    "The hub could not prepare this dashboard's start. Try again; if it stays like this,"
    " tell your administrator to look for this server's name in the hub's log."
)
NO_INTERNAL_SSL = (
    "This hub encrypts its internal traffic (internal_ssl), which dashboards do not support yet."
    " Ask your administrator to switch it off or to remove dashboards."
)


class DashboardStart:
    """Belongs to one Spawner for as long as that lives, which may be several starts if they fail."""

    def __init__(self, spawner):
        self.spawner = spawner
        self.single_user_command = None
        self.command = None
        self.variables = {}
        self.mounts = ()
        self.pod = None
        self.before = None

    async def prepare(self, specifications, run_admins_hook, git_token=None):
        """Asks the service and sets the Spawner up for its answer, or for a refusal if anything fails."""
        spawner = self.spawner
        # KubeSpawner's profiles and others read them again while starting.
        spawner.user_options = {}
        spawner.consecutive_failure_limit = 0
        leave_uncounted(spawner)
        set_apart(spawner)
        tell_of_pods(spawner, partial(self._tell, specifications))
        self.tell_pod = partial(self._tell_pod, specifications)
        try:
            await run_admins_hook()
        except Exception:
            log.exception(
                "The administrator's apply_user_options failed for %s, which starts all the same",
                spawner.name,
            )
        try:
            answer = await self._answer(specifications)
        except Exception:
            log.exception("Asking what to start as %s failed", spawner.name)
            answer = Refuse(OWN_FAULT)
        token = await git_token.told(spawner.user) if git_token and isinstance(answer, Run) else None
        self.become(answer, token)
        self._choose_profile()
        self._guard_later_hooks()

    def refuse(self, answer):
        """For a server that is no dashboard's, and not to start as what it is."""
        spawner = self.spawner
        if self.before is None:
            self.before = {name: getattr(spawner, name) for name in CHANGED if hasattr(spawner, name)}
        spawner.consecutive_failure_limit = 0
        leave_uncounted(spawner)
        self.become(answer)
        self._guard_later_hooks()

    def give_back(self):
        """Undoes `refuse`, for a Spawner that has outlived a failed start."""
        for name, value in (self.before or {}).items():
            setattr(self.spawner, name, value)
        self.before = self.command = None

    async def _answer(self, specifications):
        spawner = self.spawner
        if getattr(spawner, "internal_ssl", False):
            return Refuse(NO_INTERNAL_SSL)
        return await specifications.ask(self._base_url(), spawner.user.id, spawner.user.name, spawner.name)

    async def _tell(self, specifications, events):
        await specifications.tell(self._base_url(), self.spawner.user.name, self.spawner.name, events)

    def _choose_profile(self):
        """KubeSpawner reads it while starting. Nothing of it comes from whoever starts this server."""
        if self.pod is not None and hasattr(self.spawner, "profile_list"):
            profile = self.pod.profile
            chosen = chosen_profile(self.spawner.user, self.pod.like) if profile is None else dict(profile)
            self.spawner.user_options = chosen
            keep_to_profiles(self.spawner)

    async def _tell_pod(self, specifications, container):
        try:
            image = container.image
            where = self._base_url(), self.spawner.user.name, self.spawner.name
            await specifications.tell_pod(*where, image, profile_of(self.spawner.user_options))
        except Exception as error:
            # No start fails for it: what a version was built with is not known then.
            log.warning(
                "The dashboards service was not told of the image of %s: %s", self.spawner.name, error
            )

    def _base_url(self):
        return self.spawner.hub.base_url.removesuffix("hub/")

    def become(self, answer, git_token=None):
        """Makes the Spawner start what `answer` says; `git_token` is for the runner alone."""
        if isinstance(answer, Run):
            self.variables = {START: answer.specification, STAND_IN: stand_in()}
            self._set_mounts(answer.mounts)
            self.pod = answer.pod
            if git_token:
                self.variables[GIT_TOKEN] = _base64url(git_token)
        else:
            log.info("Refusing to start %s: %s", self.spawner.name, answer.message)
            self.variables = {REFUSAL: _base64url(answer.told()), STAND_IN: stand_in()}
            self._set_mounts(())
            self.pod = None
        self.apply()

    def apply(self):
        """Sets command and environment, whatever has happened to them in between."""
        spawner = self.spawner
        if self.command is None or spawner.cmd != self.command:
            self.single_user_command = spawner.cmd
        self.command = runner_command(self.single_user_command)
        spawner.cmd = self.command
        spawner.args = []
        spawner.default_url = ""
        # Those of a Lab's browser token: nobody signs in to a dashboard's server through the Hub. Before it
        # asks this hook, the Hub has registered the server as a client with the scopes set until then, which
        # are a Lab's at a first start: the service refuses tokens from there (`foreign_server`).
        spawner.oauth_client_allowed_scopes = []
        others = {name: value for name, value in spawner.environment.items() if name not in VARIABLES}
        spawner.environment = {**others, **self.variables}

    def _set_mounts(self, mounts):
        self.mounts = mounts
        if mounts and not hasattr(self.spawner, "modify_pod_hook"):
            # The runner finds out that they are not there, and says so of their versions.
            kind = type(self.spawner).__name__
            log.error(
                "%s has versions on volumes, which a %s cannot mount: they are lost", self.spawner.name, kind
            )

    def _guard_later_hooks(self):
        spawner = self.spawner
        spawner.pre_spawn_hook = self._guarded_pre_spawn(_unguarded(spawner.pre_spawn_hook))
        if hasattr(spawner, "modify_pod_hook"):
            spawner.modify_pod_hook = self._guarded_modify_pod(_unguarded(spawner.modify_pod_hook))

    def _guarded_pre_spawn(self, admins_hook):
        async def pre_spawn_hook(spawner):
            try:
                if admins_hook:
                    result = admins_hook(spawner)
                    if isawaitable(result):
                        await result
                self.apply()
            except Exception as error:
                log.exception("The administrator's pre_spawn_hook failed for %s", spawner.name)
                self.become(Refuse(_reason(error)))

        pre_spawn_hook.guards = admins_hook
        return pre_spawn_hook

    def _take_over(self, container):
        """KubeSpawner's profiles set command and environment after `apply_user_options`; this comes later.

        Nothing else of theirs is changed. The runner is looked for where the profile's own command is.
        """
        container.args = _of_runner(list(container.args or []), self.command)
        container.command = None
        known = list(container.env or [])
        kept = [variable for variable in known if variable.name not in VARIABLES]
        create = type(known[0]) if known else _pod_variable()
        container.env = kept + [create(name=name, value=value) for name, value in self.variables.items()]

    async def _mount(self, pod, container):
        try:
            mount_volumes(pod, container, await present(self.spawner, self.mounts))
        except Exception:
            # Some Hubs stop themselves after a few failed starts; the runner says what it lacks.
            log.exception("Volumes of %s cannot be mounted", self.spawner.name)

    def _guarded_modify_pod(self, admins_hook):
        async def modify_pod_hook(spawner, pod):
            if admins_hook:
                pod = admins_hook(spawner, pod)
                if isawaitable(pod):
                    pod = await pod
            container = notebook_container(pod)
            self._take_over(container)
            await self._mount(pod, container)
            if self.pod is not None:
                pin_image(container, self.pod.image)
                await self.tell_pod(container)
            return pod

        modify_pod_hook.guards = admins_hook
        return modify_pod_hook


def _of_runner(words, command):
    """What starts the runner where a pod would start `words`: wrappers stay, Lab's arguments do not."""
    for index in range(len(words) - len(command) + 1):
        if words[index : index + len(command)] == command:
            return [*words[:index], *command]
    # A profile has named another command.
    return runner_command(words)


def notebook_container(pod):
    """That of the server, among those that the administrator has added."""
    containers = pod.spec.containers
    return next((one for one in containers if one.name == "notebook"), containers[0])


def _pod_variable():
    from kubernetes_asyncio.client import V1EnvVar

    return V1EnvVar


def _unguarded(hook):
    """What our guard was put around at an earlier start of the same Spawner."""
    while hasattr(hook, "guards"):
        hook = hook.guards
    return hook


def _reason(error):
    said = getattr(error, "jupyterhub_message", None) or getattr(error, "log_message", None)
    if said:
        return f"This hub does not allow the start: {said}"
    return (
        "A hook of this hub failed while the dashboard started. Tell your administrator: its log says more."
    )


def _base64url(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
