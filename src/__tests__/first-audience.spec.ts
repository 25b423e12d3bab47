import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { firstAudience, type AudienceSetting } from '../publish/first-audience';
import { whoami } from './samples';

describe('the audience that the form begins with', () => {
  it.each<[AudienceSetting, Parameters<typeof whoami>[0], ReturnType<typeof firstAudience>]>([
    ['hub', { defaultAudience: 'everyone' }, 'everyone'],
    ['hub', { defaultAudience: 'owner' }, 'owner'],
    ['owner', { defaultAudience: 'everyone' }, 'owner'],
    ['everyone', { defaultAudience: 'owner' }, 'everyone'],
    ['everyone', { audiences: ['owner', 'people'] }, 'owner']
  ])('with the setting %s and %j it is %s', (setting, me, expected) => {
    expect(firstAudience(setting, whoami(me))).toBe(expected);
  });

  it('is left to the hub as long as a person says nothing', () => {
    const schema = JSON.parse(readFileSync(join(__dirname, '../../schema/publish.json'), 'utf8')) as {
      properties: { defaultAudience: { default: string } };
    };
    expect(schema.properties.defaultAudience.default).toBe('hub');
  });
});
