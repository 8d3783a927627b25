import { existsSync } from 'node:fs'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InputError } from '../errors.ts'

/** Throws InputError for a folder that nothing can be written to, or made; nothing is there after it that was not before. */
export async function requirePlace(folder: string): Promise<void> {
  let there = folder
  while (!existsSync(there)) there = dirname(there)
  try {
    // What rights say is not what happens: a disk may be read-only, root's rights may be none.
    await rmdir(await mkdtemp(join(there, '.assize-')))
  } catch (cause) {
    throw new InputError(
      `Expected a folder that can be written at ${folder}, got one that cannot${there === folder ? '' : ` be made in ${there}`}.`,
      'Name another, or run this as a user who may write there.',
      { cause },
    )
  }
}
