import { type Address, encodeFunctionData, type Hex, hexToBigInt, size, zeroAddress } from 'viem'
import { councilArbitratorAbi } from '#protocol/abi/council-arbitrator.ts'
import { splitVaultAbi } from '#protocol/abi/split-vault.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { type BlockHead, type Chain, DeadRpcError } from './chain.ts'
import { explained, OracleRevertError, SilentRevertError } from './errors.ts'
import { type At, atOneBlock, blockOf, isRefusal, requireStillThere } from './one-block.ts'

/** What a fixing is safe for, beside what depends on it, bond-token wei. Undefined: the endpoint could not say. */
export type Security = {
  /** The cheaper cost of corruption of arbitrator and backup; 0 if one of them does not say. */
  readonly securedUpTo: bigint | undefined
  /** Of the fixing's own source; 0 without one. */
  readonly openInterest: bigint | undefined
}

/** What a view may spend, R-530, and what the call itself takes: 21 000, its calldata. */
const GAS = 200_000n + 35_000n
const WORD = 32

/**
 * Asks `fixing`'s arbitrators and its source of open interest, as SecurityLens and the oracle do, at the block `at`, by default
 * the latest: each by a request of its own, with its own bound of gas, that names the one block's hash. Throws ReorganisedError,
 * DeadRpcError.
 */
export async function readSecurity(chain: Chain, oracle: Address, fixing: Fixing, at?: At): Promise<Security> {
  return atOneBlock(chain, at, async (block, isLast) => {
    const security = await readSecurityIn(chain, oracle, fixing, block, isLast)
    const isKnown = security.securedUpTo !== undefined && security.openInterest !== undefined
    // An endpoint that could not say may have had another block in its place.
    if (!isKnown) await requireStillThere(chain, block)
    return security
  })
}

/** Whether more depends on the fixing than it is safe for; false as long as that is not known. */
export function isAboveSecured({ securedUpTo, openInterest }: Security): boolean {
  return securedUpTo !== undefined && openInterest !== undefined && openInterest > securedUpTo
}

async function readSecurityIn(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  block: BlockHead,
  isLast: boolean,
): Promise<Security> {
  const data = encodeFunctionData({ abi: councilArbitratorAbi, functionName: 'costOfCorruption', args: [fixing] })
  const word = (to: Address, view: Hex): Promise<bigint | undefined> => readWord(chain, to, view, block, isLast)
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  const interest = encodeFunctionData({ abi: splitVaultAbi, functionName: 'openInterest', args: [id] })
  const [first, second, openInterest] = await Promise.all([
    word(fixing.arbitrator, data),
    word(fixing.backup, data),
    fixing.openInterest === zeroAddress ? 0n : word(fixing.openInterest, interest),
  ])
  return { securedUpTo: cheaper(first, second), openInterest }
}

function cheaper(first: bigint | undefined, second: bigint | undefined): bigint | undefined {
  if (first === 0n || second === 0n) return 0n
  if (first === undefined || second === undefined) return undefined
  return first < second ? first : second
}

/** One word of an answer; 0 for a contract that reverts, is not there or says less. What is refused is undefined the last time. */
async function readWord(
  chain: Chain,
  to: Address,
  data: Hex,
  block: BlockHead,
  isLast: boolean,
): Promise<bigint | undefined> {
  try {
    const call = { to, data, gas: GAS, ...blockOf(block) }
    const answer = await explained(chain.rpcUrl, 'the view', () => chain.publicClient.call(call))
    if (answer.data === undefined || size(answer.data) < WORD) return 0n
    return hexToBigInt(`0x${answer.data.slice(2, 2 + 2 * WORD)}`)
  } catch (error) {
    if (error instanceof DeadRpcError || (!isLast && isRefusal(error))) throw error
    return error instanceof OracleRevertError || error instanceof SilentRevertError ? 0n : undefined
  }
}
