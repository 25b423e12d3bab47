/** As the launcher starts the runner, and Lab's server the program that sends: `jupyterhub_dashboards/node.py`. */
export const FRUGAL = ['--max-semi-space-size=8', '--v8-pool-size=0'];
export const FRUGAL_VARIABLES = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' };
