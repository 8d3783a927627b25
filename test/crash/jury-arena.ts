import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Address, createTestClient, decodeFunctionData, type Hex, http, keccak256, stringToHex } from 'viem'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { deployJury } from '#client/deploy-oracle.ts'
import { admitCall, stakeSeatsCall } from '#client/jury-calls.ts'
import { type JuryTerms, readCase, readPool, readSeats } from '#client/jury.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { create, request as requestRuling } from '#client/oracle-writer.ts'
import { send } from '#client/send.ts'
import { ensureCollateral, wethBalance } from '#client/weth.ts'
import { juryArbitratorAbi } from '#protocol/abi/jury-arbitrator.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { accountOf, ETHER, MATURITY, raiseStage, type Stage, START } from '../client/chain-fixture.ts'
import { request } from '../model/rpc.ts'
import { writeNodeFolder } from '../node/node-folder.ts'
import { pricedIndex } from '../node/source/priced-index.ts'
import { temporaryFolder } from '../node/temporary.ts'
import { kill, LIFE_MS, linesOf, start } from './doomed.ts'
import { createRival, type Rival } from './rival.ts'
import { SMALL_JURY } from '../client/jury-terms.ts'

const NAME = 'ann'
const TERMS: JuryTerms = { ...SMALL_JURY, leastPool: 4, seatStake: ETHER, seatFee: (ETHER * 3n) / 1_000n }
const POLL_MS = 100

/** What a life as a juror came to. */
export type JurorResult = {
  /** What reached the jury, sorted; a commitment that was sent again says the same. */
  readonly calls: readonly string[]
  readonly settlement: bigint | undefined
  readonly revealed: readonly (bigint | undefined)[]
  /** What the account has, wei of the bond token. */
  readonly tokens: bigint
  readonly pool: number
}

/**
 * `calm`: everything is mined at once. `contested`: block by block, and before the first vote somebody sends a transaction with the
 * node's key that offers too little to be mined: the votes wait behind it until the node takes its nonce.
 */
export type JuryWeather = 'calm' | 'contested'

/** One life, and the calls out of the node that it could have ended at. */
export type JurorLife = { readonly points: readonly string[]; readonly deaths: number; readonly result: JurorResult }

/** One chain, returned to the same block before every life: a fixing waits for a jury all of whose stakes one node has. */
export class JuryArena {
  readonly #stage: Stage
  readonly #jury: Address
  readonly #fixing: Fixing
  readonly #id: Hex
  readonly #indexDir: string
  readonly #chain: WritableChain
  readonly #signal: AbortSignal
  #snapshot: unknown
  #firstBlock = 0n

  private constructor(
    stage: Stage,
    jury: Address,
    fixing: Fixing,
    indexDir: string,
    chain: WritableChain,
    signal: AbortSignal,
  ) {
    this.#stage = stage
    this.#jury = jury
    this.#fixing = fixing
    this.#id = fixingId(fixing, { chainId: chain.chainId, oracle: stage.deployments.oracle })
    this.#indexDir = indexDir
    this.#chain = chain
    this.#signal = signal
  }

  /** Lives end when `signal` aborts. */
  static async open(signal: AbortSignal): Promise<JuryArena> {
    const { document, indexDir } = await pricedIndex()
    const stage = await raiseStage()
    const { oracle, weth, council } = stage.deployments
    const chain = await stage.as('clerk')
    const jury = await deployJury(chain, oracle, TERMS)
    const own = await stage.as(NAME)
    await ensureCollateral(own, weth, jury, 10n * ETHER)
    await send(own, stakeSeatsCall(jury, 4))
    await stage.embedded.mineAt(START + 2n * 86_400n)
    await send(chain, admitCall(jury, accountOf(NAME).address))
    const fixing = { ...stage.fixing, indexId: indexId(document), arbitrator: jury, backup: council }
    await create(chain, oracle, fixing)
    await stage.embedded.mineAt(MATURITY + BigInt(fixing.proposalGrace))
    await requestRuling(chain, oracle, fixing)
    return new JuryArena(stage, jury, fixing, indexDir, chain, signal)
  }

  close(): Promise<void> {
    return this.#stage.embedded.stop()
  }

