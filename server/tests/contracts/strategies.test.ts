import { holdsForVersions } from './strategy-suite';
import { snapshotWorld } from './snapshot-world';

holdsForVersions('files that are copied', snapshotWorld);
