import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { act } from '@testing-library/react';

import { addActionCommands } from '../actions/commands';
import { ActionRunner } from '../actions/runner';
import { COMMANDS } from '../commands';
import { toProblem } from '../dashboards/errors';
import type { DashboardManager } from '../dashboards/manager';

/** The commands of the panel without a JupyterLab around them. */
export function createCommands(dashboards: DashboardManager, trans = nullTranslator.load('jupyterhub_dashboards')) {
  const commands = new CommandRegistry();
  /** Names of the dashboards whose log was asked for. */
  const logs: string[] = [];
  const failures: string[] = [];
  const runner = new ActionRunner({
    toProblem: error => toProblem(error, trans),
    onFailure: (_id, { problem }) => failures.push(problem.code)
  });
  addActionCommands({
    commands,
    dashboards,
    runner,
    update: ({ id }) => dashboards.update(id, {}),
    showLog: ({ name }) => void logs.push(name),
    confirmStop: () => true,
    trans
  });
  commands.addCommand(COMMANDS.publishFile, { execute: () => undefined });
  /** Begin a command that asks something in a dialog; it is `done` when that is answered. */
  const begin = async (command: string, args?: ReadonlyPartialJSONObject): Promise<{ done: Promise<unknown> }> =>
    act(async () => ({ done: commands.execute(command, args) }));
  return { commands, begin, runner, logs, failures };
}
