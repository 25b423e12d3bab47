"""The author's own token at the host of their repositories, as their sign-in has left it (`auth_state`)."""

import logging
from dataclasses import dataclass

log = logging.getLogger("JupyterHub.dashboards")


@dataclass(frozen=True)
class GitToken:
    """Which entry of `auth_state` it is, and the only host that it is for."""

    key: str
    host: str

    @classmethod
    def of(cls, options):
        """None where the administrator has named none."""
        if options.git_token_from_auth_state is None:
            return None
        return cls(options.git_token_from_auth_state, options.git_token_host)

    async def told(self, user):
        """`host` and `token` of a user; None where the Hub knows none. A start never fails because of it."""
        try:
            state = await user.get_auth_state()
        except Exception:
            log.exception("The auth_state of %s cannot be read", user.name)
            return None
        token = (state or {}).get(self.key)
        if not isinstance(token, str) or not token:
            log.warning(
                "There is no %s in the auth_state of %s to fetch repositories with", self.key, user.name
            )
            return None
        return {"host": self.host, "token": token}
