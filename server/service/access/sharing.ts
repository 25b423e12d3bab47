import type { Problem } from '../../contract';
import type { Config } from '../config';
import { problem } from '../errors';

/**
 * Why dashboards cannot be shared on this hub, or null if they can. On one origin with the Hub, a dashboard could act as
 * whoever looks at it.
 */
export function sharingOff(config: Config): Problem | null {
  if (config.dashboardsOrigin || config.subdomainHost || config.trustAllAuthors) {
    return null;
  }
  return problem(
    'sharing_needs_isolation',
    'Dashboards cannot be shared yet: this hub serves them on its own address, where a dashboard could act in the name of everyone who opens it.',
    [
      'The administrator adds one of these to jupyterhub_config.py and restarts the Hub:',
      '    configure(c, dashboards_origin="https://dashboards.example.org")  # a second host name of the same proxy',
      '    c.JupyterHub.subdomain_host = "https://hub.example.org"  # a domain for each user',
      '    configure(c, trust_all_authors=True)  # everybody who publishes is trusted with the accounts of all viewers'
    ].join('\n')
  );
}
