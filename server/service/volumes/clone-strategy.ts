export type { CloneStrategy } from '../../contract';
