export * from './audit';
export * from './dashboard';
export * from './errors';
export * from './events';
export * from './logs';
export * from './names';
export * from './routes';
export * from './runner';
