import { Failure } from '../setup/failure.mjs';
import { Visitor } from './visitor.mjs';

/**
 * Signs in to the Hub with its form, as a person does.
 *
 * @param {import('./hub.mjs').Hub} hub
 * @param {string} name
 * @returns {Promise<Visitor>}
 */
export async function signIn(hub, name) {
  const visitor = new Visitor();
  const form = `${hub.url}hub/login`;
  await visitor.open(form);
  const answer = await visitor.open(`${form}?next=${encodeURIComponent(`${new URL(hub.url).pathname}hub/home`)}`, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ username: name, password: hub.password, _xsrf: visitor.cookie(form, '_xsrf') ?? '' })
  });
  if (answer.status !== 200 || answer.url.includes('/login')) {
    throw new Failure(`${name} could not sign in to the Hub (status ${answer.status}).`, { log: hub.log });
  }
  return visitor;
}

/**
 * A token of a person's own for the dashboards API, made as the Hub's token page makes one.
 *
 * @param {import('./hub.mjs').Hub} hub
 * @param {Visitor} visitor
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function apiToken(hub, visitor, name) {
  const url = `${hub.url}hub/api/users/${encodeURIComponent(name)}/tokens`;
  const answer = await visitor.open(url, {
    method: 'POST',
    headers: { ...ofPage(visitor, url), 'content-type': 'application/json' },
    body: JSON.stringify({ note: 'npm start', scopes: ['access:services!service=dashboards'], expires_in: 86_400 })
  });
  if (answer.status !== 201) {
    throw new Failure(`The Hub gave ${name} no token (status ${answer.status}): ${answer.text.slice(0, 300)}`, {
      log: hub.log
    });
  }
  return JSON.parse(answer.text).token;
}

/**
 * Headers with which the Hub's own pages call its API.
 *
 * @param {Visitor} visitor
 * @param {string} url
 */
export function ofPage(visitor, url) {
  return {
    accept: 'application/json',
    'x-xsrftoken': visitor.cookie(url, '_xsrf') ?? '',
    'sec-fetch-mode': 'cors',
    'sec-fetch-site': 'same-origin',
    'sec-fetch-dest': 'empty'
  };
}
