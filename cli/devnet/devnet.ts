import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Hex, keccak256, stringToHex } from 'viem'
import { connect, type WritableChain } from '#client/chain.ts'
import { deploy, deployJury } from '#client/deploy-oracle.ts'
import type { CouncilTerms, Deployments } from '#client/deployment-plan.ts'
import { type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import type { JuryTerms } from '#client/jury.ts'
import { create, propose } from '#client/oracle-writer.ts'
import { ensureCollateral } from '#client/weth.ts'
import { DEFAULT_PARAMETERS, type Fixing, fixingId, VALUE_SCALE } from '#protocol/fixing.ts'
import { indexId, parseIndexDocument } from '#protocol/index-document.ts'
import { writeKeystore } from '#node/keystore'
import type { Cleanup } from '../demo/cleanup.ts'
import { makeFolder } from '../demo/folder.ts'
import { castPeople, type Person } from '../demo/people.ts'
import { COUNCIL_COST, COUNCIL_THRESHOLD, REGISTRY } from '../demo/terms.ts'
import { ONE_ETHER } from '../format.ts'

/** A local network to try the commands on, and the environment that points them at it. */
export type Devnet = {
  readonly embedded: EmbeddedChain
  readonly environment: Readonly<Record<string, string>>
  /** Holds the key, the index document, and the environment as a file to source. */
  readonly folder: string
}

export type DevnetInputs = {
  /** A new folder, removed at the end; undefined for a temporary one. */
  readonly folder: string | undefined
  readonly port: number
  /** Unix seconds. */
  readonly now: bigint
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly cleanup: Cleanup
}

const HOUR = 3_600n
/** What the false proposal says; the truth of this network is 2500.10. */
const LIE = 3_000n * VALUE_SCALE
/** As small and quick as a jury can be: for trying it alone. One that secures anything has 31 seats. */
const JURY: JuryTerms = {
  seats: 3,
  quorum: 2,
  leastPool: 4,
  leastSeparationPpm: 1_000,
  warmUp: 86_400,
  seatStake: ONE_ETHER / 10n,
  seatFee: (ONE_ETHER * 3n) / 1_000n,
  commitTime: 3_600,
  revealTime: 3_600,
}
/** scrypt's N of a key that guards nothing. */
const THROW_AWAY = 1_024
/** The truth of this network, for so long before and after its start, seconds. */
const TRUTH = { close: '2500.10', before: 120n * HOUR, after: 240n * HOUR }
/** What the index is: a document to create further fixings from. Nobody observes it; anybody can, in the file beside it. */
const INDEX = {
  version: 1,
  name: 'ETH/USD of the devnet',
  base: 'ETH',
  quote: 'USD',
  unit: 'USD per ETH',
  sources: [
    {
      id: 'file',
      venue: 'file',
      kind: 'csv',
      quote: 'USD',
      timeUnit: 'seconds',
      columns: { time: 'time', close: 'close' },
    },
  ].map((source) => ({ ...source, timeoutMs: 1_000, maxBytes: 1_000_000 })),
  sampling: { intervalSeconds: 60, samples: 30 },
  aggregation: { kind: 'clamped-geometric-mean', clampPpm: 5_000, minSources: 1 },
  rounding: 'down',
  noisePpm: 150,
}

/** Starts a chain that follows the clock, deploys, and lets somebody propose a false value for one fixing. */
export async function openDevnet({ folder: wanted, port, now, env, signal, cleanup }: DevnetInputs): Promise<Devnet> {
  const folder = await makeFolder(wanted, cleanup)
  if (wanted !== undefined) cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  const embedded = await startEmbeddedChain({ startTime: now, port, clock: 'wall', env, signal })
  cleanup.defer(() => embedded.stop())
  const people = castPeople(1, 0, { node: 0n, owner: 0n })
  const deployer = await connectAs(embedded, people.deployer)
  const deployments = await deploy(deployer, {
    council: councilOf(people.council),
    backupCouncil: councilOf(people.backupCouncil),
    registry: REGISTRY,
  })
  const id = await lie(await connectAs(embedded, people.attacker), deployments, now - HOUR)
  const jury = await deployJury(deployer, deployments.oracle, JURY)
  const environment = {
    ASSIZE_RPC_URL: embedded.rpcUrl,
    ASSIZE_ORACLE: deployments.oracle,
    ASSIZE_REGISTRY: deployments.registry,
    ASSIZE_VAULT: deployments.vault,
    ...(await writeKey(folder, embedded)),
    FIXING: id,
    COUNCIL: deployments.council,
    BACKUP: deployments.backupCouncil,
    ASSIZE_JURY: jury,
    ASSIZE_POLICY_ARBITRATORS: [deployments.council, deployments.backupCouncil, jury].join(','),
    // Of index documents alone, as a node's is.
    ASSIZE_INDEX_DIR: join(folder, 'index'),
    ASSIZE_CSV_FILE: join(folder, 'closes.csv'),
  }
  await writeFile(environment.ASSIZE_CSV_FILE, closesAround(now))
  await mkdir(environment.ASSIZE_INDEX_DIR)
  await writeFile(join(environment.ASSIZE_INDEX_DIR, 'index.json'), `${JSON.stringify(INDEX, undefined, 2)}\n`)
  await writeFile(join(folder, 'env'), `${exportsOf(environment).join('\n')}\n`)
  return { embedded, environment, folder }
}

/** The closes of the index's only source, minute by minute. */
function closesAround(now: bigint): string {
  const first = now - TRUTH.before - (now % 60n)
  const minutes = Number((TRUTH.before + TRUTH.after) / 60n)
  const rows = Array.from({ length: minutes }, (_, i) => `${first + 60n * BigInt(i)},${TRUTH.close}`)
  return `${['time,close', ...rows].join('\n')}\n`
}

/** Lines for a shell that set the environment. */
export function exportsOf(environment: Devnet['environment']): string[] {
  return Object.entries(environment).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`)
}

/** Creates the fixing and proposes the false value. */
async function lie(liar: WritableChain, deployments: Deployments, maturity: bigint): Promise<Hex> {
  const { oracle, weth, council, backupCouncil } = deployments
  const fixing: Fixing = {
    ...DEFAULT_PARAMETERS,
    indexId: indexId(parseIndexDocument(INDEX)),
    maturity,
    arbitrator: council,
    backup: backupCouncil,
    openInterest: `0x${'00'.repeat(20)}`,
  }
  await ensureCollateral(liar, weth, oracle, ONE_ETHER)
  await create(liar, oracle, fixing)
  await propose(liar, oracle, fixing, { value: LIE, maxBond: ONE_ETHER })
  return fixingId(fixing, { chainId: liar.chainId, oracle })
}

/** Gives the disputer a keystore, its password, and one ETH. */
async function writeKey(folder: string, embedded: EmbeddedChain): Promise<Record<string, string>> {
  const keystore = join(folder, 'disputer.json')
  const passwordFile = join(folder, 'password')
  const key = keccak256(stringToHex('assize devnet disputer'))
  const address = await writeKeystore(keystore, key, 'devnet', { cost: THROW_AWAY })
  await writeFile(passwordFile, 'devnet\n', { mode: 0o600 })
  await embedded.setBalance(address, ONE_ETHER)
  return { ACCOUNT: address, ASSIZE_KEYSTORE: keystore, ASSIZE_PASSWORD_FILE: passwordFile }
}

async function connectAs(embedded: EmbeddedChain, { account }: Person): Promise<WritableChain> {
  await embedded.setBalance(account.address, 10n * ONE_ETHER)
  return connect({ rpcUrl: embedded.rpcUrl, account, pollingMs: 20 })
}

function councilOf(members: readonly Person[]): CouncilTerms {
  const signers = members.map(({ name, account }) => ({ name, account: account.address }))
  return { signers, threshold: COUNCIL_THRESHOLD, costOfCorruption: COUNCIL_COST }
}
