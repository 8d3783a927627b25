import type { Address, Hex } from 'viem'
import { Dictionary } from '../abi.ts'
import { accountOf } from '../accounts.ts'
import { type Arena, type Deployer, deployerOn, openArena } from '../arena.ts'
import type { CourtArtifacts } from '../artifacts.ts'
import { request } from '../rpc.ts'
import type { ArbitratorTerms, CouncilTerms, CourtWorld } from './terms.ts'

const MEMBERS = 6
const ETHER = 10n ** 18n

/** Councils: how many members have a key, of whom the one that is a contract comes second; and k. */
const COUNCILS = [
  { keys: 4, threshold: 3n },
  { keys: 2, threshold: 2n },
  { keys: 6, threshold: 4n },
] as const

/** A chain on which histories are replayed, like the arena of the dispute, with arbitrators. */
export type CourtArena = Omit<Arena, 'artifacts' | 'world'> & {
  readonly world: CourtWorld
  readonly artifacts: CourtArtifacts
}

export async function openCourtArena(artifacts: CourtArtifacts): Promise<CourtArena> {
  const arena = await openArena(artifacts)
  try {
    const { oracle, token, council } = artifacts
    const dictionary = new Dictionary([oracle.abi, token.abi, council.abi])
    return { ...arena, artifacts, dictionary, world: await populate(arena, artifacts) }
  } catch (error) {
    await arena.stop()
    throw error
  }
}

async function populate({ url, world }: Arena, artifacts: CourtArtifacts): Promise<CourtWorld> {
  const deployer = await deployerOn(url)
  const accounts = Array.from({ length: MEMBERS }, (_, number) => accountOf(number))
  const contractMember = await deployer.deploy(artifacts.owner)
  const viewer = await deployer.deploy(artifacts.viewer)
  const arbitrators: ArbitratorTerms[] = []
  for (const { keys, threshold } of COUNCILS) {
    const members = accounts.slice(0, keys).map(({ address }) => address)
    members.splice(1, 0, contractMember)
    const declaredCost = 1_000n * ETHER + BigInt(keys)
    const terms = { kind: 'council', members, contractMember, threshold, declaredCost } as const
    arbitrators.push(await deployCouncil(deployer, artifacts, world.oracle, terms))
  }
  const funds = new Map(world.funds)
  for (const address of [...accounts.map((account) => account.address), contractMember]) funds.set(address, 0n)
  return {
    ...world,
    arbitrators,
    contractMember,
    viewer,
    accounts: new Map(accounts.map((account) => [account.address, account])),
    funds,
    startTime: (await latestTime(url)) + 1n,
  }
}

async function deployCouncil(
  { deploy }: Deployer,
  { council }: CourtArtifacts,
  oracle: Address,
  terms: Omit<CouncilTerms, 'address'>,
): Promise<CouncilTerms> {
  const signers = terms.members.map((account, index) => ({ account, name: encodeName(index) }))
  return { ...terms, address: await deploy(council, [oracle, signers, terms.threshold, terms.declaredCost]) }
}

function encodeName(index: number): Hex {
  return `0x${Buffer.from(`Member ${index}`).toString('hex').padEnd(64, '0')}`
}

async function latestTime(url: string): Promise<bigint> {
  const block = (await request(url, 'eth_getBlockByNumber', ['latest', false])) as { timestamp: Hex } // JSON-RPC
  return BigInt(block.timestamp)
}
