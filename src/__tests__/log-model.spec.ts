import type { LogLine } from '../../server/contract';
import { toProblem } from '../dashboards/errors';
import type { DashboardManager } from '../dashboards/manager';
import { BLOCK_LINES, LogModel } from '../logs/log-model';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, json } from './fake-service';
import { logLine } from './samples';
import { until } from './until';

const LOGS = 'GET api/v1/dashboards/d1/logs';
let service: FakeService;
let manager: DashboardManager;
let events: EventSourceReply;
let model: LogModel;

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => logLine(from + n, `line ${from + n}`));
const page = (all: readonly LogLine[], before: number | null = null) => json({ lines: all, before });
const texts = () => model.blocks.flatMap(block => block.map(({ text }) => text));
const read = () => until(model.changed, () => model.isRead && !model.isReading);

beforeEach(() => {
  service = new FakeService();
  manager = createManager(service);
  events = new EventSourceReply();
  service.answer(`${LOGS}/events`, events);
  const { trans } = service.connection;
  model = new LogModel({ dashboards: manager, id: 'd1', toProblem: error => toProblem(error, trans) });
});

afterEach(() => {
  model.dispose();
  manager.dispose();
});

it('begins with the newest lines and goes on after the last of them', async () => {
  service.answer(LOGS, page(lines(5, 6)));
  model.open();
  await read();
  events.send({ kind: 'lines', lines: lines(7, 8) }, 8);
  await until(model.changed, () => model.count === 4);
  expect(texts()).toEqual(['line 5', 'line 6', 'line 7', 'line 8']);
  expect(service.askedFor(`${LOGS}/events`)[0]?.headers['Last-Event-ID']).toBe('6');
});

it('shows a line once, however often it comes', async () => {
  service.answer(LOGS, page(lines(1, 2)));
  model.open();
  await read();
  events.send({ kind: 'lines', lines: lines(2, 3) }, 3);
  events.send({ kind: 'lines', lines: lines(1, 4) }, 4);
  await until(model.changed, () => model.count >= 4);
  expect(texts()).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
});

it('puts older pages before what there is, and knows the beginning', async () => {
  service.answer(LOGS, page(lines(3, 4), 3), page(lines(1, 2)));
  model.open();
  await read();
  expect(model.hasOlder).toBe(true);
  await model.showOlder();
  expect(texts()).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
  expect(model.hasOlder).toBe(false);
  expect(service.askedFor(LOGS)[1]?.path).toContain('before=3');
});

it('takes what only a terminal understands out of the lines', async () => {
  service.answer(LOGS, page([logLine(1, '\u001b[31mred\u001b[0m')]));
  model.open();
  await read();
  expect(texts()).toEqual(['red']);
});

it('keeps the newest ten thousand lines, and can read the others again', async () => {
  service.answer(LOGS, page(lines(1, 2)));
  model.open();
  await read();
  for (let from = 3; from < 12_000; from += 1000) {
    events.send({ kind: 'lines', lines: lines(from, from + 999) }, from + 999);
  }
  await until(model.changed, () => texts().at(-1) === 'line 12002');
  expect(model.count).toBeGreaterThan(10_000 - BLOCK_LINES);
  expect(model.count).toBeLessThanOrEqual(10_000);
  expect(model.hasOlder).toBe(true);
});

it('leaves blocks that have not changed as they are, so that they are not drawn again', async () => {
  service.answer(LOGS, page(lines(1, BLOCK_LINES + 1)));
  model.open();
  await read();
  const [first, second] = model.blocks;
  events.send({ kind: 'lines', lines: lines(BLOCK_LINES + 2, BLOCK_LINES + 2) }, BLOCK_LINES + 2);
  await until(model.changed, () => model.count === BLOCK_LINES + 2);
  expect(model.blocks[0]).toBe(first);
  expect(model.blocks[1]).not.toBe(second);
});

it('begins anew with another version or with only some lines', async () => {
  service.answer(LOGS, page(lines(1, 3)));
  model.open();
  await read();
  model.show({ version: 2 });
  await read();
  model.show({ filter: 'line 3' });
  await read();
  expect(service.askedFor(LOGS).map(({ path }) => new URLSearchParams(path.split('?')[1]).toString())).toEqual([
    'limit=1000',
    'version=2&limit=1000',
    'version=2&search=line+3&limit=1000'
  ]);
});

it('reads the log again when what it has read is of another database', async () => {
  const again = new EventSourceReply();
  service.answer(LOGS, page(lines(8, 9), 8), page(lines(1, 2)));
  service.answer(`${LOGS}/events`, events, again);
  model.open();
  await read();
  events.send({ kind: 'reset' }, 0);
  await until(model.changed, () => texts()[0] === 'line 1');
  expect(model.hasOlder).toBe(false);
  again.send({ kind: 'lines', lines: lines(3, 3) }, 3);
  await until(model.changed, () => model.count === 3);
  expect(texts()).toEqual(['line 1', 'line 2', 'line 3']);
  expect(service.askedFor(`${LOGS}/events`).map(({ headers }) => headers['Last-Event-ID'])).toEqual(['9', '2']);
});

it('goes on after the last line when it is in sight again', async () => {
  service.answer(LOGS, page(lines(1, 3)));
  model.open();
  await read();
  model.close();
  const again = new EventSourceReply();
  service.answer(`${LOGS}/events`, again);
  model.open();
  again.send({ kind: 'lines', lines: lines(4, 4) }, 4);
  await until(model.changed, () => model.count === 4);
  expect(service.askedFor(LOGS)).toHaveLength(1);
  expect(service.askedFor(`${LOGS}/events`).at(-1)?.headers['Last-Event-ID']).toBe('3');
});

it('says why there is nothing to read', async () => {
  service.answer(LOGS, json({ error: { code: 'not_found', message: 'There is no such dashboard.' } }, 404));
  model.open();
  await until(model.changed, () => model.problem !== null);
  expect(model.problem?.code).toBe('not_found');
  service.answer(LOGS, page(lines(1, 1)));
  model.show();
  await read();
  expect(model.problem).toBeNull();
});
