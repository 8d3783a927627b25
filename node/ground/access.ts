import { accessSync, constants, mkdirSync, readFileSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { getSystemErrorMessage } from 'node:util'

/** What must be done with a file or folder; in a folder that is written files are made. */
export type Need = 'read' | 'write'

const { R_OK, W_OK, X_OK } = constants

/** What others may do at all, and writing by the group. */
const TOO_MUCH = 0o027

/** Codes of the system for what another user may do. */
const REFUSALS = new Set(['EACCES', 'EPERM'])

/** Why this user cannot do with `path` what must be done; undefined: he can. */
export function accessFault(path: string, need: Need): AccessError | undefined {
  try {
    const isFolder = statSync(path).isDirectory()
    accessSync(path, R_OK | (need === 'write' ? W_OK : 0) | (isFolder ? X_OK : 0))
    return undefined
  } catch (cause) {
    return new AccessError(`to ${need}`, path, { cause })
  }
}

/** Why `folder` is none that this user can write files in, or make; undefined: it is. Nothing is made. */
export function folderFault(folder: string): AccessError | undefined {
  const there = statOf(folder)
  if (there?.isDirectory() === false) return new AccessError('a folder at', folder, {})
  if (there !== undefined) return accessFault(folder, 'write')
  return placeFault(nearest(folder), folder)
}

/**
 * Whether others on this machine can do anything with a file of this mode, which has a secret. Its group may read it: systemd hands a unit's user its
 * credentials so (`LoadCredential`), with mode 0440.
 */
export function isExposed(mode: number): boolean {
  return (mode & TOO_MUCH) !== 0
}

/** The path itself, or the nearest folder above it that is there and that this user may look at. */
export function nearest(path: string): string {
  return statOf(path) === undefined && dirname(path) !== path ? nearest(dirname(path)) : path
}

/** Makes `folder` and those that it is in, for their owner only, unless it is there. Throws {@link AccessError}. */
export function makeFolder(folder: string): void {
  const there = statOf(folder)
  if (there?.isDirectory() === true) return
  if (there !== undefined) throw new AccessError('a folder at', folder, {})
  // One at a time: where no folder can be made, such as in /proc, Node's own way to make all of them does not end.
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (cause) {
    if (statOf(folder)?.isDirectory() === true) return
    throw new AccessError('to make the folder', folder, { cause })
  }
}

/** The error of reading `path` if `cause` is that this user may not; undefined for any other. */
export function refusalOf(path: string, cause: unknown): AccessError | undefined {
  return isRefusal(cause) ? new AccessError('to read', path, { cause }) : undefined
}

/** The error of writing `path` if the system did not take it; any other stays what it is. */
export function writeErrorOf(path: string, cause: unknown): unknown {
  return errnoOf(cause) === undefined ? cause : new AccessError('to write', path, { cause })
}

/** As {@link writeErrorOf}, of removing `path`: whose folder it is in decides that, whoever the file belongs to. */
export function removalErrorOf(path: string, cause: unknown): unknown {
  return writeErrorOf(isRefusal(cause) ? dirname(path) : path, cause)
}

/** Why `folder` cannot be made, of which `place` is what is there; undefined: it can. To make one in a folder nobody needs to list that. */
function placeFault(place: string, folder: string): AccessError | undefined {
  if (statOf(place)?.isDirectory() === false) return new AccessError('a folder at', place, {})
  try {
    accessSync(place, W_OK | X_OK)
    return undefined
  } catch (cause) {
    return new AccessError('to make the folder', folder, { cause })
  }
}

/** What is at `path`; undefined also where this user may not look. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function isRefusal(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && REFUSALS.has(String(cause.code))
}

function errnoOf(cause: unknown): number | undefined {
  const isSystems = cause instanceof Error && 'errno' in cause && typeof cause.errno === 'number'
  return isSystems ? Number(cause.errno) : undefined
}

/** A user as sudo and chown take it. */
function nameOf(uid: number): string {
  try {
    const users = readFileSync('/etc/passwd', 'utf8').split('\n')
    return users.map((line) => line.split(':')).find((fields) => fields[2] === String(uid))?.[0] ?? `'#${uid}'`
  } catch {
    return `'#${uid}'`
  }
}

/** What to do about a file that belongs to another; about one's own, whose mode is in the way. */
function remedy(path: string, owner: number): string {
  const me = process.getuid?.() ?? owner
  if (me === owner) return `Run: chmod u+rwX ${path}`
  return `Run it as the user of the node: sudo -u ${nameOf(owner)} …; if that is ${nameOf(me)}: sudo chown ${nameOf(me)} ${path}`
}

/** A file or folder cannot be used by this user as it must be. */
export class AccessError extends Error {
  override readonly name = 'Access.AccessError'
  readonly path: string
  /** What to do about it. */
  readonly hint: string
  /** `want`: what was to be done, before the path. */
  constructor(want: string, path: string, options: ErrorOptions) {
    const { cause } = options
    const errno = errnoOf(cause)
    const place = nearest(path)
    const owner = isRefusal(cause) ? statOf(place)?.uid : undefined
    const whose = owner === undefined ? '' : ` (${place === path ? 'it' : place} belongs to ${nameOf(owner)})`
    const got = errno === undefined ? 'something else' : `"${getSystemErrorMessage(-Math.abs(errno))}"${whose}`
    super(`Expected ${want} ${path}, got ${got}.`, options)
    this.path = path
    this.hint = owner === undefined ? 'Correct its path in the configuration.' : remedy(place, owner)
  }
}
