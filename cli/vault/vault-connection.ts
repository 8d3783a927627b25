import { type Address, isAddressEqual } from 'viem'
import { requireCode } from '#client/code-at.ts'
import { readVaultTerms } from '#client/vault-terms.ts'
import { type Connection, openChain, openOracle, pasted } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { addressFrom } from '../environment.ts'
import { InputError } from '../errors.ts'
import { formatAmount, type Token } from '../format.ts'
import type { VaultFlags } from '../options.ts'

/** A vault that was found to be there, and its oracle. The token is what the vault splits and pays, not what stake is in. */
export type VaultConnection = Connection & {
  readonly vault: Address
  /** As `paste`, of a command about the vault. */
  readonly pasteVault: Connection['paste']
}

/**
 * Connects to the vault that flags and environment name, and to its oracle. Throws InputError, also for a vault of another oracle
 * than they want; NotVaultError, and as {@link openOracle} does.
 */
export async function openVault(flags: VaultFlags, context: Context): Promise<VaultConnection> {
  const vault = flags.vault ?? vaultOf(context.env)
  const chain = await openChain(flags, context)
  await requireCode(chain, 'a SplitVault', vault)
  const { oracle, collateral } = await readVaultTerms(chain, vault)
  const wanted = flags.oracle ?? addressFrom(context.env, 'ASSIZE_ORACLE')
  if (wanted !== undefined && !isAddressEqual(wanted, oracle)) {
    throw new InputError(
      `Expected a vault of oracle ${wanted}, got one of ${oracle}.`,
      'Correct --vault or --oracle, or what the environment says of them.',
    )
  }
  const own = flags.vault === undefined ? [] : ['--vault', flags.vault]
  // Another command has no vault to ask for its oracle.
  const named = wanted === undefined || flags.oracle !== undefined ? { oracle } : {}
  const connection = await openOracle({ ...flags, ...named }, context)
  return { ...connection, token: collateral, vault, pasteVault: (...words) => pasted(flags, [...words, ...own]) }
}

/**
 * Whether ether moves rather than the collateral: where the vault's is wrapped ether, unless --weth was given. Throws InputError where that
 * makes no difference.
 */
export function movesEther({ weth }: { readonly weth?: true }, token: Token): boolean {
  if (weth === true && !token.isWeth) {
    throw new InputError(`Expected a vault of WETH with --weth, got one of ${token.symbol}.`, 'Leave --weth out.')
  }
  return token.isWeth && weth !== true
}

/** An amount of one leg, which has the decimals of the collateral: `2 P`. */
export function formatLeg(amount: bigint, leg: 'P' | 'N', token: Token, digits?: number): string {
  return formatAmount(amount, { ...token, symbol: leg, isWeth: false }, digits)
}

function vaultOf(env: Context['env']): Address {
  const found = addressFrom(env, 'ASSIZE_VAULT')
  if (found !== undefined) return found
  throw new InputError('Expected the address of the vault, got none.', 'Give it with --vault, or in ASSIZE_VAULT.')
}
