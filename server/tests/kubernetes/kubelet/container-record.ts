import { now, type Container, type ContainerState, type ContainerStatus } from '../objects';

/** What has become of one container of a pod so far. */
export class ContainerRecord {
  private state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  private restarts = 0;
  private startedAt = '';
  /** Whether it is not going to run (again). */
  isOver = false;
  wasStarted = false;

  constructor(private readonly container: Container) {}

  get isRunning(): boolean {
    return 'running' in this.state;
  }

  get exitCode(): number | null {
    return 'terminated' in this.state ? this.state.terminated.exitCode : null;
  }

  waits(reason: string, message?: string): void {
    this.state = { waiting: { reason, message } };
  }

  starts(): void {
    this.restarts += this.wasStarted ? 1 : 0;
    this.wasStarted = true;
    this.startedAt = now();
    this.state = { running: { startedAt: this.startedAt } };
  }

  ends(exitCode: number): void {
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    this.state = { terminated: { exitCode, reason, startedAt: this.startedAt, finishedAt: now() } };
  }

  /** As the API has it. An init container is ready once it has succeeded. */
  status(kind: 'init' | 'main'): ContainerStatus {
    const { name, image } = this.container;
    return {
      name,
      image,
      imageID: this.wasStarted ? `test://${image}` : '',
      ready: kind === 'init' ? this.exitCode === 0 : this.isRunning,
      started: this.isRunning,
      restartCount: this.restarts,
      state: this.state
    };
  }
}
