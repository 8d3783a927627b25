import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Address, bytesToHex, type Hex } from 'viem'
import { quorumSize } from '#protocol/report.ts'
import { EXIT } from '../exit-code.ts'
import { writeDemoKeystore } from './keystore-file.ts'
import {
  type FixingStatus,
  NODE_OBSERVATIONS,
  NODE_STATUS,
  type NodeObservation,
  type NodeStatus,
} from './node-status.ts'
import type { Person } from './people.ts'
import { type Ending, ReporterProcess } from './reporter-process.ts'
import { waitFor } from './wait.ts'

/** How often a node looks for a new block, milliseconds: the simulated hours pass in real seconds. */
const POLL_MS = 100
/** Seven processes start at once: a few seconds, and minutes on a busy machine. */
const START_TIMEOUT_MS = 180_000
/** Chain time between the turns of two proposers: some real seconds, in which the first has its report co-signed. */
const STAGE_DELAY_SECONDS = 600
/** Real time in which all reporters are expected to co-sign; a quorum will do afterwards. */
const COSIGN_MS = 20_000

/** What every node of the demo is told. Limits in wei. */
export type ReporterTerms = {
  readonly rpcUrl: string
  readonly chainId: number
  readonly oracle: Address
  readonly registry: Address
  readonly indexDir: string
  /** Whom the nodes trust to rule. */
  readonly arbitrators: readonly Address[]
  readonly perPot: bigint
  readonly perFixing: bigint
  readonly maxBond: bigint
}

/** All reporters: as many processes, any of which may die. */
export class Reporters {
  readonly all: readonly ReporterProcess[]

  private constructor(all: readonly ReporterProcess[]) {
    this.all = all
  }

  /** Writes each reporter's folder (configuration, keystore, password) under `dir`. Starts nothing. */
  static async prepare(
    people: readonly Person[],
    dir: string,
    terms: ReporterTerms,
    onDeath: (reporter: ReporterProcess, ending: Ending) => void,
  ): Promise<Reporters> {
    const all = await Promise.all(people.map((person) => prepareOne(person, dir, terms, onDeath)))
    return new Reporters(all)
  }

  get living(): ReporterProcess[] {
    return this.all.filter((reporter) => reporter.isAlive)
  }

  /** Starts `reporters` at once and waits until each is ready or dead. */
  async start(reporters: readonly ReporterProcess[], signal: AbortSignal): Promise<void> {
    for (const reporter of reporters) reporter.spawn()
    await waitFor({
      what: 'every node to become ready',
      look: async () => reporters.every((reporter) => !reporter.isAlive || reporter.ready !== undefined) || undefined,
      soFar: () =>
        `${reporters.filter((reporter) => reporter.ready !== undefined).length} of ${reporters.length} ready`,
      timeoutMs: START_TIMEOUT_MS,
      signal,
    })
  }

  /** Tells each of `newcomers` where all others listen, and waits until everyone living has enough peers. */
  async introduce(newcomers: readonly ReporterProcess[], signal: AbortSignal): Promise<void> {
    const known = new Set<ReporterProcess>(this.living.filter((reporter) => !newcomers.includes(reporter)))
    for (const newcomer of newcomers) {
      const addresses = [...known].flatMap((reporter) => reporter.ready?.multiaddrs[0] ?? [])
      await Promise.all(addresses.map((multiaddr) => newcomer.introduce(multiaddr)))
      known.add(newcomer)
    }
    await waitFor({
      what: 'every node to have its peers',
      look: async () => {
        const statuses = await this.statuses()
        const wanted = Math.min(quorumSize(this.all.length) - 1, this.living.length - 1)
        return [...statuses.values()].every(({ peers }) => peers >= wanted) || undefined
      },
      soFar: () => 'fewer connections',
      timeoutMs: START_TIMEOUT_MS,
      signal,
    })
  }

