"""Members of certain groups get no Lab: they come for dashboards, and land on the gallery."""

from .start_specification import Refuse


class NoLab:
    """Whom it concerns, and where they go instead. Administrators are never among them."""

    title = "JupyterLab is not for this account"
    sentence = "On this hub your account is for looking at dashboards, not for JupyterLab."
    fix = "If you need JupyterLab, ask the administrator of this hub."
    action = "Open the dashboards"

    def __init__(self, groups, gallery):
        self.groups = frozenset(groups)
        self.gallery = gallery

    def holds(self, user):
        """Whether `user`, as the Hub's handlers, Spawners and pages know them, gets no Lab."""
        if not self.groups or user is None or getattr(user, "admin", False):
            return False
        return any(group.name in self.groups for group in getattr(user, "groups", ()))

    def refusal(self):
        """What starts in place of Lab."""
        link = {"url": self.gallery, "text": self.action}
        return Refuse(self.sentence, title=self.title, fix=self.fix, link=link)

    def default_url(self, admins_own):
        """A value for `JupyterHub.default_url`; everybody else goes where `admins_own` sends them."""
        # Called twice, `configure` must not put its own one around itself.
        admins_own = getattr(admins_own, "admins_own", admins_own)

        def default_url(handler):
            if self.holds(handler.current_user):
                return self.gallery
            return admins_own(handler) if callable(admins_own) else admins_own

        default_url.admins_own = admins_own
        return default_url
