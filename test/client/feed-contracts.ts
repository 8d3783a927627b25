import fluxAggregator from '@chainlink/contracts/abi/v0.6/FluxAggregator.json' with { type: 'json' }
import aggregatorProxy from '@chainlink/contracts/abi/v0.6/AggregatorProxy.json' with { type: 'json' }
import { type Abi, type Address, getAddress, type Hex, parseAbi } from 'viem'
import type { WritableChain } from '#client/chain.ts'
import type { EmbeddedChain } from '#client/embedded-chain.ts'

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
  const { contractAddress } = await chain.publicClient.waitForTransactionReceipt({ hash })
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
  const { status } = await chain.publicClient.waitForTransactionReceipt({ hash })
  if (status !== 'success') throw new Error(`Expected ${functionName} to succeed, got a revert.`)
}

/** Chainlink's own FluxAggregator behind its own proxy, whose oracles are the test's accounts. */
export type Feed = {
  readonly proxy: Address
  /** Each answers the next round, at `time`; with one missing of `needed`, the round stays open. */
  answer(time: bigint, answer: bigint, oracles?: readonly WritableChain[]): Promise<void>
  /** The proxy gets another aggregator, a new phase, whose rounds begin at one. */
  startPhase(): Promise<void>
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
  let aggregator = await deploy()
  let round = 0n
  const proxy = await put(ada, PROXY_ABI, bytecodeOf(aggregatorProxy), [aggregator])
  return {
    proxy,
    async answer(time, answer, oracles = [ada]) {
      round += 1n
      for (const [i, oracle] of oracles.entries()) {
        await embedded.setNextBlockTime(time + BigInt(i))
        await write(oracle, aggregator, AGGREGATOR_ABI, 'submit', [round, answer])
      }
    },
    async startPhase() {
      aggregator = await deploy()
      round = 0n
      await write(ada, proxy, PROXY_ABI, 'proposeAggregator', [aggregator])
      await write(ada, proxy, PROXY_ABI, 'confirmAggregator', [aggregator])
    },
    need: (answers) => write(ada, aggregator, AGGREGATOR_ABI, 'changeOracles', [[], [], [], answers, answers, 0]),
  }
}
