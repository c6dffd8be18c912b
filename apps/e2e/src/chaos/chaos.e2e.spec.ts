import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chaosSummary } from './chaos-summary.js';
import { runChaos } from './run-chaos.js';

const SEED = Number(process.env['WEIR_CHAOS_SEED'] ?? 1);

describe('the whole pipeline while everything fails', () => {
  it(`answers every window exactly, with the seed ${SEED}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), `weir-chaos-${SEED}-`));
    const lines = [`Seed ${SEED}; logs, plans and data are in ${folder}.`];
    const progress = (line: string): number => lines.push(line);
    try {
      const report = await runChaos({ seed: SEED, durationMs: 15_000, folder, progress });
      lines.push(chaosSummary(report));
      expect(report.wrong).toEqual([]);
    } catch (error) {
      console.error(lines.join('\n'));
      throw error;
    }
    rmSync(folder, { recursive: true, force: true });
  }, 900_000);
});
