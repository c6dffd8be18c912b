import type { Difference } from './difference.js';
import type { LedgerReport } from './ledger.js';
import { readingsIn } from './quarantine-listing.js';
import type { QuarantinedObject } from './quarantined-object.js';
import type { RedriveOutcome } from './redrive.js';
import { continuation, type ReplayTotals } from './replay.js';
import type { DeviceReport, VerifyReport } from './verify.js';

/** What a listing says of an object. */
export interface QuarantineLine {
  readonly key: string;
  readonly reason: QuarantinedObject['reason'];
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly devices: readonly string[];
  readonly readings: number;
  readonly detail: string;
}

export function quarantineLine(object: QuarantinedObject): QuarantineLine {
  const { key, reason, receivedAtMs, detail } = object;
  const readings = readingsIn(object);
  return {
    key,
    reason,
    receivedAt: isoOf(receivedAtMs),
    devices: [...new Set(readings.map(({ deviceId }) => deviceId))],
    readings: readings.length,
    detail,
  };
}

/** Devices that a line names; more are counted. */
const DEVICES_SHOWN = 3;

export function quarantineText(lines: readonly QuarantineLine[]): string {
  const blocks = lines.map(({ key, receivedAt, devices, readings, detail }) => {
    const more = devices.length > DEVICES_SHOWN ? `, and ${devices.length - DEVICES_SHOWN} more` : '';
    const of = devices.length === 0 ? '' : ` of ${devices.slice(0, DEVICES_SHOWN).join(', ')}${more}`;
    return `${key}\n  received ${receivedAt}, ${counted(readings, 'reading')}${of}\n  ${detail}\n`;
  });
  return `${blocks.join('')}${counted(lines.length, 'object')}\n`;
}

export function redriveText(outcomes: readonly RedriveOutcome[]): string {
  const lines = outcomes.map(
    ({ key, result, detail }) => `${result}: ${key}${detail ? `\n  ${detail}` : ''}\n`,
  );
  const count = (result: RedriveOutcome['result']): string =>
    `${outcomes.filter((outcome) => outcome.result === result).length} ${result}`;
  return `${lines.join('')}${['redriven', 'possible', 'refused'].map((result) => count(result as 'redriven')).join(', ')}\n`;
}

export function replayText(
  { envelopes, readings, lastKey }: ReplayTotals,
  dryRun: boolean,
  ended: boolean,
): string {
  const done = dryRun ? 'would be put' : 'were put';
  const line = `${counted(readings, 'reading')} in ${counted(envelopes, 'envelope')} ${done} into the stream.\n`;
  return ended ? line : `${line}Interrupted. ${continuation(lastKey)}.\n`;
}

export function verifyText({
  range,
  horizonMs,
  archivedReadings,
  devices,
  differences,
}: VerifyReport): string {
  const what =
    `${isoOf(range.fromMs)} to ${isoOf(range.toMs)}: ${counted(devices.length, 'device')}, ` +
    `${counted(archivedReadings, 'archived reading')} received before ${isoOf(horizonMs)}, ` +
    `${counted(differences, 'difference')}\n`;
  return `${devices.map(deviceText).join('')}${what}`;
}

function deviceText({ deviceId, differences, mended, remaining }: DeviceReport): string {
  if (differences.length === 0) return '';
  const lines = [
    `${deviceId}: ${counted(differences.length, 'difference')}`,
    ...differences.map(differenceLine),
  ];
  if (mended) {
    const { blocks, items, rollupSlots, readingsSentBack } = mended;
    lines.push(
      `  mended: ${counted(items, 'item')} replaced, ${counted(blocks, 'block')} and ${counted(rollupSlots, 'expired slot')} written anew, ` +
        `${counted(readingsSentBack, 'reading')} put back into the stream`,
    );
    if (readingsSentBack > 0) lines.push('  verify again once the stream has been processed');
  }
  if (remaining)
    lines.push(`  ${counted(remaining.length, 'difference')} left`, ...remaining.map(differenceLine));
  return `${lines.join('\n')}\n`;
}

function differenceLine({ level, window, kind, detail }: Difference): string {
  return `  ${kind} in a ${level}, ${isoOf(window.startMs)} to ${isoOf(window.endMs)}: ${detail}`;
}

/** One line a fate, then the sum, and what is missing. */
export function ledgerText({ range, devices, accepted, account, missing }: LedgerReport): string {
  const width = String(accepted).length;
  const line = (count: number, name: string): string => `${String(count).padStart(width)} ${name}\n`;
  const { missing: missingCount } = account;
  const shown = missing.map(
    ({ deviceId, metric, timestampMs, requestId, reason }) =>
      `  ${deviceId} ${metric} at ${isoOf(timestampMs)}, request ${requestId}: ${reason}\n`,
  );
  const more = missingCount > missing.length ? [`  and ${missingCount - missing.length} more\n`] : [];
  return [
    `Points of ${counted(devices, 'device')}, received ${isoOf(range.fromMs)} to ${isoOf(range.toMs)}:\n`,
    ...Object.entries(account).map(([fate, count]) => line(count, fate)),
    line(accepted, 'accepted'),
    ...shown,
    ...more,
  ].join('');
}

export function ledgerJson({ range, missing, account, ...report }: LedgerReport): object {
  return {
    range: { from: isoOf(range.fromMs), to: isoOf(range.toMs) },
    ...report,
    ...account,
    missingPoints: missing.map(({ timestampMs, ...point }) => ({ ...point, timestamp: isoOf(timestampMs) })),
  };
}

/** A report for machines: times in RFC 3339. */
export function verifyJson(report: VerifyReport): object {
  const plain = ({ level, window, kind, detail }: Difference): object => ({
    level,
    start: isoOf(window.startMs),
    end: isoOf(window.endMs),
    kind,
    detail,
  });
  const { horizonMs, ...rest } = report;
  return {
    ...rest,
    receivedBefore: isoOf(horizonMs),
    range: { from: isoOf(report.range.fromMs), to: isoOf(report.range.toMs) },
    devices: report.devices.map(({ differences, remaining, ...device }) => ({
      ...device,
      differences: differences.map(plain),
      ...(remaining ? { remaining: remaining.map(plain) } : {}),
    })),
  };
}

function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
