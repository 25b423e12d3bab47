import { FrameworkList, Health, Whoami } from '../../../contract';
import { frameworkOf } from '../../../frameworks';
import { defaultAudience, offeredAudiences } from '../../access/audience';
import { publishingOff } from '../../access/publishers';
import { sharingOff } from '../../access/sharing';
import { filesOff, offeredStrategies } from '../../dashboards/source';
import type { Context } from '../../context';
import { VERSION } from '../../version';
import type { App } from '../app';
import { callerOf, requireCaller } from '../authentication';
import { replies } from './replies';

/** Nobody can make the Hub busy through a route that asks for no token. */
const HEALTH_MS = 2_000;

/** What there is to know before anything is published. */
export function infoRoutes(app: App, context: Context): void {
  const { clock, config, hub } = context;
  let checked = { until: 0, hub: Promise.resolve(false) };

  app.get('/health', { schema: { security: [], response: { 200: Health } } }, async () => {
    if (checked.until <= clock()) {
      checked = { until: clock() + HEALTH_MS, hub: hub.reachable() };
    }
    return { ok: true, version: VERSION, hub: await checked.hub };
  });

  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());

  app.get('/whoami', { schema: { response: replies(Whoami) }, onRequest: requireCaller(context) }, async request => {
    const { name, admin, groups } = callerOf(request);
    const audiences = offeredAudiences(config);
    const off = await publishingOff(config, hub, { name, admin, groups });
    return {
      name,
      admin,
      groups,
      audiences,
      defaultAudience: defaultAudience(config),
      strategies: offeredStrategies(config),
      filesOff: filesOff(config),
      sharingOff: sharingOff(config),
      mayPublish: off === null,
      publishingOff: off,
      publishablePaths: config.publishablePaths,
      version: VERSION
    };
  });

  app.get(
    '/frameworks',
    { schema: { response: replies(FrameworkList) }, onRequest: requireCaller(context) },
    async () => ({
      frameworks: config.frameworks.map(id => ({ id, title: frameworkOf(id).title }))
    })
  );
}
