import { type Address, type Hex, toHex } from 'viem'
import { Dictionary } from '../abi.ts'
import { type Account, accountOf } from '../accounts.ts'
import { type Arena, type Deployer, deployerOn, encode, openArena } from '../arena.ts'
import type { CourtArtifacts } from '../artifacts.ts'
import { request } from '../rpc.ts'
import type { CouncilTerms, CourtWorld, Erc792Terms, UmaTerms } from './terms.ts'
import { FINAL_FEE, raiseUmaContracts } from './uma-contracts.ts'

const MEMBERS = 6
const ETHER = 10n ** 18n
const HOUR = 3_600n
const DAY = 24n * HOUR
/** What every party has of the chain's own currency, wei. */
const MEANS = 1_000_000n * ETHER

/** Councils: how many members have a key, of whom the one that is a contract comes second; and k. */
const COUNCILS = [
  { keys: 4, threshold: 3n },
  { keys: 2, threshold: 2n },
  { keys: 6, threshold: 4n },
] as const

/** Adapters to courts of ERC-792, by the court that they ask. */
const ERC792 = [
  { peer: 'kleros', declaredCost: 7n * ETHER, leastTurn: 2n * DAY, leastFee: 2n },
  { peer: 'loose', declaredCost: 8n * ETHER, leastTurn: 12n * DAY, leastFee: 10n ** 8n },
] as const

/** Adapters to UMA, one of which asks for more than UMA's least bond; a vote takes seven days more than the liveness. */
const UMA = [
  { liveness: 2n * HOUR, leastBond: ETHER },
  { liveness: 5n * DAY, leastBond: 1n },
] as const

/** Errors that no contract's ABI has: what `require` gives as a reason. */
const OTHER_ERRORS = [{ type: 'error', name: 'Error', inputs: [{ name: 'reason', type: 'string' }] }] as const

/** A chain on which histories are replayed, like the arena of the dispute, with arbitrators. */
export type CourtArena = Omit<Arena, 'artifacts' | 'world'> & {
  readonly world: CourtWorld
  readonly artifacts: CourtArtifacts
}

export async function openCourtArena(artifacts: CourtArtifacts): Promise<CourtArena> {
  const arena = await openArena(artifacts)
  try {
    const { oracle, token, actor, council, erc792, uma, kleros, court } = artifacts
    const own = [oracle, token, actor, council, erc792, uma, kleros, court].map(({ abi }) => abi)
    const dictionary = new Dictionary([...own, OTHER_ERRORS])
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
  const site = { url, world, artifacts, deployer, accounts, contractMember }
  const arbitrators = [...(await councilsAt(site)), ...(await erc792At(site)), ...(await umaAt(site))]
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

/** What arbitrators are deployed with. */
type Site = Pick<Arena, 'url' | 'world'> & {
  readonly artifacts: CourtArtifacts
  readonly deployer: Deployer
  readonly accounts: readonly Account[]
  readonly contractMember: Address
}

async function councilsAt({ world, artifacts, deployer, accounts, contractMember }: Site): Promise<CouncilTerms[]> {
  const councils: CouncilTerms[] = []
  for (const { keys, threshold } of COUNCILS) {
    const members = accounts.slice(0, keys).map(({ address }) => address)
    members.splice(1, 0, contractMember)
    const declaredCost = 1_000n * ETHER + BigInt(keys)
    const signers = members.map((account, index) => ({ account, name: encodeName(index) }))
    const address = await deployer.deploy(artifacts.council, [world.oracle, signers, threshold, declaredCost])
    councils.push({ kind: 'council', address, members, contractMember, threshold, declaredCost })
  }
  return councils
}

async function erc792At({ url, world, artifacts, deployer }: Site): Promise<Erc792Terms[]> {
  const [courtOwner = world.sink] = (await request(url, 'eth_accounts', [])) as Address[] // JSON-RPC
  const ether = new Map([...world.parties, world.sink].map((account) => [account, MEANS]))
  for (const [account, wei] of ether) await request(url, 'anvil_setBalance', [account, toHex(wei)])
  const adapters: Erc792Terms[] = []
  for (const { peer, declaredCost, leastTurn, leastFee } of ERC792) {
    const court = await deployer.deploy(peer === 'kleros' ? artifacts.kleros : artifacts.court)
    const args = [world.oracle, court, '0x1f', 'ipfs://meta', declaredCost, leastTurn, leastFee]
    const address = await deployer.deploy(artifacts.erc792, args)
    const people = { courtOwner, ether, refusers: world.actors, sponsor: world.sink }
    adapters.push({ kind: 'erc792', address, peer, court, declaredCost, leastTurn, leastFee, ...people })
  }
  return adapters
}

async function umaAt({ world, artifacts, deployer }: Site): Promise<UmaTerms[]> {
  const { token } = world
  const { court, store, voters } = await raiseUmaContracts(deployer, token)
  const adapters: UmaTerms[] = []
  for (const { liveness, leastBond } of UMA) {
    const declaredCost = 9n * ETHER
    const address = await deployer.deploy(artifacts.uma, [world.oracle, court, liveness, leastBond, declaredCost])
    for (const party of [...world.parties, ...world.actors]) {
      for (const spender of [address, court]) {
        await deployer.send(encode(artifacts.token.abi, 'grant', [party, spender]), token)
      }
    }
    const terms = { declaredCost, leastTurn: liveness + 7n * DAY, leastFee: 0n, liveness, leastBond }
    adapters.push({ kind: 'uma', address, court, store, voters, token, courtBond: 2n * FINAL_FEE, ...terms })
  }
  return adapters
}

function encodeName(index: number): Hex {
  return `0x${Buffer.from(`Member ${index}`).toString('hex').padEnd(64, '0')}`
}

async function latestTime(url: string): Promise<bigint> {
  const block = (await request(url, 'eth_getBlockByNumber', ['latest', false])) as { timestamp: Hex } // JSON-RPC
  return BigInt(block.timestamp)
}
