import { realpath, stat, writeFile } from 'node:fs/promises'
import { getSystemErrorMessage } from 'node:util'
import { createFile, replaceFile } from '#node/whole-file'
import { InputError } from './errors.ts'

/** What a file's mode says of who may read and write it. */
const PERMISSIONS = 0o777

/** Writes a new file, whole or not at all; for all to read unless `mode` says otherwise. Throws InputError rather than overwrite one. */
export async function writeNew(file: string, text: string, mode?: number): Promise<void> {
  try {
    await createFile(file, text, mode)
  } catch (cause) {
    if (isSystemError(cause) && cause.code === 'EEXIST') {
      throw new InputError(
        `Expected to create ${file}, got a file that is there.`,
        'Name another; nothing is overwritten.',
        { cause },
      )
    }
    throw new InputError(`Expected to create ${file}, got ${reasonOf(cause)}.`, 'Name another place, or mend that.', {
      cause,
    })
  }
}

/**
 * Writes a file whole, in place of one that may be there, as which it is readable. What is there and no file, such as a pipe or
 * /dev/null, is written to as it is. Throws InputError.
 */
export async function writeOver(file: string, text: string): Promise<void> {
  try {
    const there = await stat(file).catch(() => undefined)
    if (there === undefined) await replaceFile(file, text)
    else if (there.isFile()) await replaceFile(await realpath(file), text, there.mode & PERMISSIONS)
    else await writeFile(file, text)
  } catch (cause) {
    throw new InputError(`Expected to write ${file}, got ${reasonOf(cause)}.`, 'Name another place, or mend that.', {
      cause,
    })
  }
}

/** Whether a file could not be put in place for want of hard links: vfat, network shares and some FUSE mounts have none. */
export function isWithoutLinks(cause: unknown): boolean {
  return isSystemError(cause) && cause.syscall === 'link' && cause.code !== 'EEXIST'
}

function reasonOf(cause: unknown): string {
  if (isWithoutLinks(cause)) return 'a file system without hard links'
  // The system's own text would name a file beside it that is gone.
  if (isSystemError(cause) && cause.errno !== undefined) return `${getSystemErrorMessage(cause.errno)} (${cause.code})`
  throw cause
}

function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'syscall' in cause
}

/** What the command found out could not be written to its output, or not all of it. */
export class LostOutputError extends Error {
  override readonly name = 'Cli.LostOutputError'
  readonly hint = 'What is there is not whole. What was sent is sent: look before you repeat it.'
  constructor(cause: NodeJS.ErrnoException) {
    super(`Expected to write all of the output, got ${reasonOf(cause)}.`, { cause })
  }
}
