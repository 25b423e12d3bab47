import type { Build, BuildReply } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
beforeEach(async () => {
  test = await startTestService({}, { leaseMs: 300 });
});
afterEach(() => test.stop());

it('the lease of a build whose server takes long is extended again after that has failed once', async () => {
  const alice = addUser(test.hub, 'alice');
  const { builds } = test.service.context;
  const extendLease = builds.extendLease.bind(builds);
  let [failed, extended] = [0, 0];
  builds.extendLease = async (id, until) => {
    if (failed === 0) {
      failed += 1;
      throw new Error('the disk is full');
    }
    await extendLease(id, until);
    extended += 1;
  };
  test.hub.onStart = () => new Promise(() => undefined);
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH);
  // Longer than the lease lasts without.
  await eventually(() => extended > 3);
  expect(test.log()).toContain('lease of a build not extended');
  const { state } = (await test.call<Build>(alice, 'GET', `api/v1/builds/${body.build.id}`)).body;
  expect(state).toBe('server');
});
