import type { Migration } from 'kysely/migration';

import { first } from './001-first';
import { lists } from './002-lists';
import { logs } from './003-logs';
import { changes } from './004-changes';
import { audit } from './005-audit';
import { refusals } from './006-refusals';
import { buildAudience } from './007-build-audience';
import { numberedLines } from './008-numbered-lines';
import { senders } from './009-senders';
import { strategies } from './010-strategies';
import { gitCredentials } from './011-git-credentials';
import { wantsFiles } from './012-wants-files';
import { volumes } from './013-volumes';
import { environments } from './014-environments';

/** In the order in which they run; one that has been released is never changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-first': first,
  '002-lists': lists,
  '003-logs': logs,
  '004-changes': changes,
  '005-audit': audit,
  '006-refusals': refusals,
  '007-build-audience': buildAudience,
  '008-numbered-lines': numberedLines,
  '009-senders': senders,
  '010-strategies': strategies,
  '011-git-credentials': gitCredentials,
  '012-wants-files': wantsFiles,
  '013-volumes': volumes,
  '014-environments': environments
};
