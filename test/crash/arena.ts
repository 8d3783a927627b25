import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { decodeFunctionData, type Hex, keccak256, stringToHex } from 'viem'
import { z } from 'zod'
import type { WritableChain } from '#client/chain.ts'
import { readFixing, readReceipts } from '#client/oracle-reader.ts'
import { create, propose } from '#client/oracle-writer.ts'
import { register } from '#client/registration.ts'
import { publishRoster } from '#client/roster.ts'
import { wethAllowance, wethBalance } from '#client/weth.ts'
import { loadConfig } from '#node/config'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { type Fixing, fixingId, receiptId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { type RunningNode, startNode } from '../../node/node.ts'
import { accountOf, ETHER, MATURITY, raiseStage, recruitOf, type Stage } from '../client/chain-fixture.ts'
import { request } from '../model/rpc.ts'
import { writeNodeFolder } from '../node/node-folder.ts'
import { SILENT } from '../node/silent-log.ts'
import { pricedIndex } from '../node/source/priced-index.ts'
import { temporaryFolder } from '../node/temporary.ts'
import { kill, LIFE_MS, linesOf, start } from './doomed.ts'
import type { Kills, Life, Result, Weather } from './life.ts'
import { createSky } from './sky.ts'

const NAME = 'ann'
const LIE = 3_000n * ETHER
const POLL_MS = 100

const STATUS = z.object({
  fixings: z.array(z.object({ id: z.string(), observations: z.number(), equivocators: z.array(z.unknown()) })),
})
const OBSERVATIONS = z.array(z.object({ value: z.string(), signer: z.string() }))

/** One chain, returned to the same block before every life: two mature fixings, of which a liar has proposed one. */
export class Arena {
  readonly #stage: Stage
  readonly #fixings: readonly Fixing[]
  readonly #indexDir: string
  readonly #reader: WritableChain
  readonly #signal: AbortSignal
  #snapshot: unknown
  #firstBlock = 0n

  private constructor(
    stage: Stage,
    fixings: readonly Fixing[],
    indexDir: string,
    reader: WritableChain,
    signal: AbortSignal,
  ) {
    this.#stage = stage
    this.#fixings = fixings
    this.#indexDir = indexDir
    this.#reader = reader
    this.#signal = signal
  }

  /** Lives end when `signal` aborts. */
  static async open(signal: AbortSignal): Promise<Arena> {
    const { document, indexDir } = await pricedIndex()
    const stage = await raiseStage()
    const { oracle, registry } = stage.deployments
    const owner = await stage.as('owner')
    await register(owner, registry, recruitOf(NAME, { peerId: '0x0024', stake: ETHER }))
    const quiet = { ...stage.fixing, indexId: indexId(document) }
    const fixings = [quiet, { ...quiet, firstWindow: quiet.firstWindow + 1 }]
    const maker = await stage.as('maker')
    for (const fixing of fixings) await create(maker, oracle, fixing)
    await stage.embedded.mineAt(MATURITY)
    await stage.embedded.mineAt(MATURITY + 1n)
    await publishRoster(maker, registry, MATURITY)
    const [, lied] = fixings
    if (lied !== undefined) await propose(await stage.as('mallory'), oracle, lied, { value: LIE, maxBond: ETHER })
    return new Arena(stage, fixings, indexDir, await stage.as('reader'), signal)
  }

  close(): Promise<void> {
    return this.#stage.embedded.stop()
  }

  /** One life: killed where it is told to, started again, until everything is settled and claimed. */
  async live(weather: Weather = 'calm', [first, second]: Kills = []): Promise<Life> {
    await this.#rewind(weather)
    const watcher = await this.#watcher()
    const [points, later] = [join(temporaryFolder(), 'points'), join(temporaryFolder(), 'points')]
    const config = await this.#configOf(watcher)
    const sky = weather === 'dear' ? createSky(this.#stage, join(dirname(config), 'data')) : undefined
    let child = await start(config, this.#signal, { points, killAt: first })
    let deaths = 0
    try {
      const end = performance.now() + LIFE_MS
      let isWaited = false
      while (!(await this.#isOver(watcher))) {
        if (performance.now() > end)
          throw new Error(`Expected a life to end within ${LIFE_MS} ms, killed ${first}, ${second}.`)
        if (child.signalCode === 'SIGKILL') {
          deaths += 1
          child = await start(config, this.#signal, deaths === 1 ? { points: later, killAt: second } : {})
        } else if (child.exitCode !== null)
          throw new Error(`Expected the node to run, got exit code ${child.exitCode}.`)
        if (!isWaited && (await this.#isLed())) {
          isWaited = true
          await this.#passWindows()
        }
        await sky?.pass()
        await wait(POLL_MS, undefined, { signal: this.#signal })
      }
      return {
        points: linesOf(points),
        later: linesOf(later),
        deaths,
        result: await this.#result(watcher),
      }
    } finally {
      await kill(child)
      await watcher.stop()
    }
  }

  /** Back to where every life begins. */
  async #rewind(weather: Weather): Promise<void> {
    const { embedded } = this.#stage
    const { rpcUrl } = embedded
    await embedded.setMining('instant')
    if (this.#snapshot !== undefined) await request(rpcUrl, 'evm_revert', [this.#snapshot])
    this.#snapshot = await request(rpcUrl, 'evm_snapshot', [])
    await request(rpcUrl, 'anvil_dropAllTransactions', [])
    await embedded.setBalance(accountOf(NAME).address, 10n * ETHER)
    if (weather === 'dear') await embedded.setMining('manual')
    this.#firstBlock = await this.#reader.publicClient.getBlockNumber()
  }

  /** A peer without a key. */
  async #watcher(): Promise<RunningNode> {
    const folder = temporaryFolder()
    const file = join(folder, 'watcher.toml')
    const { oracle, registry } = this.#stage.deployments
    writeFileSync(
      file,
      `data_dir = "data"
rpc_url = "${this.#stage.embedded.rpcUrl}"
oracle = "${oracle}"
registry = "${registry}"
clock = "chain"
poll_ms = 250
index_dir = ${JSON.stringify(this.#indexDir)}
[gossip]
test = true
sync_after_ms = [200]
sync_every_ms = 500`,
    )
    return startNode(loadConfig({ file, env: {} }), { log: SILENT })
  }

  #configOf(watcher: RunningNode): Promise<string> {
    const { oracle, registry, council, backupCouncil } = this.#stage.deployments
    return writeNodeFolder({
      privateKey: keccak256(stringToHex(`test ${NAME}`)),
      rpcUrl: this.#stage.embedded.rpcUrl,
      oracle,
      registry,
      indexDir: this.#indexDir,
      pollMs: 50,
      lines: `bootstrap = ${JSON.stringify(watcher.multiaddrs)}
log_level = "silent"
[policy]
per_pot_wei = "1000000000000000000"
per_fixing_wei = "2000000000000000000"
max_bond_wei = "1000000000000000000"
arbitrators = ["${council}", "${backupCouncil}"]
attest = "always"
[gossip]
test = true
sync_after_ms = [200]
sync_every_ms = 500`,
    })
  }

  /** Whether the node has put the truth in front of both. */
  async #isLed(): Promise<boolean> {
    const snapshots = await this.#snapshots()
    return snapshots.every(({ facts }) => facts.leader !== LIE && facts.leader !== 0n)
  }

  async #passWindows(): Promise<void> {
    const deadlines = (await this.#snapshots()).map(({ facts }) => facts.deadline)
    await this.#stage.embedded.mineAt(deadlines.reduce((a, b) => (a > b ? a : b)) + 1n)
  }

  async #isOver(watcher: RunningNode): Promise<boolean> {
    const snapshots = await this.#snapshots()
    if (!snapshots.every(({ phase }) => phase === 'settled')) return false
    const receipts = await Promise.all(
      snapshots.map(({ id, facts }) => {
        const receipt = receiptId(id, 'stake', facts.round === 1 ? 0 : 1, facts.leader)
        return readReceipts(this.#reader, this.#stage.deployments.oracle, receipt, accountOf(NAME).address)
      }),
    )
    if (receipts.some((amount) => amount !== 0n)) return false
    const { fixings } = STATUS.parse(await read(watcher, '/status'))
    return fixings.length === 2 && fixings.every(({ observations }) => observations === 1)
  }

  async #result(watcher: RunningNode): Promise<Result> {
    const { weth, oracle, registry } = this.#stage.deployments
    const { address } = accountOf(NAME)
    const calls = await this.#calls()
    const attested = calls.flatMap(({ name, fixing }) => (name === 'attest' ? [fixing] : []))
    const allowances = await Promise.all(
      [oracle, registry].map((spender) => wethAllowance(this.#reader, weth, address, spender)),
    )
    const { fixings } = STATUS.parse(await read(watcher, '/status'))
    const observed = await Promise.all(
      this.#ids().map(async (id) => OBSERVATIONS.parse(await read(watcher, `/fixings/${id}/observations`))),
    )
    return {
      calls: calls.map(({ name }) => name).filter((name) => name !== 'attest'),
      isAttestedAgain: new Set(attested).size < attested.length,
      tokens: await wethBalance(this.#reader, weth, address),
      isOverAllowed: allowances.some((allowance) => allowance > this.#stage.fixing.minBond),
      fixings: (await this.#snapshots()).map(({ facts: { leader, round }, staked }) => ({ leader, round, staked })),
      observed: observed.map((held) => held.map(({ value, signer }) => `${signer} ${value}`).join()),
      equivocators: fixings.reduce((sum, { equivocators }) => sum + equivocators.length, 0),
    }
  }

  /** What was sent since the beginning; wrapping and approving, whose number depends on what else is under way, left out. */
  async #calls(): Promise<readonly OwnCall[]> {
    const { publicClient } = this.#reader
    const from = accountOf(NAME).address.toLowerCase()
    const calls: OwnCall[] = []
    for (let number = await publicClient.getBlockNumber(); number > this.#firstBlock; number -= 1n) {
      const { transactions } = await publicClient.getBlock({ blockNumber: number, includeTransactions: true })
      const own = transactions.filter(
        // A transfer to itself cancels what was not wanted any more.
        (sent) => sent.from === from && ![from, this.#stage.deployments.weth.toLowerCase()].includes(sent.to ?? ''),
      )
      calls.push(...own.map(({ input }) => callOf(input)))
    }
    return calls.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  #snapshots(): Promise<Awaited<ReturnType<typeof readFixing>>[]> {
    return Promise.all(this.#fixings.map((fixing) => readFixing(this.#reader, this.#stage.deployments.oracle, fixing)))
  }

  #ids(): Hex[] {
    const { oracle } = this.#stage.deployments
    return this.#fixings.map((fixing) => fixingId(fixing, { chainId: this.#reader.chainId, oracle }))
  }
}

type OwnCall = { readonly name: string; readonly fixing: string }

function callOf(input: Hex): OwnCall {
  const abi = [...maturityOracleAbi, ...reporterRegistryAbi]
  const { functionName, args } = decodeFunctionData({ abi, data: input })
  const name = functionName === 'proposeAttested' ? 'propose' : functionName
  return {
    name,
    fixing: JSON.stringify(args?.[0], (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  }
}

async function read(node: RunningNode, path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${node.httpPort}${path}`)
  return response.json()
}
