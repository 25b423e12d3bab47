import type { Dashboard, ErrorCode } from '../contract';
import { eventually } from '../service/testing/test-service';
import type { Author } from './author';
import { leftovers, NOTHING } from './leftovers';

/** Something that cannot become a dashboard, and what its author is told. */
export interface BadCase {
  title: string;
  entry: string;
  /** Content of the entry; left out where it must not be there. */
  text?: string;
  /** Another folder than the one that is made for it. */
  folder?: string;
  /** Without any, it is published as a command. */
  changes?: object;
  code: ErrorCode;
  message: RegExp;
  fix: RegExp;
  detail?: RegExp;
}

/**
 * Publishes each of them twice: as a new dashboard and as an update of one that works.
 *
 * @param author - who publishes; asked for when the tests run
 */
export function describeBadCases(cases: readonly BadCase[], author: () => Author): void {
  describe.each(cases)('$title', bad => {
    const folder = bad.folder ?? bad.title.replaceAll(' ', '-');
    let who: Author;

    beforeAll(() => {
      who = author();
      if (!bad.folder) {
        who.write(`${folder}/notes.txt`, 'not an app');
      }
      if (bad.text !== undefined) {
        who.write(`${folder}/${bad.entry}`, bad.text);
      }
    });

    it('ends a first publish with a plain message, and leaves no server, file or process', async () => {
      const audience = { kind: 'everyone' };
      const { id, link, build } = await who.publish(
        who.request(bad.title, folder, bad.entry, { audience, ...bad.changes })
      );
      const { state, problem } = await who.ended(build?.id ?? '');
      expect({ state, problem }).toEqual({ state: 'failed', problem: told(bad, 1) });
      expect(await who.dashboard(id)).toMatchObject({ state: 'failed', problem, liveVersion: null });

      // Whoever opens the link of their own dashboard reads why there is nothing.
      const { text } = await who.open(link);
      expect(text).toContain(escaped(problem?.message));
      expect(text).toContain(escaped(problem?.fix));

      await eventually(async () => !(await hasServer(who, id)), 20_000);
      expect(leftovers(who.home, id)).toEqual(NOTHING);
      expect(await who.versions(id)).toEqual(['1 failed']);
      expect((await who.call('DELETE', `dashboards/${id}`)).status).toBe(204);
    });

    it('ends an update with the same message, while the old version goes on answering', async () => {
      const { id, link } = await who.steady();
      const newest = (await who.versions(id)).length;
      const begun = await who.update(id, who.change(folder, bad.entry, bad.changes));
      const { state, version, problem } = await who.ended(begun.id);
      expect({ state, version, problem }).toEqual({
        state: 'failed',
        version: newest + 1,
        problem: told(bad, newest + 1)
      });

      expect(await who.dashboard(id)).toMatchObject({ state: 'running', liveVersion: 1, problem: null });
      expect((await who.open(link)).text).toBe('steady');
      const { files, processes } = leftovers(who.home, id, [1]);
      expect({ files, processes: processes.length }).toEqual({ files: [], processes: 1 });
      expect((await who.versions(id))[0]).toBe(`${newest + 1} failed`);
    });
  });
}

function told({ code, message, fix, detail }: BadCase, n: number): object {
  return {
    code,
    left: `Nothing of version ${n} is left.`,
    message: expect.stringMatching(message) as string,
    fix: expect.stringMatching(fix) as string,
    ...(detail && { detail: expect.stringMatching(detail) as string })
  };
}

/** As it stands in the source of a page. */
export function escaped(text = 'no text at all'): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, character => entities[character] ?? character);
}

/** A server's name ends with the beginning of its dashboard's id. */
export async function hasServer(who: Author, id: Dashboard['id']): Promise<boolean> {
  return (await who.servers()).some(name => name.endsWith(`-${id.slice(0, 8)}`));
}
