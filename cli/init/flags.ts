import type { Address } from 'viem'
import type { Amount, Endpoints } from '../arguments.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import type { Clock } from './chain-answers.ts'
import type { SetupRole } from './settings.ts'

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
  readonly arbitrators?: readonly Address[]
  readonly juries?: readonly Address[]
  readonly for?: readonly Address[]
  readonly port?: number
  readonly announce?: string
  readonly bootstrap?: string
  readonly httpPort?: number
  readonly service?: true
  readonly start?: true
  readonly yes?: true
  readonly json?: true
}

/** What must be said where nobody can be asked: a flag, and how the environment says it, if it does. */
const NEEDED = [
  { flag: '--oracle', field: 'oracle', variable: 'ASSIZE_ORACLE' },
  { flag: '--registry', field: 'registry', variable: 'ASSIZE_REGISTRY' },
] as const

/**
 * Throws InputError that names every flag that is missing where nobody can be asked: in a script, or with --yes. What an
 * existing set-up says already (`has`) is not missing.
 */
export function requireFlags(
  flags: InitFlags,
  has: { readonly config: boolean; readonly indices: boolean; readonly consent: boolean },
  { env, terminal }: Pick<Context, 'env' | 'terminal'>,
): void {
  if (terminal !== undefined && flags.yes !== true) return
  const role = flags.role ?? 'reporter'
  const settings = has.config ? [] : missingSettings(flags, has.indices, env)
  const isOwned = has.consent || flags.owner !== undefined || flags.ownerKeystore !== undefined
  const missing = [
    ...settings,
    ...(role === 'reporter' && !isOwned && !has.config ? ['--owner'] : []),
    ...(role === 'juror' && flags.juries === undefined && !has.config ? ['--juries'] : []),
    ...(flags.yes === true ? [] : ['--yes']),
  ]
  if (missing.length === 0) return
  throw new InputError(
    `Expected ${missing.join(', ')} where nobody can be asked, got none.`,
    'Give them, or run it in a terminal; "assize init --help" says what they are.',
  )
}

function missingSettings(flags: InitFlags, hasIndices: boolean, env: Context['env']): string[] {
  const isSet = (variable: string): boolean => (env[variable] ?? '') !== ''
  const named = NEEDED.filter(({ field, variable }) => flags[field] === undefined && !isSet(variable))
  const hasFolder = flags.indexDir !== undefined || hasIndices || isSet('ASSIZE_INDEX_DIR')
  return [...named.map(({ flag }) => flag), ...(hasFolder ? [] : ['--index-dir'])]
}
