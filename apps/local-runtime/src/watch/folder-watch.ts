import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../runtime-error.js';

interface Watched {
  readonly watcher: FSWatcher;
  readonly inode: number;
  /** The folders it stands for: itself, or those below it that are gone. */
  folders: string[];
}

/**
 * Tells when something in one of a set of folders changes. Folders rather than files are watched, for editors replace a
 * file by another one, and a file that appears may be the one that an import was missing.
 */
export class FolderWatch {
  private readonly watched = new Map<string, Watched>();

  constructor(private readonly onChange: (folder: string) => void) {}

  /**
   * Watches these folders and no others. In place of one that is gone its nearest parent is watched. Returns whether there
   * is one that was not watched before.
   */
  set(folders: ReadonlySet<string>): boolean {
    const wanted = new Map<string, string[]>();
    for (const folder of folders) {
      const existing = nearestExisting(folder);
      wanted.set(existing, [...(wanted.get(existing) ?? []), folder]);
    }
    for (const [place, { inode }] of this.watched) {
      // A folder that was removed and made again is another one, which the old watcher does not see.
      if (!wanted.has(place) || inodeOf(place) !== inode) this.drop(place);
    }
    let added = false;
    for (const [place, standsFor] of wanted) added = this.add(place, standsFor) || added;
    return added;
  }

  close(): void {
    for (const place of this.watched.keys()) this.drop(place);
  }

  private add(place: string, folders: string[]): boolean {
    const present = this.watched.get(place);
    if (present !== undefined) {
      present.folders = folders;
      return false;
    }
    const watcher = watch(place, { persistent: false });
    const entry = { watcher, inode: inodeOf(place) ?? 0, folders };
    const report = (): void => entry.folders.forEach((folder) => this.onChange(folder));
    watcher.on('change', report);
    watcher.on('error', () => {
      this.drop(place);
      report();
    });
    this.watched.set(place, entry);
    return true;
  }

  private drop(place: string): void {
    this.watched.get(place)?.watcher.close();
    this.watched.delete(place);
  }
}

function nearestExisting(folder: string): string {
  const parent = dirname(folder);
  return inodeOf(folder) !== undefined || parent === folder ? folder : nearestExisting(parent);
}

function inodeOf(folder: string): number | undefined {
  try {
    return statSync(folder).ino;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
