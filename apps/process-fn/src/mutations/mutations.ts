/** A text that occurs exactly once in a file, and what stands there in the mutated tree. */
export interface Edit {
  /** Path from the root of the workspace. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** What has to fail on a mutated tree. */
export type Suite = 'simulator' | 'store contract';

/** A deliberate breakage of something that exactness rests on. */
export interface Mutation {
  readonly name: string;
  /** What the broken code does, for the table of docs/exactness.md. */
  readonly breakage: string;
  readonly edits: readonly Edit[];
  readonly suite: Suite;
}

const PROCESS = 'apps/process-fn/src';
const BLOCKS = 'libs/device-blocks/src';
const STORE = 'libs/dynamo-repo/src';
const BLOCK = 'libs/aggregation/src/block.ts';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'unchanged-merge-not-propagated',
    breakage:
      'A merge that changes nothing propagates nothing: whoever wrote the block may have died before.',
    edits: [
      {
        file: `${PROCESS}/store-device-readings.ts`,
        find: "return outcome.kind === 'merged' ? outcome.stored : outcome.standing;",
        replace:
          "return outcome.kind === 'refused' ? outcome.standing : outcome.merge.changed ? outcome.stored : undefined;",
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'scan-before-write',
    breakage: 'The open run is read before the write instead of after it: two creators miss each other.',
    edits: [
      {
        file: `${PROCESS}/store-device-readings.ts`,
        find: '  const expiredBlocks = new ExpiredBlocks(device);\n',
        replace: `  const expiredBlocks = new ExpiredBlocks(device);
  const early = await device.newest.readOpenRun();
`,
      },
      {
        file: `${PROCESS}/store-device-readings.ts`,
        find: 'standingOf(outcome) ?? []),\n    device,\n',
        replace: 'standingOf(outcome) ?? []),\n    Object.assign(device, { early }),\n',
      },
      {
        file: `${PROCESS}/store-device-readings.ts`,
        find: '  const run = await newest.readOpenRun();\n',
        replace: `  const { early } = device as DeviceWork & { early: Awaited<ReturnType<typeof newest.readOpenRun>> };
  const seen = new Map([...early.blocks, ...touched].map((stored) => [stored.block.slot.startMs, stored]));
  const blocks = [...seen.values()].sort((a, b) => b.block.slot.startMs - a.block.slot.startMs);
  const run = { ...early, blocks };
`,
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'own-block-not-settled',
    breakage:
      'Only what the open run shows is sealed, and not the own late block, which may lie below a sealed one.',
    edits: [
      {
        file: `${PROCESS}/store-device-readings.ts`,
        find: '[...unsettled, ...open].map(',
        replace: '[...open].map(',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'open-run-not-settled',
    breakage: 'Only the own blocks are sealed, and not the open ones that others left behind.',
    edits: [
      {
        file: `${PROCESS}/store-device-readings.ts`,
        find: '[...unsettled, ...open].map(',
        replace: '[...unsettled].map(',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'sealed-without-propagating',
    breakage: 'A block is sealed without its summaries being written into the rollups.',
    edits: [
      {
        file: `${PROCESS}/settle-blocks.ts`,
        find: '    await propagateBlocks(dayBlocks, device);\n',
        replace: '',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'sealed-before-propagating',
    breakage:
      'A block is sealed first and propagated afterwards: a crash in between loses it for every reader.',
    edits: [
      {
        file: `${PROCESS}/settle-blocks.ts`,
        find: '    await propagateBlocks(dayBlocks, device);\n',
        replace: '',
      },
      {
        file: `${PROCESS}/settle-blocks.ts`,
        find: 'await sealBlock(propagated, device));\n    }\n',
        replace:
          'await sealBlock(propagated, device));\n    }\n    await propagateBlocks(dayBlocks, device);\n',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'sealed-newest-first',
    breakage:
      'Of several open blocks the newest is sealed first: a crash leaves an open one below a sealed one.',
    edits: [
      {
        file: `${PROCESS}/settle-blocks.ts`,
        find: 'a.block.slot.startMs - b.block.slot.startMs);',
        replace: 'b.block.slot.startMs - a.block.slot.startMs);',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'changed-block-not-propagated-again',
    breakage:
      'A block that changed between propagating and sealing is sealed at its new version without that.',
    edits: [
      {
        file: `${PROCESS}/settle-blocks.ts`,
        find: 'if (current.version !== block.version) await propagateBlocks([current], device);\n',
        replace: '',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'folded-only-when-changed',
    breakage: 'The day is folded into its month only by whoever changed it, who may have died before.',
    edits: [
      {
        file: `${BLOCKS}/propagate-blocks.ts`,
        find: '  const { rollup: day } = await',
        replace: '  const { rollup: day, changed } = await',
      },
      {
        file: `${BLOCKS}/propagate-blocks.ts`,
        find: '  await foldDay(day, device);',
        replace: '  if (changed) await foldDay(day, device);',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'never-folded-into-the-month',
    breakage: 'Days are not folded into months.',
    edits: [
      {
        file: `${BLOCKS}/propagate-blocks.ts`,
        find: 'if (await device.newest.isAtOrAfter(day.window.endMs)) {',
        replace: 'if (day === undefined) {',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'newest-block-remembered-too-long',
    breakage:
      'That an hour is not over yet is concluded from memory, without a read after the hour was written.',
    edits: [
      {
        file: `${PROCESS}/newest-block.ts`,
        find: 'if (this.knownMs < timeMs) await this.readOpenRun();',
        replace: 'if (this.knownMs === -Infinity) await this.readOpenRun();',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'increment-instead-of-recompute',
    breakage: 'What a block holds is added to what its hour holds, instead of taking its place.',
    edits: [
      {
        file: `${BLOCKS}/propagate-blocks.ts`,
        find: '  const slots = blocks.map(',
        replace: `  const first = windowAt(RESOLUTION_MS['1h'], blocks[0]?.block.slot.startMs ?? 0).startMs;
  const before = await repositories.rollups.get(deviceId, 'hour', first, work);
  const held = (startMs: number) =>
    (before?.slots ?? []).filter(({ window }) => window.startMs === startMs).map(({ summaries }) => summaries);
  const slots = blocks.map(`,
      },
      {
        file: `${BLOCKS}/propagate-blocks.ts`,
        find: 'summaries: summariseBlock(block),',
        replace: 'summaries: foldSummaries([...held(block.slot.startMs), summariseBlock(block)]),',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'conflict-not-merged',
    breakage:
      'After a failed condition, what stands there (ALL_OLD) counts as the result, without the own readings.',
    edits: [
      {
        file: `${PROCESS}/merge-into-block.ts`,
        find: '      current = result.current;\n',
        replace:
          "      current = result.current;\n      if (current) return { kind: 'merged', stored: current, merge };\n",
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'expired-block-created-anew',
    breakage: 'A reading for an expired block creates it anew, and a part takes the place of the whole.',
    edits: [
      {
        file: `${PROCESS}/expired-blocks.ts`,
        find: 'if (slot.endMs >= this.device.clock() - EXPIRY_AGE_MS_MIN) return false;',
        replace: 'if (slot.endMs >= 0) return false;',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'expired-block-not-looked-for-again',
    breakage: 'A block that another container creates between two reads is taken for expired.',
    edits: [
      {
        file: `${PROCESS}/merge-into-block.ts`,
        find: '      current = await readBlock(slot, device);\n',
        replace: '',
      },
      {
        file: `${PROCESS}/merge-into-block.ts`,
        find: '      if (!current) return expired(slot);\n',
        replace: '      return expired(slot);\n',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'settled-at-another-version',
    breakage: 'A sealed block that a container has settled once counts as settled at every later version.',
    edits: [
      {
        file: `${PROCESS}/device-memory.ts`,
        find: 'known?.stored.sealed === stored.sealed && (!stored.sealed || known.stored.version === stored.version);',
        replace: 'known?.stored.sealed === stored.sealed;',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'finished-too-early',
    breakage: 'A record is reported as finished while one of its pieces of work is not.',
    edits: [
      {
        file: `${PROCESS}/record-ledger.ts`,
        find: '(record) => (this.pieces.get(record) ?? 0) > 0,',
        replace: '(record) => (this.pieces.get(record) ?? 0) > 1,',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'not-listed-again',
    breakage: 'A device is listed only by whoever created its first block, who may have died before.',
    edits: [
      {
        file: `${PROCESS}/store-device-readings.ts`,
        find: '  if (run.reachedBottom) await',
        replace: '  if (run.reachedBottom && touched.some(({ version }) => version === 1)) await',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'last-of-an-envelope-wins',
    breakage: 'Of readings that contradict each other in one request, the first does not win.',
    edits: [
      {
        file: `${BLOCKS}/group-readings.ts`,
        find: '    if (seen.has(identity)) continue;\n',
        replace: '',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'no-tie-break',
    breakage: 'Of points that agree in revision and receipt time, the one that happens to come first stays.',
    edits: [{ file: BLOCK, find: 'return a.value < b.value;', replace: 'return false;' }],
    suite: 'simulator',
  },
  {
    name: 'receipt-time-ignored',
    breakage: 'Which of two contradicting points was received first does not matter.',
    edits: [
      {
        file: BLOCK,
        find: '  if (a.receivedAtMs !== b.receivedAtMs) return a.receivedAtMs < b.receivedAtMs;\n',
        replace: '',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'revision-ignored',
    breakage: 'A correction does not outrank what it corrects.',
    edits: [
      {
        file: BLOCK,
        find: '  if (a.revision !== b.revision) return a.revision > b.revision;\n',
        replace: '',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'version-condition-ignored',
    breakage: 'A block is written whatever its version is by then (in the twin that the simulator uses).',
    edits: [
      {
        file: `${STORE}/memory-block-repository.ts`,
        find: 'const unchanged = standing?.v === expected?.version && (standing?.s === true) === sealed;',
        replace: 'const unchanged = (standing?.s === true) === sealed;',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'sealed-at-any-version',
    breakage: 'A block is sealed whatever its version is by then (in the twin that the simulator uses).',
    edits: [
      {
        file: `${STORE}/memory-block-repository.ts`,
        find: 'if (standing === undefined || standing.v !== block.version || standing.s === true) {',
        replace: 'if (standing === undefined || standing.s === true) {',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'older-summaries-replace-newer',
    breakage: 'A rollup slot takes summaries of an older version (in the twin that the simulator uses).',
    edits: [
      {
        file: `${STORE}/memory-rollup-repository.ts`,
        find: "return typeof standing !== 'number' || standing < values.version;",
        replace: "return typeof standing !== 'number' || standing !== values.version;",
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'rollups-read-before-the-newest-block',
    breakage: 'A query reads the days before the newest blocks: what is sealed in between is in neither.',
    edits: [
      {
        file: `${STORE}/window-reader.ts`,
        find: '  const head = await repositories.heads.read(deviceId, depth, work);\n',
        replace: `  const all = { fromMs: 0, toMs: 10 ** 14, itemsMax: 1000 };
  const days = await new DeviceLevels(query, source).children('day', all);
  const head = await repositories.heads.read(deviceId, depth, work);
`,
      },
      {
        file: `${STORE}/window-reader.ts`,
        find: '  levels.itemsRead += head.blocks.length;\n',
        replace: `  levels.children = async (level, range) =>
    level === 'day' ? days : new DeviceLevels(query, source).children(level, range);
`,
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'head-read-down-to-the-first-sealed-block-only',
    breakage: 'A query takes the blocks above the first sealed one for all of their hour.',
    edits: [
      {
        file: `${STORE}/block-descent.ts`,
        find: "this.depth === 'open run' ? startMs : this.unfoldedFromMs();",
        replace: "this.depth === 'open run' ? startMs : (this.unfoldedFromMs() ?? 0) && startMs;",
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'expired-blocks-not-missed',
    breakage: 'A query takes the blocks of an old hour for all that it had, although some may have expired.',
    edits: [
      {
        file: `${STORE}/open-region.ts`,
        find: 'head.readAtMs - window.startMs < COMPLETE_MS ||',
        replace: 'head.readAtMs - window.startMs > -COMPLETE_MS ||',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'unfolded-hour-taken-from-its-day',
    breakage:
      'Of an hour that may not have reached its day, a query shows what the day has, where it has anything.',
    edits: [
      {
        file: `${STORE}/window-reader.ts`,
        find: 'return { parts: firstOf(whole, parts, doubtful), reachedMs };',
        replace: 'return { parts: firstOf(parts, whole, doubtful), reachedMs };',
      },
    ],
    suite: 'simulator',
  },
  {
    name: 'version-condition-ignored-on-dynamodb',
    breakage: 'A block is written whatever its version is by then (on DynamoDB).',
    edits: [
      {
        file: `${STORE}/dynamo-block-repository.ts`,
        find: "expression: 'v = :expected AND attribute_not_exists(s)',",
        replace: "expression: '(v = :expected OR v <> :expected) AND attribute_not_exists(s)',",
      },
    ],
    suite: 'store contract',
  },
  {
    name: 'conflict-brings-nothing-on-dynamodb',
    breakage: 'After a failed condition, what stands there (ALL_OLD) is not given to the caller.',
    edits: [
      {
        file: `${STORE}/dynamo-block-repository.ts`,
        find: 'return { ok: false, current: absent ? undefined : fromBlockItem(item) };',
        replace: 'return { ok: false, current: absent || item ? undefined : fromBlockItem(item) };',
      },
    ],
    suite: 'store contract',
  },
  {
    name: 'expired-items-shown-on-dynamodb',
    breakage: 'Blocks that have expired and are not deleted yet are returned.',
    edits: [
      {
        file: `${STORE}/dynamo-block-repository.ts`,
        find: `    return isExpired(item, this.#settings.clock());`,
        replace: `    return isExpired(item, 0);`,
      },
    ],
    suite: 'store contract',
  },
];
