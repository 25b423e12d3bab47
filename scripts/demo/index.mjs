import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Failure, explain } from '../setup/failure.mjs';
import { lockHolder, locked } from '../setup/lock.mjs';
import { WORK } from '../setup/paths.mjs';
import { seconds, step } from '../setup/progress.mjs';
import { check, prepareMarker } from './check.mjs';
import { startHub } from './hub.mjs';
import { aborted, interruption } from './interruption.mjs';
import { PEOPLE, publishAndView } from './journey.mjs';
import { isFree } from './ports.mjs';
import { processesOf } from './processes.mjs';
import { giveSamples } from './sample.mjs';

const USUAL_PORT = 8000;

/**
 * The demonstration: a hub with the sample published, until Ctrl-C; or the check, which proves it and ends.
 *
 * @param {import('../setup/index.mjs').Installation} installation
 * @param {{ check: boolean, port: number | null, keepData: boolean }} options
 * @returns {Promise<number>} exit code
 */
export async function demo(installation, options) {
  const data = join(WORK, options.check ? `check-${process.pid}` : 'data');
  const lock = `${data}.lock`;
  const holder = lockHolder(lock);
  if (holder) {
    throw new Failure(`npm start is running in this folder already (process ${holder}).`, {
      fix: 'Stop it with Ctrl-C in its terminal, or start from another clone.'
    });
  }
  return locked(lock, () => runIn(data, installation, options));
}

async function runIn(data, installation, options) {
  const signal = interruption();
  const port = await choosePort(options);
  if (!options.keepData) {
    rmSync(data, { recursive: true, force: true });
  }
  for (const name of Object.values(PEOPLE)) {
    giveSamples(data, name);
  }
  const start = () =>
    startHub(installation, {
      data,
      port,
      password: passwordIn(data),
      users: Object.values(PEOPLE),
      admins: [PEOPLE.admin],
      groups: { analysts: { users: [PEOPLE.owner, PEOPLE.viewer] } },
      signal,
      step
    });
  return options.check ? prove(start, data, installation, options, signal) : present(start, signal);
}

/** Shows the sample to whoever has started this, until they press Ctrl-C. */
async function present(start, signal) {
  let hub;
  try {
    hub = await start();
    const { dashboard, firstPageMs } = await step('Publishing the sample until a second user has it', () =>
      publishAndView(hub, { signal })
    );
    process.stdout.write(welcome(hub, dashboard, firstPageMs));
    const ended = await Promise.race([aborted(signal), hub.exited.then(code => ({ code }))]);
    if (ended) {
      throw new Failure(`The Hub ended by itself (exit code ${ended.code}).`, { log: hub.log });
    }
    process.stdout.write('\n');
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  } finally {
    await hub?.stop();
  }
  return 0;
}

/** Runs the check, stops everything, and prints the figures as the last line. */
async function prove(start, data, installation, { keepData }, signal) {
  let hub;
  let figures;
  try {
    const marker = prepareMarker(data);
    hub = await start();
    figures = await check(hub, installation, marker, signal);
  } catch (error) {
    process.stderr.write(explain(error));
    figures = { ok: false, error: error.message };
  } finally {
    await hub?.stop();
  }
  const left = processesOf(data);
  if (left.length > 0) {
    process.stderr.write(explain(new Failure(`Processes are left: ${left.join(', ')}.`)));
  }
  const ok = figures.ok && left.length === 0;
  if (ok && !keepData) {
    rmSync(data, { recursive: true, force: true });
  }
  process.stdout.write(`${JSON.stringify({ ...figures, ok })}\n`);
  return ok ? 0 : 1;
}

/** Random, and the same again for data that was kept. */
function passwordIn(data) {
  const path = join(data, 'password');
  if (!existsSync(path)) {
    writeFileSync(path, randomBytes(6).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(path, 'utf8');
}

function welcome(hub, dashboard, firstPageMs) {
  const { owner, viewer, outsider, admin } = PEOPLE;
  return [
    '',
    `  ${viewer} had the dashboard ${seconds(firstPageMs)} after ${owner} published it.`,
    '',
    `  Dashboard   ${dashboard.link}`,
    `  JupyterLab  ${hub.url}user/${owner}/lab/tree/streamlit-sales`,
    `  Hub         ${hub.url}`,
    '',
    `  Sign in as ${owner} (publishes), ${viewer} (may look), ${outsider} (may not) or ${admin}; password ${hub.password}`,
    '  Publish one yourself: in JupyterLab, right-click app.py and choose "Publish as Dashboard…".',
    `  Log: ${hub.log}`,
    '',
    '  Ctrl-C stops everything.',
    ''
  ].join('\n');
}

async function choosePort({ port, check: checking }) {
  if (port !== null) {
    if (!(await isFree(port))) {
      throw new Failure(`Port ${port} is in use.`, { fix: 'Choose another one, or leave --port out for a free one.' });
    }
    return port;
  }
  return !checking && (await isFree(USUAL_PORT)) ? USUAL_PORT : undefined;
}