  /** One life: killed where it is told to, started again, until the jury has ruled and the fee was taken out. */
  async live(weather: JuryWeather = 'calm', killAt?: string): Promise<JurorLife> {
    await this.#rewind()
    const folder = temporaryFolder()
    const [points, taken] = [join(folder, 'points'), join(folder, 'taken')]
    const config = await this.#config()
    if (weather === 'contested') await this.#stage.embedded.setMining('manual')
    const { seats: votes } = TERMS
    const rival =
      weather === 'contested' ? createRival(this.#stage, this.#chain, { name: NAME, votes, file: taken }) : undefined
    let child = await start(config, this.#signal, { points, killAt, taken })
    let deaths = 0
    try {
      const end = performance.now() + LIFE_MS
      while (!(await this.#isOver())) {
        if (performance.now() > end) throw new Error(`Expected a life to end within ${LIFE_MS} ms, killed ${killAt}.`)
        if (child.signalCode === 'SIGKILL') {
          deaths += 1
          child = await start(config, this.#signal, { taken })
        } else if (child.exitCode !== null) throw new Error(`Expected the node to run, got exit ${child.exitCode}.`)
        await this.#passTime(rival)
        await wait(POLL_MS, undefined, { signal: this.#signal })
      }
      return { points: linesOf(points), deaths, result: await this.#result() }
    } finally {
      await kill(child)
    }
  }

  /** Back to where every life begins. */
  async #rewind(): Promise<void> {
    const { embedded } = this.#stage
    const { rpcUrl } = embedded
    await embedded.setMining('instant')
    if (this.#snapshot !== undefined) await request(rpcUrl, 'evm_revert', [this.#snapshot])
    this.#snapshot = await request(rpcUrl, 'evm_snapshot', [])
    await request(rpcUrl, 'anvil_dropAllTransactions', [])
    const { number, time } = await latestBlock(this.#chain)
    this.#firstBlock = number + 1n
    await embedded.mineAt(time + 1n)
  }

  #config(): Promise<string> {
    const { oracle, registry } = this.#stage.deployments
    return writeNodeFolder({
      privateKey: keccak256(stringToHex(`test ${NAME}`)),
      rpcUrl: this.#stage.embedded.rpcUrl,
      oracle,
      registry,
      indexDir: this.#indexDir,
      pollMs: POLL_MS,
      lines: `roles = ["juror", "keeper"]
log_level = "silent"
confirmations = 8
[juror]
juries = ["${this.#jury}"]
[policy]
stage_delay_seconds = 1
[gossip]
test = true`,
    })
  }

  /** A block a second, and over what the chain has to wait for at once. */
  async #passTime(rival: Rival | undefined): Promise<void> {
    const { embedded } = this.#stage
    const { number, time } = await latestBlock(this.#chain)
    const { stage, seedBlock, commitEnd } = await readCase(this.#chain, this.#jury, this.#id)
    const seats = await readSeats(this.#chain, this.#jury, this.#id, 0)
    const isDrawing = stage === 'waiting' && number > seedBlock
    const stageNow = isDrawing ? 'drawing' : stage === 'voting' ? 'voting' : 'other'
    if ((await rival?.pass(stageNow, commitEnd)) === 'mined') return
    if (stage === 'waiting' && number <= seedBlock) {
      const client = createTestClient({ mode: 'anvil', transport: http(embedded.rpcUrl) })
      await client.mine({ blocks: 130, interval: 12 })
    } else if (stage === 'voting' && time < commitEnd && seats.every(({ committed }) => committed !== undefined)) {
      await embedded.mineAt(commitEnd)
      // A transaction of the node may have made this block already.
    } else await embedded.mineAt(time + 1n).catch(() => undefined)
  }

  async #isOver(): Promise<boolean> {
    const calls = await this.#calls()
    return calls.includes('withdraw')
  }

  async #result(): Promise<JurorResult> {
    const { oracle, weth } = this.#stage.deployments
    const { settlement } = await readFixing(this.#chain, oracle, this.#fixing)
    const seats = await readSeats(this.#chain, this.#jury, this.#id, 0)
    return {
      calls: [...new Set(await this.#calls())].toSorted(),
      settlement,
      revealed: seats.map(({ value }) => value),
      tokens: await wethBalance(this.#chain, weth, accountOf(NAME).address),
      pool: (await readPool(this.#chain, this.#jury)).length,
    }
  }

  /** What the node sent to the jury since the beginning, and succeeded. */
  async #calls(): Promise<string[]> {
    const { publicClient } = this.#chain
    const logs = await publicClient.getLogs({ address: this.#jury, fromBlock: this.#firstBlock })
    const hashes = [...new Set(logs.map(({ transactionHash }) => transactionHash))]
    const sent = await Promise.all(hashes.map((hash) => publicClient.getTransaction({ hash })))
    return sent.map(({ input }) => {
      const { functionName, args } = decodeFunctionData({ abi: juryArbitratorAbi, data: input })
      const isVote = functionName === 'commit' || functionName === 'reveal'
      return isVote ? `${functionName} ${String(args[1])}` : functionName
    })
  }
}
