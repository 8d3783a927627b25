import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { keccak256, stringToHex } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { readMemberships } from '#client/membership.ts'
import { writeKeystore } from '#node/keystore'
import type { Context } from '../../cli/context.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { assize, type Run } from './command-line.ts'
import { type Court, type Disputer, openCourt } from './disputer.ts'
import { closesOf, DOCUMENT } from './file-index.ts'
import { freePort } from './free-port.ts'

/** Of the tests of a file. */
export let court: Court
/** Who stakes for a reporter. */
export let owner: Disputer
/** Of the node that a test sets up; not there before. */
export let folder: string
let turn = 0

/** A path in the folder of the court: indices, empty, other, which has no index, and closes.csv. */
export const at = (name: string): string => join(court.folder, name)

beforeAll(async () => {
  court = await openCourt()
  owner = await court.disputer('owner', 20n * ETHER)
  mkdirSync(at('indices'))
  writeFileSync(at('indices/index.json'), JSON.stringify(DOCUMENT))
  mkdirSync(at('empty'))
  mkdirSync(at('other'))
  writeFileSync(at('other/package.json'), '{}')
  writeFileSync(at('closes.csv'), closesOf('2500.1'))
})

afterAll(() => court.close())

beforeEach(() => {
  turn += 1
  folder = at(`node-${turn}`)
})

/** A key that is quickly unlocked; the first tests have one made as anybody has. */
async function cheapKey(): Promise<Record<string, string>> {
  const keystore = at(`key-${turn}`)
  if (!existsSync(keystore))
    await writeKeystore(keystore, keccak256(stringToHex(`node ${turn}`)), 'pw', { cost: 1_024 })
  writeFileSync(at('password'), 'pw', { mode: 0o600 })
  return { keystore, 'password-file': at('password') }
}

/** Changes by which a key is made instead. */
export const MADE = { keystore: undefined, 'password-file': undefined }

/** All that a script must give, on this chain; `changes` replace or, undefined, leave out. */
export async function given(changes: Record<string, string | undefined> = {}): Promise<string[]> {
  const { oracle, registry } = court.stage.deployments
  const flags: Record<string, string | undefined> = {
    rpc: court.stage.embedded.rpcUrl,
    clock: 'chain',
    oracle,
    registry,
    'index-dir': at('indices'),
    prices: at('closes.csv'),
    owner: owner.account.address,
    ...(await cheapKey()),
    port: String(await freePort()),
    'http-port': String(await freePort()),
    ...changes,
  }
  return Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))
}

/** Flags by which it is registered at once. */
export const ownersKey = (): Record<string, string> => ({
  'owner-keystore': owner.env['ASSIZE_KEYSTORE'] ?? '',
  'owner-password-file': owner.env['ASSIZE_PASSWORD_FILE'] ?? '',
})

/** Runs `assize init` for the folder of this test. */
export const init = (args: readonly string[], world: Partial<Context> = {}): Promise<Run> =>
  assize(['init', folder, ...args], {}, world)

/** What it printed, with --json. */
export const document = ({ out }: Run) => JSON.parse(out)

/** Whom the registry knows now. */
export async function members() {
  const { time } = await latestBlock(owner.chain)
  return readMemberships(owner.chain, court.stage.deployments.registry, time)
}

/** Has the node of this test be set up there. */
export function moveTo(place: string): void {
  folder = place
}
