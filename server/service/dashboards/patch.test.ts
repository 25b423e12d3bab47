import type { BuildReply, ErrorReply } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { startRunners } from '../testing/fake-runner';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let id: string;

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  const runners = startRunners(test);
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH);
  id = body.dashboard.id;
  // This one does not remove its files, so that the deletion does not come to its end.
  await (await eventually(() => runners[0])).build();
});
afterEach(() => test.stop());

/** Deletes it when somebody has been found to be allowed to change it. */
function deleteBefore(what: 'patch' | 'moveDesired'): void {
  const { dashboards } = test.service.context;
  const change = dashboards[what].bind(dashboards) as (...given: unknown[]) => Promise<never>;
  dashboards[what] = async (...given: unknown[]) => {
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    return change(...given);
  };
}

describe('a dashboard that is deleted at the same moment', () => {
  it.each([{ name: 'Other' }, { description: 'x' }, { audience: { kind: 'everyone' } }])(
    'is not there to be changed to %j',
    async change => {
      deleteBefore('patch');
      const { status, body } = await test.call<ErrorReply>(alice, 'PATCH', `api/v1/dashboards/${id}`, change);
      expect([status, body.error?.code]).toEqual([404, 'not_found']);
      expect((await test.service.context.dashboards.get(id))?.dashboard).toMatchObject({
        deleting: true,
        name: 'Sales'
      });
    }
  );

  it('is not shown as the one that was stopped', async () => {
    deleteBefore('moveDesired');
    const { status, body } = await test.call<ErrorReply>(alice, 'POST', `api/v1/dashboards/${id}/stop`);
    expect([status, body.error?.code]).toEqual([404, 'not_found']);
  });
});
