import { Connections } from '../proxy/connections';
import { ManualClock } from '../testing/manual-clock';
import { firstPage } from './first-page';

describe('the check of a new version', () => {
  let clock: ManualClock;
  let connections: Connections;
  let stopping: AbortController;
  let goesOn: boolean;

  beforeEach(() => {
    clock = new ManualClock();
    connections = new Connections();
    stopping = new AbortController();
    goesOn = false;
  });

  async function begin(secondsSinceViewer: number | null): Promise<void> {
    const last = secondsSinceViewer === null ? null : clock.now() - secondsSinceViewer * 1_000;
    void firstPage(1, { connections, lastActivity: () => last, clock, signal: stopping.signal }).then(() => {
      goesOn = true;
    });
    await settle();
  }
  const settle = () => new Promise(resolve => setImmediate(resolve));
  const open = (version: number, page = true) =>
    connections.add({ session: 's', version, page, close: () => undefined });

  it.each([[null], [60]])('begins at once where nobody waits (last seen %p s ago)', async seconds => {
    await begin(seconds);
    expect(goesOn).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('waits until a viewer has a page of that version', async () => {
    await begin(1);
    open(1, false)();
    open(2)();
    const answered = open(1);
    clock.advance(3_000);
    await settle();
    expect(goesOn).toBe(false);
    answered();
    await settle();
    expect(goesOn).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('does not wait for viewers who do not come', async () => {
    await begin(1);
    clock.advance(500);
    await settle();
    expect(goesOn).toBe(true);
  });

  it('does not wait for pages without an end', async () => {
    await begin(1);
    open(1);
    clock.advance(10_000);
    await settle();
    expect(goesOn).toBe(true);
  });

  it('is not held up when the build ends', async () => {
    await begin(1);
    stopping.abort();
    await settle();
    expect(goesOn).toBe(true);
    expect(clock.waiting).toBe(0);
  });
});
