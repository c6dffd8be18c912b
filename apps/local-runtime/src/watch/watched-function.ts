import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LambdaFunction } from '../engines/lambda/lambda-function.js';
import { reasonOf } from '../runtime-error.js';
import type { BuiltBundle, FunctionBundle } from './function-bundle.js';

export interface WatchedFunctionOptions {
  /** As the user knows it. */
  readonly name: string;
  readonly lambda: Pick<LambdaFunction, 'replaceCode'>;
  readonly bundle: FunctionBundle;
  /** The folder of the code that runs when watching begins. New code goes to folders beside it. */
  readonly assetDir: string;
  notify(message: string): void;
}

/**
 * Keeps one function at the state of its sources. Code that does not build or load is reported and leaves the function as
 * it was.
 */
export class WatchedFunction {
  private sources: ReadonlySet<string> = new Set();
  private versions = 0;
  private assetDir: string;
  /** Of the bundle that runs, or of the last one that did not load. */
  private triedHash: string | undefined;
  private lastReport: string | undefined;
  private wanted = false;
  private loop: Promise<void> | undefined;

  constructor(private readonly options: WatchedFunctionOptions) {
    this.assetDir = options.assetDir;
  }

  get name(): string {
    return this.options.name;
  }

  /** The folders of all that it was made of when it last could be built, and of what keeps it from that now. */
  sourceFolders(): Set<string> {
    return new Set([...this.sources].map((path) => dirname(path)));
  }

  /** Builds, and replaces the code if it has become another one. Resolves when everything asked for so far is done. */
  refresh(): Promise<void> {
    this.wanted = true;
    this.loop ??= this.work();
    return this.loop;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.wanted = false;
    await this.loop;
    await this.options.bundle.close();
  }

  private async work(): Promise<void> {
    try {
      while (this.wanted) {
        this.wanted = false;
        await this.refreshOnce();
      }
    } catch (error) {
      this.options.notify(`${this.name} could not be renewed: ${reasonOf(error)}`);
    } finally {
      this.loop = undefined;
    }
  }

  private async refreshOnce(): Promise<void> {
    const startedMs = performance.now();
    const outcome = await this.options.bundle.build();
    if (outcome.kind === 'failed') {
      this.sources = new Set([...this.sources, ...outcome.sources]);
      this.report(`${this.name} does not build, so it goes on as it was:\n${outcome.report}`);
      return;
    }
    this.sources = outcome.sources;
    const hash = hashOf(outcome);
    if (this.triedHash === undefined && (await this.runs(outcome))) this.triedHash = hash;
    if (hash === this.triedHash) {
      if (this.lastReport !== undefined) this.report(undefined);
      return;
    }
    this.triedHash = hash;
    await this.replace(outcome, startedMs);
  }

  private async replace(bundle: BuiltBundle, startedMs: number): Promise<void> {
    this.versions += 1;
    const folder = `${this.options.assetDir}.${this.versions}`;
    for (const [path, contents] of bundle.files) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, contents);
    }
    const replacement = await this.options.lambda.replaceCode(folder);
    if (replacement.kind === 'refused') {
      const { errorType, errorMessage, trace } = replacement.error;
      const place = trace?.find((line) => /^\s+at /.test(line)) ?? '';
      this.report(
        `${this.name} does not load, so it goes on as it was:\n${errorType}: ${errorMessage}\n${place}`,
      );
      await rm(folder, { recursive: true, force: true });
      return;
    }
    const previous = this.assetDir;
    this.assetDir = folder;
    this.lastReport = undefined;
    this.options.notify(`${this.name} runs its new code (${Math.round(performance.now() - startedMs)} ms).`);
    void replacement.retired
      .then(() => rm(previous, { recursive: true, force: true }))
      .catch((error: unknown) => this.options.notify(`${previous} was not removed: ${reasonOf(error)}`));
  }

  /** Whether the code that runs is this one. Maps differ, for their paths begin in another folder. */
  private async runs({ files }: BuiltBundle): Promise<boolean> {
    for (const [path, contents] of files) {
      if (path.endsWith('.map')) continue;
      const running = await readFile(join(this.assetDir, path)).catch(() => undefined);
      if (running?.equals(contents) !== true) return false;
    }
    return true;
  }

  /** The same trouble is said once, until it is over. */
  private report(trouble: string | undefined): void {
    if (trouble === this.lastReport) return;
    this.lastReport = trouble;
    this.options.notify(trouble ?? `${this.name} builds again.`);
  }
}

function hashOf({ files }: BuiltBundle): string {
  const hash = createHash('sha256');
  for (const contents of files.values()) hash.update(contents);
  return hash.digest('hex');
}
