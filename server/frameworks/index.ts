export * from './additions';
export * from './catalogue';
export * from './command-line';
export * from './detect';
export * from './framework';
export * from './folder';
export * from './missing-module';
