import { version } from '../package.json';

/** Of the service, as its replies and its API document say it. */
export const VERSION: string = version;
