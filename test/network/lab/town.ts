import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Hex, keccak256, stringToHex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { register } from '#client/registration.ts'
import { type IndexDocument, parseIndexDocument } from '#protocol/index-document.ts'
import { writeKeystore } from '../../../node/ground/keystore.ts'
import { loadNetworkKey } from '../../../node/ground/network-key.ts'
import { openDatabase } from '../../../node/store/database.ts'
import { SIGNED_DIGEST } from '../../../node/store/witness.ts'
import { ETHER, recruitOf, type Stage } from '../../client/chain-fixture.ts'
import type { Random } from '../../model/random.ts'
import { documentJson } from '../../protocol/index-documents.ts'
import { dialling } from '../topology.ts'
import type { Lab } from './lab.ts'

/** What every source says at every maturity. */
export const CLOSE = '2500.25'
export const TRUTH = 2_500_250_000_000_000_000_000n
/** Every node dials so many others. */
const DIALS = 3
const SAMPLES = 3
const MINUTE = 60n

/** The reporters of a lab: each a machine with its keys, its configuration and its store. */
export type Town = {
  readonly document: IndexDocument
  readonly names: readonly string[]
  readonly configs: readonly string[]
  /** How many different observations each reporter has signed of one fixing, at most: by what it wrote before it signed. */
  signedOfOne(i: number): number
  /** How many proofs that a key signed twice the store of each node holds, which does not run: of signatures that one store cannot see. */
  evidenceOf(i: number): Promise<number>
}

/** Registers a reporter for every machine of the lab, and writes what it needs, for fixings of these maturities. */
export async function settle(lab: Lab, stage: Stage, maturities: readonly bigint[], random: Random): Promise<Town> {
  const { document, indexDir, csvFile } = writeIndex(lab.folder, maturities)
  const names = Array.from({ length: lab.count }, (_, i) => `reporter ${i}`)
  const folders = names.map((_, i) => join(lab.folder, `node-${i}`))
  const peers = await Promise.all(folders.map(async (folder) => loadNetworkKey(join(folder, 'data', 'libp2p.key'))))
  const peerIds = peers.map((key) => peerIdFromPrivateKey(key))
  for (const [i, name] of names.entries()) {
    await stage.as(name)
    const owner = await stage.as(`owner of ${name}`)
    const peerId = bytesToHex(peerIds[i]?.toMultihash().bytes ?? new Uint8Array())
    await register(owner, stage.deployments.registry, recruitOf(name, { peerId, stake: ETHER }))
  }
  const configs: string[] = []
  for (const [i, others] of dialling(lab.count, DIALS, random).entries()) {
    const bootstrap: string[] = []
    for (const other of others) bootstrap.push(await lab.link([i, other], peerIds[other]?.toString() ?? ''))
    const folder = folders[i] ?? ''
    await writeKeystore(join(folder, 'key.json'), keyOf(names[i] ?? ''), 'pw', { cost: 1_024 })
    writeFileSync(join(folder, 'password'), 'pw')
    const file = join(folder, 'node.toml')
    writeFileSync(file, configText({ lab, stage, i, bootstrap, indexDir, csvFile }))
    configs.push(file)
  }
  const dataOf = (i: number, name: string): string => join(folders[i] ?? '', 'data', name)
  return {
    document,
    names,
    configs,
    signedOfOne: (i) => mostOfOne(dataOf(i, 'signed.jsonl')),
    evidenceOf: (i) => evidenceIn(dataOf(i, 'store')),
  }
}

async function evidenceIn(location: string): Promise<number> {
  const database = await openDatabase(location)
  try {
    return (await database.list('evidence')).length
  } finally {
    await database.close()
  }
}

/** The key of the chain fixture's person of that name. */
function keyOf(name: string): Hex {
  return keccak256(stringToHex(`test ${name}`))
}

type Settings = {
  readonly lab: Lab
  readonly stage: Stage
  readonly i: number
  readonly bootstrap: readonly string[]
  readonly indexDir: string
  readonly csvFile: string
}

function configText({ lab, stage, i, bootstrap, indexDir, csvFile }: Settings): string {
  const { oracle, registry, council, backupCouncil } = stage.deployments
  return `data_dir = "data"
rpc_url = "${lab.rpcUrl(i)}"
oracle = "${oracle}"
registry = "${registry}"
clock = "chain"
poll_ms = 500
index_dir = ${JSON.stringify(indexDir)}
csv_file = ${JSON.stringify(csvFile)}
listen = [${JSON.stringify(lab.listen(i))}]
bootstrap = ${JSON.stringify(bootstrap)}
keystore = "key.json"
password_file = "password"
log_level = "warn"
[policy]
per_pot_wei = "80000000000000000"
per_fixing_wei = "200000000000000000"
max_bond_wei = "1000000000000000000"
arbitrators = ["${council}", "${backupCouncil}"]
[gossip]
test = true
sync_after_ms = [500, 2000, 5000]
sync_every_ms = 5000
`
}

/** The document, and the file of closes that it reads: the minutes before each maturity. */
function writeIndex(folder: string, maturities: readonly bigint[]) {
  const source = {
    id: 'a',
    venue: 'a',
    kind: 'csv',
    quote: 'USD',
    timeUnit: 'seconds',
    timeoutMs: 5_000,
    maxBytes: 1_000_000,
    columns: { time: 'time', close: 'close' },
  }
  const document = parseIndexDocument(
    documentJson([source], {
      sampling: { intervalSeconds: Number(MINUTE), samples: SAMPLES },
      aggregation: { kind: 'clamped-geometric-mean', clampPpm: 5_000, minSources: 1 },
    }),
  )
  const indexDir = join(folder, 'indexes')
  mkdirSync(indexDir)
  writeFileSync(join(indexDir, 'index.json'), JSON.stringify(document))
  const csvFile = join(folder, 'closes.csv')
  const rows = maturities.flatMap((maturity) =>
    Array.from({ length: SAMPLES }, (_, i) => `${maturity - MINUTE * BigInt(SAMPLES - i)},${CLOSE}`),
  )
  writeFileSync(csvFile, `${['time,close', ...rows].join('\n')}\n`)
  return { document, indexDir, csvFile }
}

/** Of the file's lines, one for each digest before it was signed: those of observations have no proposer. */
function mostOfOne(file: string): number {
  const digests = new Map<string, Set<string>>()
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    if (line === '') continue
    const { fixingId, proposer, digest } = SIGNED_DIGEST.parse(JSON.parse(line))
    if (proposer === undefined) digests.set(fixingId, (digests.get(fixingId) ?? new Set()).add(digest))
  }
  return Math.max(0, ...[...digests.values()].map(({ size }) => size))
}
