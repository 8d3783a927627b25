import { type Address, concat, encodeFunctionData, type Hex, numberToHex, parseAbi, size, slice } from 'viem'
import type { Chain } from './chain.ts'
import { ifSimulated } from './if-simulated.ts'
import { type At, blockOf } from './one-block.ts'
import { wethAbi } from './weth.ts'

/** What a token does not do as WETH does. */
export type WethFault = 'deposit' | 'approve' | 'transferFrom' | 'withdraw'

const pullAbi = parseAbi(['function transferFrom(address from, address to, uint256 amount) returns (bool)'])

/** Whoever pays for the trial: an address of nobody, given ether for this call alone. */
const PAYER: Address = '0x00000000000000000000000000000000000a551e'
/** To whom wei are moved in it. */
const OTHER: Address = '0x00000000000000000000000000000000000a551f'
/** Stands in a call's data for the address that the trial runs at, which it does not know beforehand. */
const SELF: Address = '0x5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f'
const WORD = 32
/** Where the words begin that come back, in memory: behind the data of any call. */
const OUT = 0x100

type Step = { readonly data: Hex; readonly value?: number }

const balanceOf = (holder: Address): Step => ({
  data: encodeFunctionData({ abi: wethAbi, functionName: 'balanceOf', args: [holder] }),
})
/**
 * Wraps 3 wei, moves 2 by an allowance, and unwraps the third. Of what they give only the allowance is looked at, and by how much
 * balances change: anyone can send something to either address.
 */
const STEPS: readonly Step[] = [
  balanceOf(SELF),
  balanceOf(OTHER),
  { data: encodeFunctionData({ abi: wethAbi, functionName: 'deposit' }), value: 3 },
  balanceOf(SELF),
  { data: encodeFunctionData({ abi: wethAbi, functionName: 'approve', args: [SELF, 2n] }) },
  { data: encodeFunctionData({ abi: wethAbi, functionName: 'allowance', args: [SELF, SELF] }) },
  { data: encodeFunctionData({ abi: pullAbi, functionName: 'transferFrom', args: [SELF, OTHER, 2n] }) },
  balanceOf(OTHER),
  balanceOf(SELF),
  { data: encodeFunctionData({ abi: wethAbi, functionName: 'withdraw', args: [1n] }) },
  balanceOf(SELF),
]

/**
 * What `weth` does not do as WETH does: tried out by one simulated call at the block `at`, by default the latest, with ether that is
 * there for this call alone (`eth_call` with a state override). Undefined: the endpoint simulates no such call. Throws DeadRpcError.
 */
export async function readWethFaults(chain: Chain, weth: Address, at?: At): Promise<WethFault[] | undefined> {
  const answer = await ifSimulated(chain, () =>
    chain.publicClient.call({
      account: PAYER,
      data: trialOf(weth),
      value: 3n,
      stateOverride: [{ address: PAYER, balance: 10n ** 18n }],
      ...blockOf(at),
    }),
  )
  const data = answer?.data
  return data === undefined || size(data) !== (STEPS.length + 2) * WORD ? undefined : faultsIn(data)
}

function faultsIn(data: Hex): WethFault[] {
  const word = (i: number): bigint => BigInt(slice(data, i * WORD, (i + 1) * WORD))
  const [selfBefore, otherBefore, wrapped, allowance] = [word(0), word(1), word(3), word(5)]
  const [otherAfter, kept, left] = [word(7), word(8), word(10)]
  const [etherBefore, etherAfter] = [word(STEPS.length), word(STEPS.length + 1)]
  const faults: WethFault[] = []
  if (wrapped - selfBefore !== 3n) faults.push('deposit')
  if (allowance !== 2n) faults.push('approve')
  if (otherAfter - otherBefore !== 2n) faults.push('transferFrom')
  if (kept - left !== 1n || etherBefore - etherAfter !== 2n) faults.push('withdraw')
  return faults
}

/** Init code that takes the steps and returns the word that each gave, and the ether before and after them. */
function trialOf(weth: Address): Hex {
  const end = OUT + STEPS.length * WORD
  const steps = STEPS.map((step, i) => codeOf(step, weth, OUT + i * WORD))
  // RETURN of all words
  const finish = concat([push2(end + 2 * WORD - OUT), push2(OUT), '0xf3'])
  return concat([keepEther(end), ...steps, keepEther(end + WORD), finish])
}

/** SELFBALANCE, MSTORE at `out`. */
function keepEther(out: number): Hex {
  return concat(['0x47', push2(out), '0x52'])
}

/** The code of one step, whose word goes to the memory at `out`. */
function codeOf({ data, value = 0 }: Step, weth: Address, out: number): Hex {
  // PUSH4 selector, SHL by 224 bits, MSTORE at 0.
  const selector = concat(['0x63', slice(data, 0, 4), '0x60e01b5f52'])
  const words = Array.from({ length: (size(data) - 4) / WORD }, (_, i) => {
    const [from, to] = [4 + i * WORD, 4 + (i + 1) * WORD]
    const word = slice(data, from, to)
    // ADDRESS, or PUSH32 of the word; MSTORE
    return concat([BigInt(word) === BigInt(SELF) ? '0x30' : concat(['0x7f', word]), push2(from), '0x52'])
  })
  const amounts = concat(['0x6020', push2(out), push2(size(data)), '0x5f', push2(value)])
  // PUSH20 weth, GAS, CALL, POP
  return concat([selector, ...words, amounts, '0x73', weth, '0x5af150'])
}

function push2(number: number): Hex {
  return concat(['0x61', numberToHex(number, { size: 2 })])
}
