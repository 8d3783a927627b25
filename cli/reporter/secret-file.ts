import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { writeNew } from '../output-file.ts'

const OWNER_ONLY = 0o600
/** Of a password that nobody has to type. */
const PASSWORD_BYTES = 24

/** Writes a new file that its owner alone can read. Throws InputError rather than overwrite one. */
export function writeOwnerOnly(file: string, text: string): Promise<void> {
  return writeNew(file, text, OWNER_ONLY)
}

/** A password for a new key: in the file, of which one is made if there is none; else typed twice. */
export async function newPassword(file: string | undefined, { terminal, signal }: Context): Promise<string> {
  if (file !== undefined) {
    const known = await readFile(file, 'utf8').catch(() => undefined)
    if (known !== undefined) return requireSome(known.replace(/\r?\n$/, ''), file)
    const made = randomBytes(PASSWORD_BYTES).toString('base64url')
    await writeOwnerOnly(file, `${made}\n`)
    return made
  }
  if (terminal === undefined) {
    throw new InputError(
      'Expected a password for the key, got none.',
      'Name a file with --password-file: if it is not there, one is made with a random password.',
    )
  }
  const typed = requireSome(await terminal.askSecret('New password: ', signal), 'what was typed')
  if ((await terminal.askSecret('The same again: ', signal)) === typed) return typed
  throw new InputError('Expected the same password twice, got two.', 'Nothing was written; try again.')
}

function requireSome(password: string, place: string): string {
  if (password !== '') return password
  throw new InputError(
    `Expected a password in ${place}, got an empty one.`,
    'Whoever reads the file would have the key.',
  )
}
