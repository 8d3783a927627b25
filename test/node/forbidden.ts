import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, statSync } from 'node:fs'
import { afterEach } from 'vitest'

const IS_ROOT = process.getuid?.() === 0
/** The user, and the group, whom nothing belongs to. */
const NOBODY = 65_534
const closed: string[] = []

afterEach(() => {
  // Who may not look into a folder cannot remove it either.
  for (const path of closed.splice(0)) if (!IS_ROOT && existsSync(path)) chmodSync(path, 0o700)
})

/** Goes before a program: root may do everything, and gives that up with it. */
export const AS_ANYBODY: readonly string[] = IS_ROOT
  ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--']
  : []

/** As whom root starts a program that is to be another user's; undefined where `files` are not for others to read, or nobody can be made another user. */
export function anotherUser(...files: readonly string[]): { readonly uid: number; readonly gid: number } | undefined {
  const user = { uid: NOBODY, gid: NOBODY }
  const isFor = (path: string): boolean => spawnSync('test', ['-r', path], user).status === 0
  return IS_ROOT && files.every(isFor) ? user : undefined
}

/** Makes what is at `path` another user's, or as good as that, for programs that {@link AS_ANYBODY} starts. */
export function forbid(path: string): void {
  closed.push(path)
  const mode = statSync(path).isDirectory() ? 0o700 : 0o600
  chmodSync(path, IS_ROOT ? mode : 0)
  if (IS_ROOT) chownSync(path, NOBODY, NOBODY)
}

/** What a program says that is to be done with a file that is forbidden. */
export const REMEDY = IS_ROOT
  ? /Run it as the user of the node: sudo -u \S+ …; if that is root: sudo chown root /
  : /Run: chmod u\+rwX /
