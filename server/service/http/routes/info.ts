import { FrameworkList, Health, Whoami, type FrameworkId } from '../../../contract';
import { offeredAudiences } from '../../access/audience';
import { sharingOff } from '../../access/sharing';
import type { Context } from '../../context';
import { VERSION } from '../../version';
import type { App } from '../app';
import { callerOf, requireCaller } from '../authentication';
import { replies } from './replies';

const TITLES: Record<FrameworkId, string> = { voila: 'Voilà', streamlit: 'Streamlit', command: 'Command' };

/** What there is to know before anything is published. */
export function infoRoutes(app: App, context: Context): void {
  const { config, hub } = context;

  app.get('/health', { schema: { security: [], response: { 200: Health } } }, async () => ({
    ok: true,
    version: VERSION,
    hub: await hub.reachable()
  }));

  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());

  app.get('/whoami', { schema: { response: replies(Whoami) }, onRequest: requireCaller(context) }, async request => {
    const { name, admin, groups } = callerOf(request);
    const audiences = offeredAudiences(config);
    return { name, admin, groups, audiences, sharingOff: sharingOff(config), version: VERSION };
  });

  app.get(
    '/frameworks',
    { schema: { response: replies(FrameworkList) }, onRequest: requireCaller(context) },
    async () => ({
      frameworks: config.frameworks.map(id => ({ id, title: TITLES[id] }))
    })
  );
}
