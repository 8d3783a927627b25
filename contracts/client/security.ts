import { type Address, encodeFunctionData, type Hex, hexToBigInt, size, zeroAddress } from 'viem'
import { councilArbitratorAbi } from '#protocol/abi/council-arbitrator.ts'
import { splitVaultAbi } from '#protocol/abi/split-vault.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { type BlockHead, type Chain, DeadRpcError } from './chain.ts'
import { explained, OracleRevertError, SilentRevertError } from './errors.ts'
import { type At, atOneBlock, blockOf, isRefusal, requireStillThere } from './one-block.ts'

/** What a fixing is safe for, beside what depends on it, bond-token wei. Undefined: the endpoint answered that it could not say. */
export type Security = {
  /** The cheaper cost of corruption of arbitrator and backup; 0 if one of them does not say or is `foreign`. */
  readonly securedUpTo: bigint | undefined
  /** Which of the two say that they are of another oracle: they can never rule on the fixing. */
  readonly foreign: readonly Address[]
  /**
   * Of the fixing's own source; 0 without one. 'unreadable' where the source gives no number: the oracle then lets nobody propose a
   * value, and whatever depends on the fixing is not counted.
   */
  readonly openInterest: bigint | 'unreadable' | undefined
}

/** What a view may spend, R-530, and what the call itself takes: 21 000, its calldata. */
const GAS = 200_000n + 35_000n
const WORD = 32

/** What a view answered: a word, nothing that is one, or undefined where the endpoint could not say. */
type Word = bigint | 'none' | undefined

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

/**
 * Whether more depends on the fixing than it is safe for; true also as long as that is not known, or cannot be read, so that whoever guards
 * deposits by it takes none then.
 */
export function isAboveSecured({ securedUpTo, openInterest }: Security): boolean {
  return securedUpTo === undefined || typeof openInterest !== 'bigint' || openInterest > securedUpTo
}

async function readSecurityIn(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  block: BlockHead,
  isLast: boolean,
): Promise<Security> {
  const abi = councilArbitratorAbi
  const cost = encodeFunctionData({ abi, functionName: 'costOfCorruption', args: [fixing] })
  const home = encodeFunctionData({ abi, functionName: 'ORACLE' })
  const word = (to: Address, view: Hex): Promise<Word> => readWord(chain, to, view, block, isLast)
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  const interest = encodeFunctionData({ abi: splitVaultAbi, functionName: 'openInterest', args: [id] })
  const [first, second, ofFirst, ofSecond, openInterest] = await Promise.all([
    word(fixing.arbitrator, cost),
    word(fixing.backup, cost),
    word(fixing.arbitrator, home),
    word(fixing.backup, home),
    fixing.openInterest === zeroAddress ? 0n : word(fixing.openInterest, interest),
  ])
  const own = hexToBigInt(oracle)
  const foreign = [
    ...(isOther(ofFirst, own) ? [fixing.arbitrator] : []),
    ...(isOther(ofSecond, own) && fixing.backup !== fixing.arbitrator ? [fixing.backup] : []),
  ]
  const isKnown = ofFirst !== undefined && ofSecond !== undefined
  const secured = cheaper(numberOf(first), numberOf(second))
  return {
    securedUpTo: foreign.length > 0 ? 0n : isKnown || secured === 0n ? secured : undefined,
    foreign,
    openInterest: openInterest === 'none' ? 'unreadable' : openInterest,
  }
}

/** Whoever says nothing of an oracle may rule anywhere. */
function isOther(word: Word, own: bigint): boolean {
  return typeof word === 'bigint' && word !== own
}

function numberOf(word: Word): bigint | undefined {
  return word === 'none' ? 0n : word
}

function cheaper(first: bigint | undefined, second: bigint | undefined): bigint | undefined {
  if (first === 0n || second === 0n) return 0n
  if (first === undefined || second === undefined) return undefined
  return first < second ? first : second
}

/** One word of an answer; 'none' of a contract that reverts, is not there or says less. What is refused is undefined the last time. */
async function readWord(chain: Chain, to: Address, data: Hex, block: BlockHead, isLast: boolean): Promise<Word> {
  try {
    const call = { to, data, gas: GAS, ...blockOf(block) }
    const answer = await explained(chain.rpcUrl, 'the view', () => chain.publicClient.call(call))
    if (answer.data === undefined || size(answer.data) < WORD) return 'none'
    return hexToBigInt(`0x${answer.data.slice(2, 2 + 2 * WORD)}`)
  } catch (error) {
    if (error instanceof DeadRpcError || (!isLast && isRefusal(error))) throw error
    return error instanceof OracleRevertError || error instanceof SilentRevertError ? 'none' : undefined
  }
}
