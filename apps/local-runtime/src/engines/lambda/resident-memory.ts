import { readFile } from 'node:fs/promises';

/** Linux counts in pages; 4 KiB on every architecture that Lambda runs on. */
const pageBytes = 4096;

/**
 * Resident memory of a process in bytes, or undefined where it cannot be told (the process has gone, or the system is not Linux:
 * there the memory limit rests on V8's heap limit alone).
 * https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html
 */
export async function residentBytes(pid: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/statm`, 'utf8');
  } catch {
    return undefined; // The process ended between two looks: its exit event says so.
  }
  const pages = Number(text.split(' ')[1]);
  return Number.isFinite(pages) ? pages * pageBytes : undefined;
}
