import { BUILD_STATES, DASHBOARD_STATES } from '../../contract';
import type { Clock } from '../clock';
import type { Channels } from '../dashboards/channels';
import { shownState, shownViewers } from '../dashboards/state';
import type { HubRequests } from '../hub/counted-fetch';
import { VERSION } from '../version';
import { exposition, type Metric } from './exposition';
import type { Figures } from './figures';

/** Whoever scrapes more often gets the same figures again. */
const KEEP_MS = 5_000;
const PREFIX = 'jupyterhub_dashboards_';

export interface MetricsOptions {
  figures: Figures;
  channels: Channels;
  hubRequests: HubRequests;
  clock: Clock;
}

/** Figures in Prometheus' text format. */
export type Metrics = () => Promise<string>;

export function createMetrics({ figures, channels, hubRequests, clock }: MetricsOptions): Metrics {
  let kept = { until: 0, text: Promise.resolve('') };

  async function gather(): Promise<string> {
    const [builds, idle, busy] = await Promise.all([figures.builds(), figures.idle(), figures.busy()]);
    const states = new Map<string, number>(Object.entries(idle));
    let [runners, viewers] = [0, 0];
    for (const aggregate of busy) {
      const connected = channels.connected(aggregate.dashboard.id);
      const state = shownState(aggregate, connected);
      states.set(state, (states.get(state) ?? 0) + 1);
      runners += connected ? 1 : 0;
      viewers += shownViewers(aggregate, state);
    }
    return exposition([
      gauge('info', 'The version that runs.', [{ labels: { version: VERSION }, value: 1 }]),
      gauge(
        'dashboards',
        'Dashboards, by what people see of them.',
        DASHBOARD_STATES.map(state => ({ labels: { state }, value: states.get(state) ?? 0 }))
      ),
      gauge(
        'builds',
        'Builds of the dashboards that there are, by state.',
        BUILD_STATES.map(state => ({ labels: { state }, value: builds[state] ?? 0 }))
      ),
      gauge('build_queue_length', 'Builds that nobody works on yet.', [{ value: builds.queued ?? 0 }]),
      gauge('runners_connected', 'Dashboards whose runner is connected.', [{ value: runners }]),
      gauge('viewers', 'People who look at a dashboard, counted once for each.', [{ value: viewers }]),
      {
        name: `${PREFIX}hub_requests_total`,
        help: "Requests to the Hub's API since the service started, by outcome.",
        type: 'counter',
        samples: Object.entries(hubRequests).map(([outcome, value]) => ({ labels: { outcome }, value }))
      },
      {
        name: 'process_resident_memory_bytes',
        help: 'Resident memory of the service.',
        type: 'gauge',
        samples: [{ value: process.memoryUsage.rss() }]
      }
    ]);
  }

  return () => {
    if (kept.until <= clock()) {
      kept = { until: clock() + KEEP_MS, text: gather() };
      kept.text.catch(() => (kept.until = 0));
    }
    return kept.text;
  };
}

function gauge(name: string, help: string, samples: Metric['samples']): Metric {
  return { name: PREFIX + name, help, type: 'gauge', samples };
}
