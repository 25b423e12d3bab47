import { Widget } from '@lumino/widgets';

import { HIDDEN_FOR_MS } from '../../server/pages/in-sight';
import type { DashboardManager } from '../dashboards/manager';
import { LogWidget } from '../logs/log-widget';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, json } from './fake-service';
import { logLine } from './samples';
import { turnPage } from './visibility';

const LOGS = 'GET api/v1/dashboards/d1/logs';
let service: FakeService;
let manager: DashboardManager;

beforeEach(() => {
  jest.useFakeTimers();
  service = new FakeService();
  manager = createManager(service);
});

afterEach(() => {
  manager.dispose();
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** A stream that the page holds open. */
function streamOf(path: string): EventSourceReply {
  const reply = new EventSourceReply();
  service.answer(path, reply);
  return reply;
}

const wait = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const asked = (path: string) => service.askedFor(path).length;

it('ends the stream of changes some seconds after the tab is hidden, and reads again when it is back', async () => {
  const [first, second] = [streamOf('GET api/v1/events'), new EventSourceReply()];
  service.answer('GET api/v1/events', first, second);
  manager.watch();
  await wait(0);
  turnPage('hidden');
  await wait(HIDDEN_FOR_MS - 1);
  expect(first.cancelled).toBe(false);
  await wait(1);
  expect(first.cancelled).toBe(true);
  turnPage('visible');
  await wait(0);
  expect(asked('GET api/v1/events')).toBe(2);
});

it('keeps it while one looks at something else for a moment', async () => {
  const reply = streamOf('GET api/v1/events');
  manager.watch();
  await wait(0);
  turnPage('hidden');
  await wait(HIDDEN_FOR_MS - 1);
  turnPage('visible');
  await wait(HIDDEN_FOR_MS);
  expect(reply.cancelled).toBe(false);
  expect(asked('GET api/v1/events')).toBe(1);
});

it('opens no stream in a tab that was opened behind another, before it is seen', async () => {
  turnPage('hidden');
  const reply = streamOf('GET api/v1/events');
  const hidden = createManager(service);
  hidden.watch();
  await wait(0);
  expect(asked('GET api/v1/events')).toBe(0);
  turnPage('visible');
  await wait(0);
  expect(asked('GET api/v1/events')).toBe(1);
  expect(reply.cancelled).toBe(false);
  hidden.dispose();
});

it('ends the stream of a log with the tab, and goes on after its last line', async () => {
  const [first, second] = [new EventSourceReply(), new EventSourceReply()];
  service.answer(LOGS, json({ lines: [logLine(4, 'four')], before: null }));
  service.answer(`${LOGS}/events`, first, second);
  const { trans } = service.connection;
  const initial = { follow: true, wrap: false };
  const widget = new LogWidget({ dashboards: manager, id: 'd1', name: 'Sales', initial, trans });
  Widget.attach(widget, document.body);
  await wait(0);
  first.send({ kind: 'lines', lines: [logLine(5, 'five')] }, 5);
  await wait(0);
  turnPage('hidden');
  await wait(HIDDEN_FOR_MS);
  expect(first.cancelled).toBe(true);
  turnPage('visible');
  await wait(0);
  expect(service.askedFor(`${LOGS}/events`).map(({ headers }) => headers['Last-Event-ID'])).toEqual(['4', '5']);
  widget.dispose();
});
