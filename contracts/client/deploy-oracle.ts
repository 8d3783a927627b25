import type { Address } from 'viem'
import type { WritableChain } from './chain.ts'
import { awaitCode } from './code-at.ts'
import { carryOut } from './deploy.ts'
import {
  type DeployOptions,
  type Deployments,
  planDeployment,
  planJury,
  planUma,
  type UmaTerms,
} from './deployment-plan.ts'
import { EMBEDDED_CHAIN_ID } from './embedded-chain.ts'
import type { JuryTerms } from './jury.ts'
import type { SendOptions } from './send.ts'

/**
 * Deploys every contract through the CREATE2 deployer, salt 0: the same options, WETH among them, give the same addresses
 * on every chain.
 * What is there already is left alone, so an interrupted deployment is repeated, never doubled. Throws
 * {@link WethRequiredError}, NoCodeError, OracleRevertError, DeadRpcError.
 */
export async function deploy(
  chain: WritableChain,
  options: DeployOptions,
  sendOptions?: SendOptions,
): Promise<Deployments> {
  requireWethNamed(chain.chainId, options)
  const { steps, deployments } = planDeployment(options)
  if (options.weth !== undefined) await awaitCode(chain, 'WETH', options.weth)
  for (const step of steps) await carryOut(chain, step, sendOptions)
  return deployments
}

/** Throws {@link WethRequiredError} for options without WETH, unless the chain is embedded: on it one is deployed. */
export function requireWethNamed(chainId: number, { weth }: Pick<DeployOptions, 'weth'>): void {
  if (weth === undefined && chainId !== EMBEDDED_CHAIN_ID) throw new WethRequiredError(chainId)
}

/** Deploys a jury for `oracle`, unless it is there. Returns its address. Throws as {@link deploy}. */
export async function deployJury(
  chain: WritableChain,
  oracle: Address,
  terms?: JuryTerms,
  sendOptions?: SendOptions,
): Promise<Address> {
  return carryOut(chain, planJury(oracle, terms), sendOptions)
}

/** Deploys an adapter to UMA for `oracle`, unless it is there. Returns its address. Throws as {@link deploy}. */
export async function deployUma(
  chain: WritableChain,
  oracle: Address,
  terms: UmaTerms,
  sendOptions?: SendOptions,
): Promise<Address> {
  await awaitCode(chain, "UMA's optimistic oracle", terms.court)
  return carryOut(chain, planUma(oracle, terms), sendOptions)
}

/** A chain that is not embedded has its own WETH, which must be named. */
export class WethRequiredError extends Error {
  override readonly name = 'DeployOracle.WethRequiredError'
  readonly chainId: number
  readonly hint = 'Name it as weth: in the options, or in the file of terms.'
  constructor(chainId: number) {
    super(`Expected the address of WETH on chain ${chainId}, got none.`)
    this.chainId = chainId
  }
}
