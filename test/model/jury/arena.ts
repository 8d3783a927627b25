import { type Address, encodeFunctionData, type Hex, keccak256, toHex } from 'viem'
import { encodeHeader } from '#client/block-header.ts'
import { startEmbeddedChain } from '#client/embedded-chain.ts'
import { Dictionary, type RawLog } from '../abi.ts'
import { deployerOn, encode } from '../arena.ts'
import type { JuryArtifacts } from '../artifacts.ts'
import { answersIn, lookData } from '../lens.ts'
import { request, transact } from '../rpc.ts'
import { type Fixing, fixingWords, word } from '../terms.ts'
import { JURY_RULES } from './rules.ts'
import type { Bench, Header, JuryAction, JuryTerms, Waiting } from './terms.ts'

const GENESIS_TIME = 1_800_000_000n
const SINK: Address = '0x000000000000000000000000000000000000dead'
const STRANGER: Address = '0x00000000000000000000000000000000000057a6'
const PARTIES = 7
const HOUR = 3_600n
const DAY = 24n * HOUR
const ETHER = 10n ** 18n

const TERMS: readonly JuryTerms[] = [
  {
    seats: 3,
    quorum: 2,
    leastPool: 4,
    leastSeparationPpm: 1_000n,
    warmUp: DAY,
    seatStake: ETHER / 10n + 1n,
    seatFee: ETHER / 1_000n + 7n,
    commitTime: HOUR,
    revealTime: 2n * HOUR,
  },
  {
    seats: 5,
    quorum: 4,
    leastPool: 6,
    leastSeparationPpm: 500n,
    warmUp: 2n * DAY,
    seatStake: 999_999_937n,
    seatFee: 1_000_003n,
    commitTime: 2n * HOUR,
    revealTime: HOUR,
  },
]

/** What came of a call: what it returned or reverted with, and what the jury said. */
export type Outcome = { readonly success: boolean; readonly data: Hex; readonly logs: readonly RawLog[] }

/** Where the chain is. */
export type Head = { readonly block: bigint; readonly time: bigint }

/** What views answer at the newest block, as words. */
export type Lens = () => Promise<readonly (readonly bigint[])[]>

/** A chain with juries and fixings that wait for them. */
export type JuryArena = {
  readonly benches: readonly Bench[]
  readonly artifacts: JuryArtifacts
  readonly dictionary: Dictionary
  /** Has everything be as it was when the arena was opened. */
  reset(): Promise<void>
  head(): Promise<Head>
  /** Mines so many blocks, each so many seconds after the last. */
  mine(blocks: bigint, seconds: bigint): Promise<void>
  /** Sends what a party does, in a block at `time`, which must be later than the newest. */
  act(bench: Bench, party: Address, action: JuryAction, time: bigint): Promise<Outcome>
  header(number: bigint): Promise<Header | undefined>
  /** Prepares to ask views. */
  lens(calls: readonly { readonly to: Address; readonly data: Hex }[]): Lens
  stop(): Promise<void>
}

/** Starts a chain, deploys two juries, and has fixings wait for each. */
export async function openJuryArena(artifacts: JuryArtifacts): Promise<JuryArena> {
  const chain = await startEmbeddedChain({ startTime: GENESIS_TIME })
  try {
    const benches = await populate(chain.rpcUrl, artifacts)
    return arenaOf(chain.rpcUrl, artifacts, benches, () => chain.stop())
  } catch (error) {
    await chain.stop()
    throw error
  }
}

async function arenaOf(
  url: string,
  artifacts: JuryArtifacts,
  benches: readonly Bench[],
  stop: () => Promise<void>,
): Promise<JuryArena> {
  const dictionary = new Dictionary([artifacts.jury.abi, artifacts.token.abi, artifacts.oracle.abi])
  const [account] = (await request(url, 'eth_accounts', [])) as Address[] // JSON-RPC
  let snapshot = await request(url, 'evm_snapshot', [])
  return {
    benches,
    artifacts,
    dictionary,
    async reset() {
      await request(url, 'evm_revert', [snapshot])
      snapshot = await request(url, 'evm_snapshot', [])
    },
    head: () => headOf(url),
    async mine(blocks, seconds) {
      await request(url, 'anvil_mine', [toHex(blocks), toHex(seconds)])
    },
    async act({ jury, fixings }, party, action, time) {
      const call = encodeJuryAction(artifacts, fixings, action)
      const data = encode(artifacts.juror.abi, 'act', [jury, call])
      await request(url, 'evm_setNextBlockTimestamp', [toHex(time)])
      const { logs } = await transact(url, { from: account, to: party, data, gas: '0x1c9c380' })
      return outcomeIn(logs, jury, party)
    },
    async header(number) {
      const block = (await request(url, 'eth_getBlockByNumber', [toHex(number), false])) as
        (Readonly<Record<string, unknown>> & { readonly mixHash: Hex; readonly hash: Hex }) | null // JSON-RPC
      if (block === null) return undefined
      const bytes = encodeHeader(block)
      return { bytes, prevRandao: block.mixHash, isOfSeed: keccak256(bytes) === block.hash }
    },
    lens(calls) {
      const data = lookData(artifacts.juror.abi, calls)
      const call = { to: benches[0]?.parties[0], data, gas: '0x1c9c3800' }
      return async () => answersIn((await request(url, 'eth_call', [call, 'latest'])) as Hex) // JSON-RPC
    },
    stop,
  }
}

