import type { BuildState, DashboardState } from '../../contract';
import type { DashboardAggregate } from '../dashboards/dashboard';

/** What the database knows in numbers. */
export interface Figures {
  /** Builds that are kept, by state. */
  builds(): Promise<Partial<Record<BuildState, number>>>;
  /** Dashboards that nothing is wanted of now, by what people see of them. */
  idle(): Promise<Record<Extract<DashboardState, 'asleep' | 'off' | 'failed' | 'cancelled'>, number>>;
  /** All others: what people see of them depends on their runners. */
  busy(): Promise<DashboardAggregate[]>;
}
