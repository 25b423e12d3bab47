import { cloneWorld } from './clone-world';
import { GIT } from './git-world';
import { LIVE } from './live-world';
import { RELAY } from './relay-world';
import { SNAPSHOT } from './snapshot-world';
import { holdsForStorage } from './strategy-suite';

holdsForStorage(SNAPSHOT);
holdsForStorage(LIVE);
holdsForStorage(RELAY);
holdsForStorage(GIT);
holdsForStorage(cloneWorld('clone'));
holdsForStorage(cloneWorld('volume-snapshot'));
