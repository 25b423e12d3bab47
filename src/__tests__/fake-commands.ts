import { CommandRegistry } from '@lumino/commands';

import { addActionCommands } from '../actions/commands';
import { ActionRunner } from '../actions/runner';
import { COMMANDS } from '../commands';
import { toProblem } from '../dashboards/errors';
import type { DashboardManager } from '../dashboards/manager';
import { nullTranslator } from '@jupyterlab/translation';

/** The commands of the panel without a JupyterLab around them. */
export function createCommands(dashboards: DashboardManager) {
  const trans = nullTranslator.load('jupyterhub_dashboards');
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
  return { commands, runner, logs, failures };
}
