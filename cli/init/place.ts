import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createFile } from '#node/whole-file'
import { InputError } from '../errors.ts'
import { isWithoutLinks } from '../output-file.ts'

/**
 * Throws InputError for a folder that nothing can be written to, or made, by `create`, as everything in it will be; nothing is
 * there after it that was not before.
 */
export async function requirePlace(folder: string, create = createFile): Promise<void> {
  let there = folder
  while (!existsSync(there)) there = dirname(there)
  try {
    // What rights say is not what happens: a disk may be read-only, root's rights may be none.
    const trial = await mkdtemp(join(there, '.assize-'))
    try {
      await create(join(trial, 'trial'), '')
    } finally {
      await rm(trial, { recursive: true })
    }
  } catch (cause) {
    if (isWithoutLinks(cause)) {
      throw new InputError(
        `Expected a file system with hard links at ${folder}, got one without.`,
        'Name a folder on another disk: a link is how a file gets there whole or not at all.',
        { cause },
      )
    }
    throw new InputError(
      `Expected a folder that can be written at ${folder}, got one that cannot${there === folder ? '' : ` be made in ${there}`}.`,
      'Name another, or run this as a user who may write there.',
      { cause },
    )
  }
}
