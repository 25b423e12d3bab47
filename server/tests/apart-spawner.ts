/**
 * Lines for jupyterhub_config.py: each server has a home of its own, as on clusters that give each of them a volume, with
 * one folder in it that they share.
 */
export const APART = `
from jupyterhub.spawner import SimpleLocalProcessSpawner
from traitlets import default

class Apart(SimpleLocalProcessSpawner):
    @default("home_dir")
    def _home_of_this_server(self):
        base = os.path.join(os.getcwd(), "home", self.user.name)
        home = os.path.join(base, "servers", self.name) if self.name else base
        shared = os.path.join(os.getcwd(), "shared")
        for folder in (home, shared):
            os.makedirs(folder, exist_ok=True)
        link = os.path.join(home, "shared")
        if not os.path.islink(link):
            os.symlink(shared, link)
        return home

c.JupyterHub.spawner_class = Apart
`;
