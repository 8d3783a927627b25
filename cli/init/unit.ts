import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Config } from '#node/config'
import { InputError } from '../errors.ts'
import { nodeProgram } from '../reporter/node-program.ts'
import { writeNew } from '../output-file.ts'
import { homeAround, serviceUnit, stateOf } from '../reporter/service-unit.ts'
import type { InitFlags } from './flags.ts'
import { agrees, answer, type Desk } from './questions.ts'
import type { Places } from './settings.ts'

/** Who sets a node up, with which program. Replaced in tests. */
export type Host = {
  readonly user: () => { readonly uid: number; readonly username: string; readonly homedir: string }
  /** How a node is started, before its `--config`. */
  readonly program: readonly string[]
}

/** A systemd unit of this node. */
export type Unit = {
  readonly file: string
  /** Whom the node runs as, where that is not who set it up: what was made is to be given to them. */
  readonly stranger: string | undefined
}

type Asking = { readonly flags: InitFlags; readonly desk: Desk; readonly host: Host }

const USER = /^User=(.*)$/m
/** A name as useradd takes it. */
const USER_NAME = /^[a-z_][a-z0-9_-]{0,31}$/i
/** Digits of what tells the units of two folders of one name apart. */
const MARK_DIGITS = 6

/** This process: its user and its program. */
export const THIS_HOST: Host = { user: () => userInfo(), program: nodeProgram() }

/** The unit's name, which nodes in other folders do not have: all units of a machine are in one. */
export function unitName(folder: string): string {
  const mark = createHash('sha256').update(folder).digest('hex').slice(0, MARK_DIGITS)
  return `assize-${basename(folder).replaceAll(/[^\w.-]/g, '-')}-${mark}.service`
}

/** The unit that is there, or is wanted and written; undefined if nobody wants one. Throws InputError for one that could not run. */
export async function ensureUnit(
  { folder, config: file, unit }: Places,
  config: Config,
  asking: Asking,
): Promise<Unit | undefined> {
  const { flags, desk, host } = asking
  if (existsSync(unit)) return unitAt(unit, asking)
  if (flags.service !== true && !(await agrees('Write a unit for systemd?', desk))) return undefined
  requireLasting(host)
  const { dataDir, indexDir, csvFile, key } = config
  const text = serviceUnit({
    name: basename(unit),
    user: await askUser(folder, asking),
    workingDirectory: folder,
    program: host.program,
    config: file,
    passwordFile: key?.kind === 'keystore' ? key.passwordFile : undefined,
    dataDir,
    inputs: [indexDir, csvFile, key?.kind === 'keystore' ? key.keystore : key?.tokenFile].filter(isNamed),
  })
  // A unit whose writable folder is not there does not start.
  if (stateOf(dataDir) === undefined) await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await writeNew(unit, text)
  return unitAt(unit, asking)
}

/** Throws InputError for what would leave a unit that cannot run, as far as it is known before anything is asked. */
export function requireRunnable(folder: string, flags: Pick<InitFlags, 'serviceUser'>, host: Host): void {
  requireLasting(host)
  if (isUserKnown(flags, host)) requireEnterable(folder, flags.serviceUser ?? host.user().username, host)
}

/** Throws InputError for a program that is gone when a cache is cleared: a unit of it would end some day, unseen. */
function requireLasting({ program }: Pick<Host, 'program'>): void {
  const passing = program.find((path) => path.split('/').includes('_npx'))
  if (passing === undefined) return
  throw new InputError(
    `Expected a program that stays for a systemd unit, got one in the cache of npx: ${passing}.`,
    'Install it, npm install --global assize, and run this again from there.',
  )
}

/** Throws InputError for a folder in the home of another than `user`: a unit that cannot enter it ends before it starts. */
function requireEnterable(folder: string, user: string, host: Host): void {
  const { username, homedir } = host.user()
  if (user === username) return
  const path = realPath(folder)
  const home = homeAround(path)
  const isOwn = home === undefined || basename(home) === user
  if (isOwn && !isWithin(path, realPath(homedir))) return
  throw new InputError(
    `Expected a folder that the user ${user} may enter, for a unit that runs as them, got one in a home: ${folder}.`,
    'Use one outside of homes, such as /var/lib/assize: assize init /var/lib/assize.',
  )
}

function isWithin(path: string, home: string): boolean {
  return home !== '/' && (path === home || path.startsWith(`${home}/`))
}

/** Without symbolic links, as far as it is there. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realPath(dirname(path)), basename(path))
}

/** Whether a unit can be written without asking whom it runs as: root must say, and may say root. */
export function isUserKnown({ serviceUser }: Pick<InitFlags, 'serviceUser'>, { user }: Pick<Host, 'user'>): boolean {
  return serviceUser !== undefined || user().uid !== 0
}

function askUser(folder: string, { flags, desk, host }: Asking): Promise<string> {
  return answer(desk, {
    flag: '--service-user',
    text: 'User that the node runs as, such as assize (root: whoever takes it over has the machine)',
    given: isUserKnown(flags, host) ? (flags.serviceUser ?? host.user().username) : undefined,
    otherwise: undefined,
    check: (text) => {
      if (!USER_NAME.test(text)) {
        throw new InputError(
          `Expected the name of a user, got "${text}".`,
          'Name one that is there, or make it: useradd.',
        )
      }
      requireEnterable(folder, text, host)
      return text
    },
  })
}

/** Throws InputError if it runs as somebody else than the flags say. */
function unitAt(file: string, { flags: { serviceUser }, host }: Asking): Unit {
  const user = USER.exec(readFileSync(file, 'utf8'))?.[1] ?? 'root'
  if (serviceUser !== undefined && serviceUser !== user) {
    throw new InputError(
      `Expected the user ${serviceUser} in ${file}, got ${user}.`,
      'Edit that file, or remove it: another is written.',
    )
  }
  return { file, stranger: user === host.user().username ? undefined : user }
}

function isNamed(path: string | undefined): path is string {
  return path !== undefined
}