/** The calldata of an action. */
function encodeJuryAction({ jury }: JuryArtifacts, fixings: readonly Waiting[], action: JuryAction): Hex {
  const args = ((): readonly unknown[] => {
    switch (action.name) {
      case 'stake':
      case 'readmit':
        return [action.count]
      case 'admit':
        return [action.juror]
      case 'stayOut':
      case 'withdraw':
        return []
      case 'unstake':
        return [action.places.map(BigInt)]
      case 'setVoter':
        return [action.voter]
      case 'open':
      case 'reseed':
      case 'close':
      case 'resolve':
        return [fixings[action.fixing]?.fixing]
      case 'draw':
        return [fixings[action.fixing]?.fixing, action.header.bytes]
      case 'commit':
        return [fixings[action.fixing]?.id, action.seat, action.commitment]
      case 'reveal':
        return [fixings[action.fixing]?.id, action.seat, action.value, action.salt]
    }
  })()
  return encodeFunctionData({ abi: jury.abi, functionName: action.name, args })
}

/** The party says last what came of its call. */
function outcomeIn(logs: readonly RawLog[], jury: Address, party: Address): Outcome {
  const told = logs.findLast(({ address }) => address.toLowerCase() === party)?.data ?? '0x'
  const wordAt = (i: number): string => told.slice(2 + 64 * i, 66 + 64 * i)
  const size = Number(BigInt(`0x${wordAt(2)}`))
  const data: Hex = `0x${told.slice(2 + 64 * 3, 2 + 64 * 3 + 2 * size)}`
  return {
    success: BigInt(`0x${wordAt(0)}`) === 1n,
    data,
    logs: logs.filter(({ address }) => address.toLowerCase() === jury),
  }
}

async function headOf(url: string): Promise<Head> {
  const { number, timestamp } = (await request(url, 'eth_getBlockByNumber', ['latest', false])) as {
    number: Hex
    timestamp: Hex
  } // JSON-RPC
  return { block: BigInt(number), time: BigInt(timestamp) }
}

async function populate(url: string, artifacts: JuryArtifacts): Promise<Bench[]> {
  const { send, deploy } = await deployerOn(url)
  const token = await deploy(artifacts.token)
  const oracle = await deploy(artifacts.oracle, [token, SINK])
  const [account] = (await request(url, 'eth_accounts', [])) as Address[] // JSON-RPC
  const chainId = BigInt((await request(url, 'eth_chainId', [])) as Hex)
  await send(encode(artifacts.token.abi, 'mint', [account, 1_000n * ETHER]), token)
  await send(encode(artifacts.token.abi, 'grant', [account, oracle]), token)
  const benches: Bench[] = []
  for (const [number, terms] of TERMS.entries()) {
    const jury = (await deploy(artifacts.jury, [oracle, terms])).toLowerCase() as Address // an address stays one
    const funds = new Map<Address, bigint>()
    for (let i = 0; i < PARTIES; i += 1) {
      const party = (await deploy(artifacts.juror)).toLowerCase() as Address // as above
      // The last has two stakes and a half.
      const amount = i === PARTIES - 1 ? (5n * terms.seatStake) / 2n : 1_000n * terms.seatStake
      await send(encode(artifacts.token.abi, 'mint', [party, amount]), token)
      await send(encode(artifacts.token.abi, 'grant', [party, jury]), token)
      funds.set(party, amount)
    }
    const fixings: Waiting[] = []
    for (const [i, changes] of variantsOf(jury, terms).entries()) {
      const fixing = { ...fixingOf(number, i), ...changes }
      await send(encode(artifacts.oracle.abi, 'request', [fixing]), oracle)
      const { time } = await headOf(url)
      const id = keccak256(`0x${word(chainId)}${oracle.slice(2).toLowerCase().padStart(64, '0')}${fixingWords(fixing)}`)
      fixings.push({ id, fixing, arbitratedAt: time })
    }
    funds.set(oracle, 0n)
    const parties = [...funds.keys()].slice(0, PARTIES)
    benches.push({ chainId, jury, oracle, token, sink: SINK, terms, fixings, parties, funds })
  }
  return benches
}

function fixingOf(jury: number, index: number): Fixing {
  return {
    indexId: `0x${word(BigInt(1 + 16 * jury + index))}`,
    maturity: GENESIS_TIME - DAY,
    arbitrator: STRANGER,
    backup: SINK,
    openInterest: `0x${'0'.repeat(40)}`,
    minBond: ETHER,
    arbitrationFee: ETHER / 10n,
    bondPpm: 2_500n,
    firstWindow: DAY,
    window: DAY,
    separationPpm: 1_000n,
    bandPpm: 10_000n,
    proposalGrace: HOUR,
    arbitrationLimit: 20n * DAY,
  }
}

/** What the jury takes, one for each way in which it could differ, and what it does not take. */
function variantsOf(jury: Address, terms: JuryTerms): Partial<Fixing>[] {
  const price = JURY_RULES.price(terms)
  const caseTime = JURY_RULES.caseEnd(terms, 0n)
  return [
    { arbitrator: jury, arbitrationFee: price },
    { arbitrator: jury, arbitrationFee: price + 11n, separationPpm: 1_001n, arbitrationLimit: 30n * DAY },
    { backup: jury, arbitrationLimit: 6n * DAY },
    { arbitrator: jury, arbitrationLimit: 60n * DAY, separationPpm: 3_000n },
    { arbitrator: jury, arbitrationLimit: caseTime + DAY + 1n, separationPpm: 1_003n },
    { arbitrator: jury, arbitrationLimit: caseTime + 4n * DAY },
    { arbitrator: jury, arbitrationFee: price - 1n },
    { arbitrator: jury, separationPpm: terms.leastSeparationPpm - 1n },
    { arbitrationLimit: 60n * DAY },
    { arbitrator: jury, arbitrationLimit: caseTime + DAY },
    { arbitrator: jury, arbitrationLimit: caseTime },
  ]
}
