import type { Build, BuildReply, DashboardReply, VersionList } from '../../contract';
import { eventually, PUBLISH, type TestService } from './test-service';

/** What an author publishes and sees of it, for tests of builds. `who`: the service and token of the test under way. */
export function createAuthor(who: () => { test: TestService; token: string }) {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const { test, token } = who();
    return (await test.call<T>(token, method, `api/v1/${path}`, body)).body;
  };
  const build = (id: string) => ask<Build>('GET', `builds/${id}`);
  return {
    build,
    async publish(changes: object = {}): Promise<{ id: string; buildId: string; server: string }> {
      const made = await ask<BuildReply>('POST', 'dashboards', { ...PUBLISH, ...changes });
      const { id } = made.dashboard;
      const record = await who().test.service.context.dashboards.get(id);
      return { id, buildId: made.build.id, server: record?.dashboard.serverName ?? '' };
    },
    show: async (id: string) => (await ask<DashboardReply>('GET', `dashboards/${id}`)).dashboard,
    versions: async (id: string) => (await ask<VersionList>('GET', `dashboards/${id}/versions`)).versions,
    /** The build, as soon as it has come to an end. */
    ended: (id: string): Promise<Build> =>
      eventually(async () => {
        const found = await build(id);
        return found.endedAt !== null && found;
      })
  };
}
