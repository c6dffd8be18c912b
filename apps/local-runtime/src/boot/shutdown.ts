import { reasonOf } from '../runtime-error.js';

/** What has been started, to be stopped in the reverse order. */
export class Shutdown {
  private readonly steps: { readonly name: string; close(): Promise<void> | void }[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly notify: (message: string) => void) {}

  add(name: string, close: () => Promise<void> | void): void {
    this.steps.push({ name, close });
  }

  /** Stops everything, last started first. A step that fails is reported and does not keep the others from stopping. */
  run(): Promise<void> {
    this.running ??= this.stopAll();
    return this.running;
  }

  private async stopAll(): Promise<void> {
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step.close();
      } catch (error) {
        this.notify(`${step.name} did not stop cleanly: ${reasonOf(error)}`);
      }
    }
  }
}
