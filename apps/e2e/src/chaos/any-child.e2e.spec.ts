import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { call } from '../api.js';
import { noDelivery } from './device-sender.js';
import { sendAll } from './gateway-sender.js';
import { compareAll, setStage, untilProcessed, type Stage } from './stage.js';

const SEED = Number(process.env['WEIR_CHAOS_SEED'] ?? 1);
const SENT_BETWEEN_KILLS = 20;

interface Child {
  /** What it does, such as `dynamodb 1`, the second process of that engine. */
  readonly role: string;
  readonly pid: number;
}

/** Every process but the runtime's own. */
async function childrenOf({ runtime }: Stage): Promise<Child[]> {
  const { body } = await call(`${runtime.infoUrl}/status`);
  const {
    pid: own,
    engines,
    functions,
  } = body as unknown as {
    pid: number;
    engines: Record<string, { pids: number[] }>;
    functions: { name: string; workerPids: number[] }[];
  };
  const children = [
    ...Object.entries(engines).map(([name, { pids }]) => ({ name, pids })),
    ...functions.map(({ name, workerPids }) => ({ name, pids: workerPids.slice(0, 1) })),
  ];
  return children.flatMap(({ name, pids }) =>
    pids.filter((pid) => pid !== own).map((pid, index) => ({ role: `${name} ${index}`, pid })),
  );
}

describe('a pipeline of which any process may be killed', () => {
  it(`goes on, and loses nothing that it acknowledged, with the seed ${SEED}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), `weir-any-child-${SEED}-`));
    const stage = await setStage(folder, SEED);
    const delivery = noDelivery();
    const killed: string[] = [];
    let over = false;
    try {
      const senders = stage.fleet.gateways.map((gateway) => sendAll(gateway, stage, delivery, () => over));
      const killOneByOne = async (): Promise<void> => {
        for (;;) {
          const wanted = delivery.requests + SENT_BETWEEN_KILLS;
          while (delivery.requests < wanted) await delay(20);
          const next = (await childrenOf(stage)).find(({ role }) => !killed.includes(role));
          if (next === undefined) return;
          process.kill(next.pid, 'SIGKILL');
          killed.push(next.role);
        }
      };
      await Promise.race([killOneByOne(), Promise.all(senders)]);
      over = true;
      await Promise.all(senders);
      await untilProcessed(stage);
      const { windows, wrong } = await compareAll(stage);
      expect({ killed, wrong: [...delivery.wrongAnswers, ...wrong] }).toEqual({
        killed: expect.arrayContaining([
          'kinesis 0',
          'dynamodb 0',
          'weir-dev-ingest-fn 0',
          'weir-dev-process-fn 0',
        ]),
        wrong: [],
      });
      expect(windows).toBeGreaterThan(1_000);
      expect(stage.runtime.deaths()).toBe(0);
    } catch (error) {
      console.error(`Seed ${SEED}; killed ${killed.join(', ')}; logs and data are in ${folder}.`);
      throw error;
    } finally {
      over = true;
      await stage.runtime.stop();
    }
    rmSync(folder, { recursive: true, force: true });
  }, 600_000);
});
