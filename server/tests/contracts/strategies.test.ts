import { gitWorld } from './git-world';
import { relayWorld } from './relay-world';
import { holdsForVersions } from './strategy-suite';
import { snapshotWorld } from './snapshot-world';

holdsForVersions('files that are copied', snapshotWorld);
holdsForVersions('files of a Git repository', gitWorld);
holdsForVersions('files that are sent from elsewhere', relayWorld);
