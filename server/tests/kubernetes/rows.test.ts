import { testRows } from './rows';
import { HYBRID, PER_USER, STATIC, STOCK } from './storage-settings';

testRows([
  {
    ...{ name: 'Z1', setUp: 'static: a folder for each user in one claim', storage: STATIC, shared: true },
    ...{ strategy: 'snapshot', folder: 'sales', ownClaim: false }
  },
  {
    ...{ name: 'Z2', setUp: 'one claim for all servers of a user', storage: PER_USER },
    ...{ strategy: 'snapshot', folder: 'sales', ownClaim: false }
  },
  {
    ...{ name: 'Z5', setUp: 'hybrid: a claim for each server, and one for all', storage: HYBRID, shared: true },
    ...{ strategy: 'snapshot', folder: 'shared/sales', ownClaim: true, configure: 'publishable_paths=["shared"]' }
  },
  {
    ...{ name: 'Z3', setUp: 'as it comes, where the storage clones volumes', storage: STOCK, clones: true },
    ...{ strategy: 'clone', folder: 'sales', ownClaim: true, configure: 'strategies=["clone", "git"], keep_versions=2' }
  },
  {
    ...{ name: 'Z6', setUp: 'as it comes, where the storage makes snapshots', storage: STOCK, clones: true },
    ...{ strategy: 'volume-snapshot', folder: 'sales', ownClaim: true },
    configure: 'strategies=["volume-snapshot", "git"], keep_versions=2'
  }
]);
