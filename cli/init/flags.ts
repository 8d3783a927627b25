import type { Address } from 'viem'
import type { Amount, Endpoints } from '../arguments.ts'
import { commandLine } from '../command-line.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import type { Clock } from './chain-answers.ts'
import type { Places, SetupRole } from './settings.ts'

/** What can be said of a node on the command line instead of being asked. */
export type InitFlags = {
  readonly role?: SetupRole
  readonly rpc?: string
  readonly rpcFallbacks?: string
  readonly chainId?: number
  readonly clock: Clock
  readonly oracle?: Address
  readonly registry?: Address
  readonly fromBlock?: bigint
  readonly indexDir?: string
  readonly prices?: string
  readonly sourceRpc: Endpoints
  readonly keystore?: string
  readonly passwordFile?: string
  readonly owner?: Address
  readonly stake?: Amount
  readonly ownerKeystore?: string
  readonly ownerPasswordFile?: string
  /** Bounds what registering from here may spend, gas included. */
  readonly max?: Amount
  /** The registration is only simulated. */
  readonly dryRun?: true
  readonly arbitrators?: readonly Address[]
  readonly juries?: readonly Address[]
  readonly for?: readonly Address[]
  readonly port?: number
  readonly announce?: string
  readonly bootstrap?: string
  readonly httpPort?: number
  readonly service?: true
  /** Whom a systemd unit runs the node as. */
  readonly serviceUser?: string
  readonly start?: true
  readonly yes?: true
  readonly json?: true
}

/**
 * Throws InputError that names every flag that is missing where nobody can be asked: in a script, or with --yes. What an
 * existing set-up in `places` says already (`has`) is not missing; `user`: whom the unit runs as, if one is wanted.
 */
export function requireFlags(
  flags: InitFlags,
  has: { readonly config: boolean; readonly indices: boolean; readonly consent: boolean; readonly user: boolean },
  places: Pick<Places, 'folder' | 'indices'>,
  { terminal }: Pick<Context, 'terminal'>,
): void {
  if (terminal !== undefined && flags.yes !== true) return
  const role = flags.role ?? 'reporter'
  const settings = has.config ? [] : missingSettings(flags, has.indices)
  const isOwned = has.consent || flags.owner !== undefined || flags.ownerKeystore !== undefined
  const missing = [
    ...settings,
    ...(role === 'reporter' && !isOwned && !has.config ? ['--owner'] : []),
    ...(role === 'juror' && flags.juries === undefined && !has.config ? ['--juries'] : []),
    ...(!has.user ? ['--service-user'] : []),
    ...(flags.yes === true ? [] : ['--yes']),
  ]
  if (missing.length === 0) return
  const { folder, indices } = places
  const where = missing.includes('--index-dir')
    ? ` Index documents are looked for in ${indices} without --index-dir, and there is no such folder.`
    : ''
  throw new InputError(
    `Expected ${missing.join(', ')} where nobody can be asked, got none.`,
    `For the node in ${folder}: ${nextCommand(folder, missing)} with what else you give, or run it in a terminal.${where} "assize init --help" says what they are.`,
  )
}

/** What an option that can be missing takes. */
const WORDS: Readonly<Record<string, string>> = {
  '--oracle': 'ADDRESS',
  '--registry': 'ADDRESS',
  '--index-dir': 'FOLDER',
  '--owner': 'ADDRESS',
  '--juries': 'ADDRESS',
  '--service-user': 'NAME',
}

function nextCommand(folder: string, missing: readonly string[]): string {
  const given = missing.filter((flag) => flag !== '--yes').flatMap((flag) => [flag, WORDS[flag] ?? ''])
  return commandLine('assize', 'init', folder, '--yes', ...given)
}

function missingSettings({ oracle, registry, indexDir }: InitFlags, hasIndices: boolean): string[] {
  return [
    ...(oracle === undefined ? ['--oracle'] : []),
    ...(registry === undefined ? ['--registry'] : []),
    ...(indexDir === undefined && !hasIndices ? ['--index-dir'] : []),
  ]
}
