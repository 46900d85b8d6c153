import { execFile } from 'node:child_process';
import { mkdir, open, rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const BLOCK_BYTES = 1024 * 1024;
const LEFT_BYTES = 64 * 1024;

/** A file system of its own that can be filled to the brim. Null where this user may not mount one. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  static async mount(folder: string, megabytes: number): Promise<SmallDisk | null> {
    await mkdir(folder, { recursive: true });
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'tmpfs', folder]);
      return new SmallDisk(folder);
    } catch {
      return null;
    }
  }

  /** Leaves next to nothing. */
  async fill(): Promise<void> {
    const file = await open(this.ballast, 'w');
    const block = Buffer.alloc(BLOCK_BYTES);
    let bytes = 0;
    try {
      for (;;) bytes += (await file.write(block)).bytesWritten;
    } catch (error) {
      if (!isFull(error)) throw error;
    } finally {
      await file.close();
    }
    await truncate(this.ballast, Math.max(0, bytes - LEFT_BYTES));
  }

  async free(): Promise<void> {
    await rm(this.ballast, { force: true });
  }

  async unmount(): Promise<void> {
    await run('umount', [this.folder]).catch(() => run('umount', ['--lazy', this.folder]));
  }

  private get ballast(): string {
    return path.join(this.folder, 'ballast');
  }
}

/** Not `instanceof Error`: Node's own errors come from another realm inside Jest. */
function isFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOSPC';
}
