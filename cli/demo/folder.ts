import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { EXIT } from '../exit-code.ts'
import type { Cleanup } from './cleanup.ts'

/** The folder for the nodes' data and logs: `keep`, which stays, or a temporary one, which the cleanup removes. */
export async function makeFolder(keep: string | undefined, cleanup: Cleanup): Promise<string> {
  if (keep !== undefined) return makeKept(resolve(keep))
  const folder = await mkdtemp(join(tmpdir(), 'assize-demo-'))
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The folder given to --keep cannot be used. */
export class FolderError extends Error {
  override readonly name = 'Demo.FolderError'
  readonly exitCode = EXIT.usage
  readonly hint = 'Name a folder that does not exist yet, inside one that does.'
  readonly path: string
  constructor(path: string, got: string, options?: ErrorOptions) {
    super(`Expected to create the folder ${path}, got ${got}.`, options)
    this.path = path
  }
}

async function makeKept(path: string): Promise<string> {
  try {
    // An old run's keys and stores belong to another chain: never into an existing folder. Not recursive: where a file
    // system lets nobody create anything, such as /proc, the recursive form never returns.
    await mkdir(path)
    return path
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'a failure'
    throw new FolderError(path, code === 'EEXIST' ? 'one that exists' : code, { cause: error })
  }
}
