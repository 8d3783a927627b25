import { type Abi, type Address, type Hex, encodeDeployData, encodeFunctionData } from 'viem'
import { startEmbeddedChain } from '#client/embedded-chain.ts'
import { Dictionary } from './abi.ts'
import type { Artifact, Artifacts } from './artifacts.ts'
import type { World } from './game.ts'
import { transact, request } from './rpc.ts'

/** The time of the first block of every arena, seconds; games begin a little later. */
const GENESIS_TIME = 1_800_000_000n
export const START_TIME = GENESIS_TIME + 1_000n
const SINK: Address = '0x000000000000000000000000000000000000dead'
const CODELESS: Address = '0x00000000000000000000000000000000000c0de5'
const PARTIES = 6
const MEANS = 1n << 110n
/** What the last party has: enough for the smallest stakes only, wei. */
const PITTANCE = 10n ** 9n

/** A chain on which games are replayed: the contracts that all games share, deployed at addresses that never differ. */
export type Arena = {
  readonly url: string
  readonly world: World
  readonly artifacts: Artifacts
  readonly dictionary: Dictionary
  stop(): Promise<void>
}

export async function openArena(artifacts: Artifacts): Promise<Arena> {
  const chain = await startEmbeddedChain({ startTime: GENESIS_TIME })
  try {
    const world = await populate(chain.rpcUrl, artifacts)
    const dictionary = new Dictionary([artifacts.oracle.abi, artifacts.token.abi, artifacts.actor.abi])
    return { url: chain.rpcUrl, world, artifacts, dictionary, stop: () => chain.stop() }
  } catch (error) {
    await chain.stop()
    throw error
  }
}

/** What sets up a chain: calls and deployments that must succeed, by one account in order. */
export type Deployer = {
  readonly send: (data: Hex, to?: Address) => Promise<Address>
  readonly deploy: (artifact: Artifact, args?: readonly unknown[]) => Promise<Address>
}

/** The deployer of a chain. Its methods throw {@link ArenaError}. */
export async function deployerOn(url: string): Promise<Deployer> {
  const [deployer] = (await request(url, 'eth_accounts', [])) as Address[]
  const send = async (data: Hex, to?: Address): Promise<Address> => {
    const receipt = await transact(url, { from: deployer, to, data, gas: '0x1c9c380' })
    if (receipt.status !== '0x1') throw new ArenaError(to)
    return receipt.contractAddress
  }
  const deploy = ({ abi, bytecode }: Artifact, args: readonly unknown[] = []): Promise<Address> =>
    send(encodeDeployData({ abi, bytecode, args }))
  return { send, deploy }
}

async function populate(url: string, artifacts: Artifacts): Promise<World> {
  const { send, deploy } = await deployerOn(url)
  const token = await deploy(artifacts.token)
  const oracle = await deploy(artifacts.oracle, [token, SINK])
  const lens = await deploy(artifacts.lens, [oracle, token])
  const interests = [await deploy(artifacts.interest, [oracle]), await deploy(artifacts.interest, [oracle]), CODELESS]
  const actors = [await deploy(artifacts.actor), await deploy(artifacts.actor)]
  const parties = Array.from({ length: PARTIES }, (_, index): Address => `0x${String(index + 1).repeat(40)}`)
  const funds = new Map([...parties, ...actors].map((party) => [party, MEANS]))
  funds.set(parties.at(-1) ?? SINK, PITTANCE)
  for (const [party, amount] of funds) {
    await send(encode(artifacts.token.abi, 'mint', [party, amount]), token)
    await send(encode(artifacts.token.abi, 'grant', [party, oracle]), token)
  }
  const chainId = BigInt((await request(url, 'eth_chainId', [])) as Hex)
  return { chainId, oracle, sink: SINK, token, lens, interests, actors, parties, funds }
}

/** Calldata for one of the model's own contracts. */
export function encode(abi: Abi, functionName: string, args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi, functionName, args })
}

/** A contract that every game needs could not be set up. */
export class ArenaError extends Error {
  override readonly name = 'Replay.ArenaError'
  constructor(to: Address | undefined) {
    super(`Expected the arena to be set up, got a failed ${to === undefined ? 'deployment' : `call of ${to}`}.`)
  }
}
