import { type Address, type CallParameters, concatHex, type Hash, keccak256, zeroHash } from 'viem'
import { type Chain, latestBlock, type WritableChain } from './chain.ts'
import { awaitCode, hasCode, requireCode } from './code-at.ts'
import { planVault, type VaultTerms } from './consumer-plan.ts'
import { CREATE2_DEPLOYER, type DeploymentStep } from './deployment-step.ts'
import { explained } from './errors.ts'
import { ifSimulated } from './if-simulated.ts'
import { type Call, send, type SendOptions } from './send.ts'
import { requireNoneWaiting } from './waiting.ts'

/** Deploys a vault of `oracle`, unless it is there. Returns its address. Throws as {@link carryOut}. */
export async function deployVault(
  chain: WritableChain,
  oracle: Address,
  terms: VaultTerms,
  sendOptions?: SendOptions,
): Promise<Address> {
  await awaitCode(chain, 'the oracle', oracle)
  await awaitCode(chain, 'the collateral', terms.collateral)
  return carryOut(chain, planVault(oracle, terms), sendOptions)
}

/**
 * Deploys one contract through the CREATE2 deployer, unless it is there. Returns its address. Throws NoCodeError,
 * WaitingTransactionError while a transaction of the account waits, which may be this one's; OracleRevertError and
 * SilentRevertError as its constructor reverts, and what `send` throws.
 */
export async function carryOut(
  chain: WritableChain,
  step: DeploymentStep,
  sendOptions?: SendOptions,
): Promise<Address> {
  if (await hasCode(chain, step.address)) return step.address
  await requireNoneWaiting(chain, chain.account.address)
  // What waited until now may have been this one's.
  if (await hasCode(chain, step.address)) return step.address
  await requireCode(chain, 'the CREATE2 deployer', CREATE2_DEPLOYER)
  await tryConstructor(chain, step, chain.account)
  await send(chain, deployCall(step), sendOptions)
  await awaitCode(chain, step.name, step.address)
  return step.address
}

/**
 * Simulates its constructor alone, since the deployer keeps to itself why one reverts. Throws OracleRevertError and SilentRevertError as
 * the constructor reverts, DeadRpcError.
 */
export async function tryConstructor(
  chain: Chain,
  step: DeploymentStep,
  account: NonNullable<CallParameters['account']>,
): Promise<void> {
  const { name } = deployCall(step)
  await explained(chain.rpcUrl, name, () => chain.publicClient.call({ account, data: step.initCode }))
}

/** The transaction that deploys it. */
export function deployCall({ name, initCode }: DeploymentStep): Call {
  return { name: `deploy ${name}`, to: CREATE2_DEPLOYER, data: concatHex([zeroHash, initCode]) }
}

/**
 * keccak256 of the code that this build's `step` leaves at its address, immutables and all: its init code is run there, by a simulated
 * call with a state override; for a constructor that keeps the time in its code, as a registry's does, as at `time` (Unix seconds).
 * Undefined: the endpoint simulates no such call, or not at another time. Throws DeadRpcError.
 */
export async function readBuiltCodeHash(chain: Chain, step: DeploymentStep, time?: bigint): Promise<Hash | undefined> {
  return ifSimulated(chain, async () => {
    if (time === undefined) return buildCode(chain, step, {})
    const { number } = await latestBlock(chain)
    const [built, later] = await Promise.all(
      [time, time + 1n].map((at) => buildCode(chain, step, { blockNumber: number, blockOverrides: { time: at } })),
    )
    // The same at two times: the endpoint took its block's time instead, and said nothing.
    return built === later ? undefined : built
  })
}

async function buildCode(
  chain: Chain,
  { address, initCode }: DeploymentStep,
  where: Pick<CallParameters, 'blockOverrides'> & { readonly blockNumber?: bigint },
): Promise<Hash | undefined> {
  const stateOverride = [{ address, code: initCode }]
  const { data } = await chain.publicClient.call({ account: CREATE2_DEPLOYER, to: address, stateOverride, ...where })
  return data === undefined ? undefined : keccak256(data)
}
