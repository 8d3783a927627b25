import { type Address, concatHex, type Hash, keccak256, zeroHash } from 'viem'
import type { Chain, WritableChain } from './chain.ts'
import {
  CREATE2_DEPLOYER,
  type DeployOptions,
  type Deployments,
  type DeploymentStep,
  planDeployment,
  planJury,
  planUma,
  planVault,
  type UmaTerms,
  type VaultTerms,
} from './deployment-plan.ts'
import { EMBEDDED_CHAIN_ID } from './embedded-chain.ts'
import { explained } from './errors.ts'
import type { JuryTerms } from './jury.ts'
import { type Call, send, type SendOptions } from './send.ts'

/**
 * Deploys every contract through the CREATE2 deployer, salt 0: the same addresses on every chain for the same options.
 * What is there already is left alone, so an interrupted deployment is repeated, never doubled. Throws
 * {@link WethRequiredError}, {@link NoCodeError}, OracleRevertError, DeadRpcError.
 */
export async function deploy(
  chain: WritableChain,
  options: DeployOptions,
  sendOptions?: SendOptions,
): Promise<Deployments> {
  if (options.weth === undefined && chain.chainId !== EMBEDDED_CHAIN_ID) throw new WethRequiredError(chain.chainId)
  const { steps, deployments } = planDeployment(options)
  await requireCode(chain, 'the CREATE2 deployer', CREATE2_DEPLOYER)
  if (options.weth !== undefined) await requireCode(chain, 'WETH', options.weth)
  for (const step of steps) await carryOut(chain, step, sendOptions)
  return deployments
}

/** Deploys a jury for `oracle`, unless it is there. Returns its address. Throws as {@link deploy}. */
export async function deployJury(
  chain: WritableChain,
  oracle: Address,
  terms: JuryTerms,
  sendOptions?: SendOptions,
): Promise<Address> {
  await requireCode(chain, 'the CREATE2 deployer', CREATE2_DEPLOYER)
  const step = planJury(oracle, terms)
  await carryOut(chain, step, sendOptions)
  return step.address
}

/** Deploys an adapter to UMA for `oracle`, unless it is there. Returns its address. Throws as {@link deploy}. */
export async function deployUma(
  chain: WritableChain,
  oracle: Address,
  terms: UmaTerms,
  sendOptions?: SendOptions,
): Promise<Address> {
  await requireCode(chain, 'the CREATE2 deployer', CREATE2_DEPLOYER)
  await requireCode(chain, "UMA's optimistic oracle", terms.court)
  const step = planUma(oracle, terms)
  await carryOut(chain, step, sendOptions)
  return step.address
}

/** Deploys a vault of `oracle`, unless it is there. Returns its address. Throws as {@link deploy}. */
export async function deployVault(
  chain: WritableChain,
  oracle: Address,
  terms: VaultTerms,
  sendOptions?: SendOptions,
): Promise<Address> {
  await requireCode(chain, 'the CREATE2 deployer', CREATE2_DEPLOYER)
  await requireCode(chain, 'the collateral', terms.collateral)
  const step = planVault(oracle, terms)
  await carryOut(chain, step, sendOptions)
  return step.address
}

/** Deploys one contract, unless it is there. Throws as {@link deploy}. */
export async function carryOut(chain: WritableChain, step: DeploymentStep, sendOptions?: SendOptions): Promise<void> {
  if (await hasCode(chain, step.address)) return
  await send(chain, deployCall(step), sendOptions)
  await requireCode(chain, step.name, step.address)
}

/** The transaction that deploys it. */
export function deployCall({ name, initCode }: DeploymentStep): Call {
  return { name: `deploy ${name}`, to: CREATE2_DEPLOYER, data: concatHex([zeroHash, initCode]) }
}

/** A chain that is not embedded has its own WETH, which must be named. */
export class WethRequiredError extends Error {
  override readonly name = 'Deploy.WethRequiredError'
  readonly chainId: number
  readonly hint = "Name the chain's WETH with --weth ADDRESS."
  constructor(chainId: number) {
    super(`Expected the address of WETH on chain ${chainId}, got none.`)
    this.chainId = chainId
  }
}

/** An address that must hold a contract holds none. */
export class NoCodeError extends Error {
  override readonly name = 'Deploy.NoCodeError'
  readonly address: Address
  readonly hint = 'Check the address, and that the RPC endpoint is of the right chain.'
  constructor(what: string, address: Address) {
    super(`Expected ${what} at ${address}, got an address without code.`)
    this.address = address
  }
}

/** Throws {@link NoCodeError} unless a contract is at `address`; `what` names it in the message. */
export async function requireCode(chain: Chain, what: string, address: Address): Promise<void> {
  if (!(await hasCode(chain, address))) throw new NoCodeError(what, address)
}

/** Whether a contract is at `address`. Throws DeadRpcError. */
export async function hasCode(chain: Chain, address: Address): Promise<boolean> {
  return (await readCodeHash(chain, address)) !== undefined
}

/** keccak256 of the code at `address`; undefined if there is none. Throws DeadRpcError. */
export async function readCodeHash(chain: Chain, address: Address): Promise<Hash | undefined> {
  const code = await explained(chain.rpcUrl, 'eth_getCode', () => chain.publicClient.getCode({ address }))
  return code === undefined || code === '0x' ? undefined : keccak256(code)
}
