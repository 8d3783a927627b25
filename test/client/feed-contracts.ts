import fluxAggregator from '@chainlink/contracts/abi/v0.6/FluxAggregator.json' with { type: 'json' }
import aggregatorProxy from '@chainlink/contracts/abi/v0.6/AggregatorProxy.json' with { type: 'json' }
import { type Abi, type Address, getAddress, type Hex, parseAbi } from 'viem'
import type { WritableChain } from '#client/chain.ts'
import type { EmbeddedChain } from '#client/embedded-chain.ts'
import { mined } from './mined.ts'

const NOBODY = '0x00000000000000000000000000000000000000ff'

const AGGREGATOR_ABI = parseAbi([
  'constructor(address link, uint128 payment, uint32 timeout, address validator, int256 min, int256 max, uint8 decimals, string description)',
  'function changeOracles(address[] removed, address[] added, address[] admins, uint32 min, uint32 max, uint32 delay)',
  'function submit(uint256 round, int256 submission)',
])
const PROXY_ABI = parseAbi([
  'constructor(address aggregator)',
  'function proposeAggregator(address aggregator)',
  'function confirmAggregator(address aggregator)',
])

/** What Chainlink compiled and published. */
function bytecodeOf(artifact: typeof fluxAggregator | typeof aggregatorProxy): Hex {
  return artifact.compilerOutput.evm.bytecode.object as Hex
}

/** Deploys a contract as `chain`'s account. */
export async function put(chain: WritableChain, abi: Abi, bytecode: Hex, args: readonly unknown[]): Promise<Address> {
  const hash = await chain.walletClient.deployContract({ abi, bytecode, args })
  const { contractAddress } = await mined(chain, hash)
  if (contractAddress === null || contractAddress === undefined) throw new Error('Expected a contract, got none.')
  return getAddress(contractAddress)
}

/** Writes to a contract as `chain`'s account. */
export async function write(
  chain: WritableChain,
  address: Address,
  abi: Abi,
  functionName: string,
  args: readonly unknown[],
): Promise<void> {
  const hash = await chain.walletClient.writeContract({ address, abi, functionName, args })
  const { status } = await mined(chain, hash)
  if (status !== 'success') throw new Error(`Expected ${functionName} to succeed, got a revert.`)
}

/** Chainlink's own FluxAggregator behind its own proxy, whose oracles are the test's accounts. */
export type Feed = {
  readonly proxy: Address
  /** Each answers the next round, at `time`; with one missing of `needed`, the round stays open. */
  answer(time: bigint, answer: bigint, oracles?: readonly WritableChain[]): Promise<void>
  /** The proxy gets another aggregator, a new phase, whose rounds begin at one. */
  startPhase(): Promise<void>
  /** Another aggregator that has rounds already when the proxy gets it. */
  prepare(): Promise<{
    answer(time: bigint, answer: bigint): Promise<void>
    adopt(): Promise<void>
  }>
  /** From the next round on, so many answers make one. */
  need(answers: number): Promise<void>
}

/** How long a round waits for answers before the next may begin, seconds. */
export const ROUND_TIMEOUT = 30

/** Puts a feed of `decimals` on the chain: `ada` owns it, both answer. */
export async function openFeed(
  embedded: EmbeddedChain,
  [ada, bede]: readonly [WritableChain, WritableChain],
  decimals: number,
): Promise<Feed> {
  const deploy = async (): Promise<Address> => {
    const limits = [NOBODY, 0n, ROUND_TIMEOUT, '0x0000000000000000000000000000000000000000', -(10n ** 30n), 10n ** 30n]
    const address = await put(ada, AGGREGATOR_ABI, bytecodeOf(fluxAggregator), [...limits, decimals, 'ETH / USD'])
    const oracles = [ada.account.address, bede.account.address]
    await write(ada, address, AGGREGATOR_ABI, 'changeOracles', [[], oracles, oracles, 1, 1, 0])
    return address
  }
  const submit = async (to: Address, time: bigint, values: readonly bigint[], by = ada): Promise<void> => {
    await embedded.setNextBlockTime(time)
    await write(by, to, AGGREGATOR_ABI, 'submit', values)
  }
  let aggregator = await deploy()
  let round = 0n
  const proxy = await put(ada, PROXY_ABI, bytecodeOf(aggregatorProxy), [aggregator])
  const adopt = async (next: Address): Promise<void> => {
    await write(ada, proxy, PROXY_ABI, 'proposeAggregator', [next])
    await write(ada, proxy, PROXY_ABI, 'confirmAggregator', [next])
  }
  return {
    proxy,
    async answer(time, answer, oracles = [ada]) {
      round += 1n
      for (const [i, oracle] of oracles.entries()) {
        await submit(aggregator, time + BigInt(i), [round, answer], oracle)
      }
    },
    async startPhase() {
      aggregator = await deploy()
      round = 0n
      await adopt(aggregator)
    },
    async prepare() {
      const next = await deploy()
      let first = 0n
      return {
        answer: (time, answer) => submit(next, time, [(first += 1n), answer]),
        adopt: () => adopt(next),
      }
    },
    need: (answers) => write(ada, aggregator, AGGREGATOR_ABI, 'changeOracles', [[], [], [], answers, answers, 0]),
  }
}
