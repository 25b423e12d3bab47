import { version } from '../package.json';

/** Of the runner, as it tells the service. */
export const VERSION: string = version;
