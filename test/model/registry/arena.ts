import type { Address, Hex } from 'viem'
import { Dictionary } from '../abi.ts'
import { accountOf } from '../accounts.ts'
import { type Arena, encode, deployerOn, openArena } from '../arena.ts'
import type { RegistryArtifacts } from '../artifacts.ts'
import { request } from '../rpc.ts'
import type { RegistryWorld } from './history.ts'
import type { Deployed } from './membership.ts'

const DAY = 86_400n
const OWNERS = 3
const SIGNERS = 9
const MEANS = 1n << 110n
/** Where parties' hostile half of a court sits: histories use all four as arbitrators. */
const OWN_ARBITRATOR = 2
const OWN_BACKUP = 3

/** Registries that differ in every parameter, at the bounds where that is cheap to wait for. */
const SETTINGS = [
  { minStake: 10n, epochDuration: DAY, unbondingDelay: 337n * DAY, minBandPpm: 10_000n },
  { minStake: 10n ** 18n, epochDuration: 7n * DAY, unbondingDelay: 400n * DAY, minBandPpm: 1_000n },
] as const

/** Errors that no contract's ABI has: Solidity's own, and one of solady's raised in assembly. */
const OTHER_ERRORS = [
  { type: 'error', name: 'Panic', inputs: [{ name: 'code', type: 'uint256' }] },
  { type: 'error', name: 'PairingFailed', inputs: [] },
] as const

/** A chain on which histories are replayed, like the arena of the dispute, with registries. */
export type RegistryArena = Omit<Arena, 'artifacts' | 'world'> & {
  readonly world: RegistryWorld
  readonly artifacts: RegistryArtifacts
}

export async function openRegistryArena(artifacts: RegistryArtifacts): Promise<RegistryArena> {
  const arena = await openArena(artifacts)
  try {
    const { oracle, token, registry, actor } = artifacts
    const dictionary = new Dictionary([oracle.abi, token.abi, registry.abi, actor.abi, OTHER_ERRORS])
    return { ...arena, artifacts, dictionary, world: await populate(arena, artifacts) }
  } catch (error) {
    await arena.stop()
    throw error
  }
}

async function populate({ url, world }: Arena, artifacts: RegistryArtifacts): Promise<RegistryWorld> {
  const { send, deploy } = await deployerOn(url)
  const accounts = Array.from({ length: OWNERS + SIGNERS }, (_, number) => accountOf(number))
  const owners = accounts.slice(0, OWNERS).map(({ address }) => address)
  const contractOwner = await deploy(artifacts.owner)
  const mirror = await deploy(artifacts.mirror)
  const registries: Deployed[] = []
  for (const setting of SETTINGS) registries.push(await deployRegistry({ url, world }, artifacts, setting))
  const funds = new Map(world.funds)
  for (const [place, { address }] of [...accounts, { address: contractOwner }].entries()) {
    const isSigner = place >= OWNERS && place < accounts.length
    funds.set(address, isSigner ? 0n : MEANS)
    await send(encode(artifacts.token.abi, 'mint', [address, isSigner ? 0n : MEANS]), world.token)
  }
  for (const holder of funds.keys()) {
    for (const { address } of [...registries, { address: world.oracle }]) {
      await send(encode(artifacts.token.abi, 'grant', [holder, address]), world.token)
    }
  }
  return {
    ...world,
    registries,
    mirror,
    contractOwner,
    owners,
    signers: accounts.slice(OWNERS).map(({ address }) => address),
    accounts: new Map(accounts.map((account) => [account.address, account])),
    funds,
    startTime: (await latestTime(url)) + 1n,
  }
}

async function deployRegistry(
  { url, world }: Pick<Arena, 'url' | 'world'>,
  artifacts: RegistryArtifacts,
  setting: (typeof SETTINGS)[number],
): Promise<Deployed> {
  const { deploy } = await deployerOn(url)
  const { minStake, epochDuration, unbondingDelay, minBandPpm } = setting
  const arbitrator = world.parties[OWN_ARBITRATOR] ?? world.sink
  const backup = world.parties[OWN_BACKUP] ?? world.sink
  const numbers = [minStake, epochDuration, unbondingDelay, minBandPpm]
  const args = [world.oracle, world.token, arbitrator, backup, world.sink, ...numbers]
  const address: Address = await deploy(artifacts.registry, args)
  return { ...setting, address, arbitrator, backup, startTime: await latestTime(url) }
}

async function latestTime(url: string): Promise<bigint> {
  const block = (await request(url, 'eth_getBlockByNumber', ['latest', false])) as { timestamp: Hex } // JSON-RPC
  return BigInt(block.timestamp)
}
