import { BuildFollower } from '../dashboards/build-follower';
import { EventSourceReply, FakeService } from './fake-service';
import { build, logEvent, stateEvent } from './samples';
import { until } from './until';

const EVENTS = 'GET api/v1/builds/b1/events';

it('has each line once when the service begins anew, after a backup of it was restored', async () => {
  const service = new FakeService();
  const before = new EventSourceReply();
  const restored = new EventSourceReply();
  service.answer(EVENTS, before, restored);
  const follower = new BuildFollower(build({ id: 'b1' }), service.connection, async () => null);
  before.send(stateEvent(1, { id: 'b1', state: 'copy' }), 1);
  before.send(logEvent(2, 'one'), 2);
  before.send(logEvent(3, 'two'), 3);
  await until(follower.changed, () => follower.lines.length === 2);
  before.breakOff();
  restored.send(stateEvent(1, { id: 'b1', state: 'copy' }), 1);
  restored.send(logEvent(2, 'one'), 2);
  restored.send(stateEvent(3, { id: 'b1', state: 'failed' }), 3);
  await until(follower.changed, () => follower.ended);
  expect(follower.lines).toEqual(['one']);
  expect(service.askedFor(EVENTS)[1]?.headers['Last-Event-ID']).toBe('3');
  follower.dispose();
});
