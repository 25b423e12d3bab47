/** The publish dialog's content in a page, before a service in memory. */
import { render, screen } from '@testing-library/react';
import * as React from 'react';

import type { GitFacts } from '../../server/contract';
import type { DashboardManager } from '../dashboards/manager';
import type { ReadPlan } from '../publish/plan';
import { PublishView, type Occasion } from '../publish/publish-view';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, json } from './fake-service';
import { build, dashboard, folders, plan, target, version, whoami } from './samples';

const FRAMEWORKS = [
  { id: 'voila' as const, title: 'Voila' },
  { id: 'streamlit' as const, title: 'Streamlit' },
  { id: 'command' as const, title: 'Command' }
];

export interface Publishing {
  /** Takes a publish and an update of the dashboard `d1`, each as the build `b1`. */
  service: FakeService;
  manager: DashboardManager;
  /** Of the build `b1`. */
  events: EventSourceReply;
  /** How often the content has asked to be closed. */
  closed: () => number;
  /** Show the dialog for a file that is not published yet, unless `change` says otherwise. */
  show: (change?: Partial<Occasion>) => void;
  /** Show the dialog for a file that is published already. */
  showPublished: (change?: Parameters<typeof dashboard>[0], readPlan?: ReadPlan, git?: GitFacts) => Promise<void>;
}

export function preparePublishing(): Publishing {
  const service = new FakeService();
  const events = new EventSourceReply();
  const manager = createManager(service);
  const building = dashboard({ state: 'building', liveVersion: null });
  service.answer('POST api/v1/dashboards', json({ dashboard: building, build: build() }, 201));
  service.answer(
    'POST api/v1/dashboards/d1/versions',
    json({ dashboard: dashboard(), build: build({ version: 2 }) }, 201)
  );
  service.answer('GET api/v1/builds/b1/events', events);
  service.answer('GET api/v1/dashboards/d1/versions', json({ versions: [version({ n: 2, live: true }), version()] }));

  let closed = 0;
  function show(change: Partial<Occasion> = {}): void {
    const occasion: Occasion = {
      target: target(),
      folders,
      whoami: whoami(),
      frameworks: FRAMEWORKS,
      mine: [],
      notes: [],
      defaultAudience: 'owner',
      readPlan: async () => plan(),
      git: null,
      gitProblem: null,
      credentials: [],
      ...change
    };
    render(
      <PublishView
        dashboards={manager}
        load={async () => occasion}
        onClose={() => (closed += 1)}
        onScreen={() => undefined}
        trans={service.connection.trans}
      />
    );
  }

  async function showPublished(
    change: Parameters<typeof dashboard>[0] = {},
    readPlan: ReadPlan = async () => plan(),
    git: GitFacts | null = null
  ): Promise<void> {
    service.dashboards = [dashboard(change)];
    show({ mine: await manager.refreshMine(), readPlan, git });
    await screen.findByText('Update');
  }

  return { service, manager, events, closed: () => closed, show, showPublished };
}

/** The button that people see under this name. */
export const button = (name: string) => screen.findByRole('button', { name });
