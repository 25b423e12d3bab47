import type { Build, BuildReply, BuildState } from '../contract';
import { page, type Author } from './author';
import { WAITING } from './gate';

/** A build that stays at one stage until its author's gate is open. */
export interface HeldBuild {
  title: string;
  /** In the home of its author; its dashboard has the same name. */
  folder: string;
  author: HeldAuthor;
  stage: BuildState;
  /** What becomes of its dashboard, as `Author.versions` lists them. */
  versions: string[];
  /** Makes what has to be there before, with the gate open. @returns what begins it */
  prepare(author: Author): Promise<() => Promise<Build>>;
}

/** Of `alice` the gate holds the apps, of the others the Hub: before it has asked what to start, and after that. */
export const HELD_AUTHORS = ['alice', 'unasked', 'asked'] as const;
type HeldAuthor = (typeof HELD_AUTHORS)[number];

/** For jupyterhub_config.py. */
export const HOLDS_SERVERS = `
async def wait_for_gate(spawner, who):
    import asyncio
    while spawner.user.name == who and not os.path.exists(os.path.join(spawner.home_dir, "gate")):
        await asyncio.sleep(0.05)
async def before_asking(spawner, options):
    await wait_for_gate(spawner, "unasked")
c.Spawner.apply_user_options = before_asking
c.Spawner.pre_spawn_hook = lambda spawner: wait_for_gate(spawner, "asked")
`;

const OPEN = page('open');
/** Leaves its second request, the check after the start, without an answer until the gate is open. */
const CHECKED = page(
  'open',
  `asked = []
def on_request(path):
    asked.append(path)
    while len(asked) > 1 and not os.path.exists(os.path.expanduser("~/gate")):
        time.sleep(0.05)`
);
const APPS = { copy: WAITING, start: WAITING, check: CHECKED };
type Stage = keyof typeof APPS;
/** Files that take a moment to copy: nothing else holds a build at that stage. */
const FILES = 10_000;

/** Writes what the gate holds at `stage`. */
function write(author: Author, folder: string, stage: Stage): void {
  author.write(`${folder}/app.py`, APPS[stage]);
  for (let n = 0; stage === 'copy' && n < FILES; n += 1) {
    author.write(`${folder}/data/${n}.txt`, `${n}`);
  }
}

const request = (author: Author, folder: string) => author.request(folder, folder, 'app.py');

async function publish(author: Author, folder: string): Promise<Build> {
  return (await author.call<BuildReply>('POST', 'dashboards', request(author, folder))).body.build;
}

/** The dashboard exists, with a live version that answers `text`. */
async function publishedBefore(author: Author, folder: string, text: string): Promise<string> {
  author.write(`${folder}/app.py`, text);
  return (await author.live(request(author, folder))).id;
}

const atHub = (author: HeldAuthor, when: string): HeldBuild => ({
  title: `a first publish, ${when}`,
  folder: author,
  author,
  stage: 'server',
  versions: ['1 ready, live'],
  async prepare(who) {
    who.write(`${author}/app.py`, OPEN);
    return () => publish(who, author);
  }
});

const first = (stage: Stage, folder = `new-${stage}`): HeldBuild => ({
  title: `a first publish at the stage ${stage}`,
  folder,
  author: 'alice',
  stage,
  versions: ['1 ready, live'],
  async prepare(who) {
    write(who, folder, stage);
    return () => publish(who, folder);
  }
});

const update = (stage: Stage, folder = `update-${stage}`): HeldBuild => ({
  title: `an update at the stage ${stage}`,
  folder,
  author: 'alice',
  stage,
  versions: ['2 ready, live', '1 ready'],
  async prepare(who) {
    const id = await publishedBefore(who, folder, page('old'));
    write(who, folder, stage);
    return () => who.update(id, {});
  }
});

const comeBack: HeldBuild = {
  title: 'a return to an old version at the stage start',
  folder: 'return',
  author: 'alice',
  stage: 'start',
  versions: ['2 ready', '1 ready, live'],
  async prepare(who) {
    const id = await publishedBefore(who, this.folder, WAITING);
    who.write(`${this.folder}/app.py`, page('new'));
    await who.ended((await who.update(id, {})).id);
    return async () => (await who.call<BuildReply>('POST', `dashboards/${id}/live`, { version: 1 })).body.build;
  }
};

/** One of each kind at each stage; those that stay there only for a moment come last. */
export const HELD_BUILDS: readonly HeldBuild[] = [
  atHub('unasked', 'while the Hub has yet to ask what to start'),
  atHub('asked', 'while the Hub starts its server'),
  first('start'),
  first('check'),
  update('start'),
  update('check'),
  comeBack,
  first('copy'),
  update('copy')
];
