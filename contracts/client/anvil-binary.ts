import { accessSync, constants } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Environment variable that names the anvil executable to use instead of the installed one. */
export const ANVIL_VARIABLE = 'ASSIZE_ANVIL'

/**
 * Path of the anvil executable: the one named by {@link ANVIL_VARIABLE}, else `node_modules/.bin/anvil` in this
 * folder or one above it, else the first on `PATH`. A named executable that is not there is an error, never a
 * reason to fall back. Throws {@link MissingAnvilError}.
 */
export function findAnvil(env: Readonly<Record<string, string | undefined>>): string {
  const named = env[ANVIL_VARIABLE]
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named
    throw new MissingAnvilError(named)
  }
  const found = [...installed(dirname(fileURLToPath(import.meta.url))), ...onPath(env['PATH'])].find(isExecutable)
  if (found === undefined) throw new MissingAnvilError('node_modules/.bin/anvil')
  return found
}

/** The embedded chain's executable is not installed. */
export class MissingAnvilError extends Error {
  override readonly name = 'EmbeddedChain.MissingAnvilError'
  readonly path: string
  constructor(path: string) {
    super(`Expected the anvil executable, got nothing at ${path}.`)
    this.path = path
  }
}

function* installed(folder: string): Generator<string> {
  for (let at = folder; ; at = dirname(at)) {
    yield join(at, 'node_modules', '.bin', 'anvil')
    if (at === dirname(at)) return
  }
}

function onPath(path: string | undefined): string[] {
  return (path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'anvil'))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