  /** What each living reporter says of itself; those that do not answer are left out. */
  async statuses(): Promise<Map<ReporterProcess, NodeStatus>> {
    const answers = await Promise.all(
      this.living.map(async (reporter) => [reporter, await reporter.ask('/status', NODE_STATUS)] as const),
    )
    return new Map(answers.flatMap(([reporter, status]) => (status === undefined ? [] : [[reporter, status] as const])))
  }

  /** What each living reporter says of fixing `id`; those that do not answer or do not know it are left out. */
  async fixingStatuses(id: Hex): Promise<Map<ReporterProcess, FixingStatus>> {
    const found = new Map<ReporterProcess, FixingStatus>()
    for (const [reporter, { fixings }] of await this.statuses()) {
      const fixing = fixings.find((candidate) => candidate.id === id)
      if (fixing !== undefined) found.set(reporter, fixing)
    }
    return found
  }

  /** The observations of fixing `id` as the first reporter that answers has them. */
  async observations(id: Hex): Promise<NodeObservation[]> {
    for (const reporter of this.living) {
      const observations = await reporter.ask(`/fixings/${id}/observations`, NODE_OBSERVATIONS)
      if (observations !== undefined) return observations
    }
    return []
  }

  /** Throws {@link TooFewReportersError} when the dead leave no quorum of all. */
  requireQuorum(): void {
    const need = quorumSize(this.all.length)
    if (this.living.length < need) throw new TooFewReportersError(this.living.length, need)
  }

  /** Starts the dead again, as a supervisor would. Returns them. */
  async revive(signal: AbortSignal): Promise<ReporterProcess[]> {
    const dead = this.all.filter((reporter) => !reporter.isAlive)
    if (dead.length === 0) return []
    await this.start(dead, signal)
    await this.introduce(
      dead.filter((reporter) => reporter.isAlive),
      signal,
    )
    return dead
  }

  /** Ends every process and waits for it. */
  async stop(): Promise<void> {
    await Promise.all(this.all.map((reporter) => reporter.stop()))
  }
}

/** So many reporters died that no quorum is left. */
export class TooFewReportersError extends Error {
  override readonly name = 'Demo.TooFewReportersError'
  readonly exitCode = EXIT.failed
  readonly hint = 'Leave a quorum alive, or run with more --nodes.'
  constructor(living: number, need: number) {
    super(`Expected at least ${need} living reporters for a quorum, got ${living}.`)
  }
}

async function prepareOne(
  person: Person,
  dir: string,
  terms: ReporterTerms,
  onDeath: (reporter: ReporterProcess, ending: Ending) => void,
): Promise<ReporterProcess> {
  const home = join(dir, person.name)
  await mkdir(home, { recursive: true })
  const password = bytesToHex(crypto.getRandomValues(new Uint8Array(16)))
  await Promise.all([
    writeDemoKeystore(join(home, 'key.json'), person.privateKey, password),
    writeFile(join(home, 'password'), password, { mode: 0o600 }),
    writeFile(join(home, 'node.toml'), configOf(terms)),
  ])
  return new ReporterProcess(person, { config: join(home, 'node.toml'), log: join(home, 'node.log') }, onDeath)
}

function configOf(terms: ReporterTerms): string {
  return `data_dir = "data"
rpc_url = ${JSON.stringify(terms.rpcUrl)}
chain_id = ${terms.chainId}
oracle = "${terms.oracle}"
registry = "${terms.registry}"
clock = "chain"
poll_ms = ${POLL_MS}
listen = ["/ip4/127.0.0.1/tcp/0"]
http_port = 0
index_dir = ${JSON.stringify(terms.indexDir)}
keystore = "key.json"
password_file = "password"
roles = ["reporter", "proposer", "watchtower", "keeper"]
exit_with_parent = true

[policy]
per_pot_wei = "${terms.perPot}"
per_fixing_wei = "${terms.perFixing}"
max_bond_wei = "${terms.maxBond}"
arbitrators = ${JSON.stringify(terms.arbitrators)}
stage_delay_seconds = ${STAGE_DELAY_SECONDS}

[gossip]
test = true
sync_after_ms = [300, 1000, 3000]
sync_every_ms = 3000
cosign_ms = ${COSIGN_MS}
`
}
