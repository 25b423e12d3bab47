/**
 * A real Spawner, as slow as a cluster that has to add a node: it starts nothing before there is a file `gate` in the
 * user's home, and fails where that says `closed`. The Hub answers requests for such a start with 202.
 */
export const SLOW_SPAWNER = `
import asyncio
import pathlib

from jupyterhub.spawner import SimpleLocalProcessSpawner

class SlowSpawner(SimpleLocalProcessSpawner):
    async def start(self):
        gate = pathlib.Path(self.home_dir, "gate")
        while not gate.exists():
            await asyncio.sleep(0.05)
        if gate.read_text() == "closed":
            raise RuntimeError("no node with enough memory")
        return await super().start()

c.JupyterHub.spawner_class = SlowSpawner
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0.1}
c.Spawner.start_timeout = 600
`;
