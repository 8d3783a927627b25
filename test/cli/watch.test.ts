import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keccak256 } from 'viem'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { latestBlock } from '#client/chain.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { contribute, propose } from '#client/oracle-writer.ts'
import { indexId } from '#protocol/index-document.ts'
import { sleep as pause, uptimeMs } from '../../cli/clock.ts'
import type { Context } from '../../cli/context.ts'
import type { Io } from '../../cli/io.ts'
import { accountOf, ETHER } from '../client/chain-fixture.ts'
import { BOND, type Court, type Disputer, FALSE, openCourt, TRUE, withoutChance } from './disputer.ts'
import { closesOf, DOCUMENT } from './file-index.ts'
import { type Between, startProxy } from './rpc-proxy.ts'

let court: Court
let ann: Disputer

beforeEach(async () => {
  court = await openCourt()
  const { council, backupCouncil } = court.stage.deployments
  const person = await court.disputer('watcher', 2n * ETHER)
  const env = { ...person.env, ASSIZE_POLICY_ARBITRATORS: `${council},${backupCouncil}` }
  ann = { ...person, env, run: (args, world = {}) => person.run(args, { env, ...world }) }
  writeFileSync(join(court.folder, 'index.json'), JSON.stringify(DOCUMENT))
  writeFileSync(join(court.folder, 'closes.csv'), closesOf('2500.1'))
})
afterEach(() => court.close())

let made = 0

/** A fixing of the document; no two have the same terms. */
function fixing(proposed?: bigint): ReturnType<Court['fixing']> {
  made += 1
  return court.fixing({ indexId: indexId(DOCUMENT), window: 86_400 + made }, proposed)
}

const reading = (): string[] => ['--index-dir', court.folder, '--prices', join(court.folder, 'closes.csv')]

type Chance = {
  readonly fixing: string
  readonly value: string
  readonly expectedGain: string
  readonly ifRight: string
}

async function looked(
  ...more: string[]
): Promise<{ fixings: Record<string, unknown>[]; chances: Chance[]; gas: string }> {
  const { out } = await ann.run(['watch', '--once', '--json', ...more])
  return JSON.parse(out)
}

/** A watch that goes on until it is stopped, and what it wrote. */
function watching(
  args: readonly string[],
  { isTerminal = false, env = {}, ...world }: Partial<Context> & { readonly isTerminal?: boolean } = {},
) {
  const lines: string[] = []
  const screens: string[][] = []
  const stopping = new AbortController()
  const io: Io = {
    isTerminal,
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    redraw: (shown) => void screens.push([...shown]),
    paint: (_, text) => text,
  }
  const ended = ann.run(['watch', ...args], { io, signal: stopping.signal, env: { ...ann.env, ...env }, ...world })
  return { lines, screens, end: async () => (stopping.abort(), (await ended).exitCode), ended }
}

/** {@link watching} by a clock that can be told to be later, which spares a test the time that an alarm may be blind. */
function jumping(args: readonly string[], world: Parameters<typeof watching>[1] = {}) {
  let aheadMs = 0
  const asleep = new Set<{ readonly ms: number; readonly untilMs: number; readonly waking: AbortController }>()
  const monotonicMs = (): number => uptimeMs() + aheadMs
  const sleep: Context['sleep'] = async (ms, signal) => {
    const one = { ms, untilMs: monotonicMs() + ms, waking: new AbortController() }
    asleep.add(one)
    await pause(ms, AbortSignal.any([signal, one.waking.signal]))
      .catch(() => signal.throwIfAborted())
      .finally(() => asleep.delete(one))
  }
  return {
    ...watching(args, { ...world, monotonicMs, sleep }),
    jumpMs(ms: number): void {
      aheadMs += ms
      for (const { untilMs, waking } of asleep) if (untilMs <= monotonicMs()) waking.abort()
    },
    /** Whether something waits for so long. */
    isWaitingMs: (ms: number): boolean => [...asleep].some((one) => one.ms === ms),
  }
}

/** Waits for the first look, which ends with a document; what it says of a fixing comes before. */
function hasLooked({ lines }: Pick<ReturnType<typeof watching>, 'lines'>): Promise<unknown> {
  return expect.poll(() => lines.filter((line) => line.startsWith('{')).length).toBeGreaterThan(0)
}

describe('assize watch', () => {
  test('shows what stands beside the own value, what is wrong first, candidates with odds, and the pots worth joining', async () => {
    const right = await fixing(TRUE)
    const { id } = await fixing(FALSE)
    const { exitCode, out } = await ann.run(['watch', '--once', ...reading()])
    expect(exitCode).toBe(0)
    const lines = withoutChance(out, { WRONG_ID: id, RIGHT_ID: right.id }).split('\n')
    expect(lines[0]).toMatch(/^block \d+, TIME$/)
    const rows = lines.map((line) => line.replaceAll(/ {2,}/g, ' | '))
    expect(rows).toContain('fixing | phase | stands | own | difference | next | secured')
    const [wrong, fine] = rows.slice(3, 5).map((row) => row.replace(/settles in [^|]*/, 'settles SOON '))
    expect(wrong).toBe('WRONG_ID | active 1 | 3000 | 2500.1 | WRONG: 499.9 above (19.9952 %) | settles SOON | 1000 ETH')
    expect(fine).toBe('RIGHT_ID | active 1 | 2500.1 | 2500.1 | the same | settles SOON | 1000 ETH')
    expect(rows).toContain(' | 3000 | 0.1 ETH at stake | odds 100.0 % | returns 0.0 % to its holders if right | leads')
    // One pot only: nobody with this value would dispute the right one.
    const pots = rows.slice(rows.indexOf('Pots, best first by what filling one is expected to bring after gas') + 1)
    expect(pots).toHaveLength(1)
    expect(pots[0]).toMatch(
      /0\.2 ETH missing \| returns 40\.0 % if right \| by the own value \| assize contribute WRONG_ID 2500\.1 rest$/,
    )
  })

  test('promises of a pot that fills what joining it earns, and its leader nothing of what would be refunded', async () => {
    const { oracle } = court.stage.deployments
    const { fixing: disputed, id } = await fixing(FALSE)
    const ben = await court.stage.as('ben')
    await contribute(ben, oracle, disputed, { round: 1, value: TRUE, amount: 1n })
    const candidates = async (): Promise<string[]> => {
      const lines = (await ann.run(['watch', '--once', ...reading()])).out.split('\n')
      const rows = lines.slice(lines.findIndex((line) => line.startsWith('Candidates of ')) + 1)
      return rows.slice(0, 2).map((row) => row.trim().replaceAll(/ {2,}/g, ' | '))
    }
    expect(await candidates()).toEqual([
      '3000 | 0.1 ETH at stake | odds 100.0 % | returns 0.0 % to its holders if right | leads',
      '2500.1 | 0 ETH at stake | odds 0.0 % | contributing returns 40.0 % | no candidate yet',
    ])
    await contribute(ben, oracle, disputed, { round: 1, value: TRUE, amount: ETHER })
    // 3000 can only win with more stake than its 0.1. An appeal of 1/30 + 0.04: of 1/3 go 0.08 to the sink and 0.06 to who
    // appealed, who have (1/30 x 1.45 + 0.06) / (1/30 + 0.04).
    expect(await candidates()).toEqual([
      '3000 | 0.1 ETH at stake | odds 35.0 % | returns 40.0 % to its holders if right | contributing returns 40.0 %, appealing returns 47.7 %',
      '2500.1 | 0.2 ETH at stake | odds 65.0 % | returns 40.0 % to its holders if right | leads',
    ])
    const { fixings, chances } = await looked()
    expect(fixings).toMatchObject([{ candidates: [{ returnPpm: 400_000 }, { returnPpm: 400_000 }] }])
    const [best] = chances
    const { paid } = JSON.parse((await ann.run(['appeal', id, '3000', 'rest', '--dry-run', '--json'])).out).prospects[0]
    expect(best).toMatchObject({ kind: 'appeal', ifRight: paid })
    await ann.run(['appeal', id, '3000', 'rest', '--yes'])
    // Before the arbitrator nothing can be joined: 1.45 less the wei by which 1/30 is rounded up.
    const appealed = (await looked()).fixings
    expect(appealed).toMatchObject([
      { phase: 'arbitration', candidates: [{ returnPpm: 449_999 }, { returnPpm: 400_000 }] },
    ])
    await court.rule(disputed, id, FALSE)
    expect((await looked('--all')).fixings).toMatchObject([{ candidates: [{ returnPpm: null }, { returnPpm: null }] }])
  })

  test('expects what a claim pays after gas if the own value is right, and ranks by it', async () => {
    const { oracle } = court.stage.deployments
    const big = await fixing(FALSE)
    const small = await fixing(FALSE)
    // Of the second, half of the pot is there: it brings half.
    await contribute(await court.stage.as('ben'), oracle, small.fixing, { round: 1, value: TRUE, amount: BOND })
    const { chances, gas, fixings } = await looked(...reading())
    expect(fixings).toMatchObject([{ verdict: 'differs', own: '2500.1', securedUpTo: String(1_000n * ETHER) }, {}])
    expect(chances).toMatchObject([
      { fixing: big.id, kind: 'contribute', value: '2500.1', missing: String(2n * BOND), by: 'own value' },
      { fixing: small.id, kind: 'contribute', value: '2500.1', missing: String(BOND), probabilityPpm: 1_000_000 },
    ])
    expect(BigInt(gas)).toBeGreaterThan(0n)
    await ann.run(['contribute', big.id, '2500.1', 'rest', '--yes'])
    const { facts } = await readFixing(ann.chain, oracle, big.fixing)
    await court.stage.embedded.mineAt(facts.deadline)
    const { paid } = JSON.parse((await ann.run(['claim', big.id, '--yes', '--json'])).out)
    expect(chances[0]?.ifRight).toBe(paid)
    expect(BigInt(chances[0]?.expectedGain ?? 0)).toBe(BigInt(paid) - 2n * BOND - BigInt(gas))
  })

  test('without an own value goes by the odds, and hides what has settled unless it is asked for', async () => {
    const { oracle } = court.stage.deployments
    const { fixing: disputed, id } = await fixing(FALSE)
    await contribute(await court.stage.as('ben'), oracle, disputed, { round: 1, value: TRUE, amount: ETHER })
    const { fixings, chances } = await looked()
    expect(fixings).toMatchObject([{ id, own: null, verdict: null }])
    // Stakes of 0.1 and 0.2 return 160 % and 40 %: 1/2.6 against 1/1.4.
    expect(chances).toMatchObject([
      { kind: 'appeal', value: '3000', by: 'odds', probabilityPpm: 350_000 },
      { kind: 'contribute', value: '3000', by: 'odds' },
    ])
    const { facts } = await readFixing(ann.chain, oracle, disputed)
    await court.stage.embedded.mineAt(facts.deadline)
    expect((await looked()).fixings).toEqual([])
    expect((await looked('--all')).fixings).toMatchObject([{ id, phase: 'settled', settlement: '2500.1' }])
  })

  test('shows every fixing, and its pots, as they were at the one block, whatever comes while it looks', async () => {
    const { oracle } = court.stage.deployments
    const { fixing: disputed } = await fixing(FALSE)
    const { fixing: open } = await fixing()
    const ben = await court.stage.as('ben')
    const look = async (rpcUrl: string): Promise<unknown> => {
      const env = { ...ann.env, ASSIZE_RPC_URL: rpcUrl }
      const { block, time, fixings } = JSON.parse(
        (await ann.run(['watch', '--once', '--json', ...reading()], { env })).out,
      )
      return { block, time, fixings }
    }
    const still = await look(court.stage.embedded.rpcUrl)
    const { hash } = await latestBlock(ann.chain)
    let heads = 0
    const states: unknown[] = []
    const between: Between = async (method, params) => {
      if (method === 'eth_call' && typeof params[1] === 'object') states.push(params[1])
      // The first names the head, the second the end of the log.
      if (method !== 'eth_getBlockByNumber' || (heads += 1) !== 2) return undefined
      await propose(ben, oracle, open, { value: FALSE, maxBond: ETHER })
      await contribute(ben, oracle, disputed, { round: 1, value: TRUE, amount: 1n })
      await court.fixing({ window: 1_234 })
      return undefined
    }
    const proxy = await startProxy(court.stage.embedded.rpcUrl, between)
    expect(await look(proxy.url)).toEqual(still)
    expect(new Set(states.map((state) => JSON.stringify(state)))).toEqual(
      new Set([JSON.stringify({ blockHash: hash, requireCanonical: true })]),
    )
    expect(await look(court.stage.embedded.rpcUrl)).not.toEqual(still)
    await proxy.close()
  })

  test('looks anew where one of the machines behind the endpoint does not have the block yet', async () => {
    const { id } = await fixing(TRUE)
    let isRefused = false
    const between: Between = (method, params) => {
      if (isRefused || method !== 'eth_getBlockByNumber' || params[0] === 'latest') return undefined
      isRefused = true
      return 'header not found'
    }
    const proxy = await startProxy(court.stage.embedded.rpcUrl, between)
    const env = { ...ann.env, ASSIZE_RPC_URL: proxy.url }
    const { out } = await ann.run(['watch', '--once', '--json'], { env })
    expect(isRefused).toBe(true)
    expect(JSON.parse(out)).toMatchObject({ fixings: [{ id }] })
    await proxy.close()
  })

  test('off a terminal tells only what has changed, until it is interrupted', async () => {
    const { fixing: lied, id } = await fixing(FALSE)
    const watch = watching([...reading(), '--interval', '1s'])
    const heads = (): number => watch.lines.filter((line) => line.startsWith('block ')).length
    await expect.poll(heads).toBe(1)
    await court.stage.embedded.mineAt((await latestBlock(ann.chain)).time + 60n)
    await contribute(await court.stage.as('ben'), court.stage.deployments.oracle, lied, {
      round: 1,
      value: TRUE,
      amount: ETHER,
    })
    await expect.poll(() => watch.lines.some((line) => line.includes('active 2'))).toBe(true)
    expect(heads()).toBe(2)
    expect(await watch.end()).toBe(0)
    expect(watch.lines.filter((line) => line.includes(id)).length).toBeGreaterThan(0)
  })

  test('on a terminal draws in place and lets the time run down', async () => {
    await fixing(FALSE)
    let clock = (await latestBlock(ann.chain)).time
    const lines: string[][] = []
    const stopping = new AbortController()
    let columns = 200
    let rows: number | undefined
    const io: Io = {
      isTerminal: true,
      get columns() {
        return columns
      },
      get rows() {
        return rows
      },
      out: () => undefined,
      err: () => undefined,
      redraw: (shown) => void lines.push([...shown]),
      paint: (tone, text) => (tone === 'bad' ? `!${text}` : text),
    }
    const ended = ann.run(['watch', ...reading(), '--interval', '1h'], {
      io,
      signal: stopping.signal,
      now: () => clock,
    })
    await expect.poll(() => lines.length).toBeGreaterThan(0)
    clock += 600n
    const text = (): string => lines.at(-1)?.join('\n') ?? ''
    await expect.poll(text).toContain('settles in 23 h 50 min')
    expect(text()).toMatch(/^!0x\w{8}…  active 1  3000/m)
    // A window that is too narrow for rows has a line for each of their cells.
    columns = 50
    await expect.poll(text).toMatch(/^!0x\w{8}…\n!  phase       active 1\n!  stands      3000\n/m)
    expect(text()).toContain('\n  3000\n    0.1 ETH at stake\n    odds 100.0 %\n')
    const isText = (line: string): boolean => line.startsWith('    assize ') || line.startsWith('Pots')
    expect(lines.at(-1)?.filter((line) => line.replace('!', '').length > columns && !isText(line))).toEqual([])
    // A window that is too low shows what it can, and says how much it does not.
    const whole = lines.at(-1)?.length ?? 0
    rows = 12
    await expect.poll(text).toMatch(/^… \d+ more lines: /m)
    const low = lines.at(-1) ?? []
    const at = low.findIndex((line) => line.startsWith('…'))
    expect([low[0], low.slice(at + 1)]).toEqual([expect.stringMatching(/^block /), ['', 'Ctrl-C ends it.']])
    expect(low[at]).toContain(`… ${whole - 2 - at} more lines: `)
    stopping.abort()
    expect((await ended).exitCode).toBe(0)
  })

  test('ends once something is wrong, if asked to, and not for what strangers rule on', async () => {
    await fixing(TRUE)
    const watch = watching([...reading(), '--interval', '1s', '--until-wrong', '--json'])
    await hasLooked(watch)
    const stranger = accountOf('stranger').address
    await court.fixing({ indexId: indexId(DOCUMENT), arbitrator: stranger, window: 90_000 }, FALSE)
    const looks = watch.lines.length
    await expect.poll(() => watch.lines.length).toBeGreaterThan(looks + 1)
    await fixing(FALSE)
    expect((await watch.ended).exitCode).toBe(0)
  })

  test('neither judges nor ranks what strangers rule on, and ranks nothing for who trusts nobody', async () => {
    const stranger = accountOf('stranger').address
    await court.fixing({ indexId: indexId(DOCUMENT), arbitrator: stranger }, FALSE)
    const trap = await looked(...reading())
    expect(trap).toMatchObject({ fixings: [{ own: null, verdict: null, trust: 'no' }], chances: [] })
    expect((await ann.run(['watch', '--once', ...reading()])).out).toContain('not trusted')
    const nobody = { env: { ...ann.env, ASSIZE_POLICY_ARBITRATORS: '' } }
    const { out } = await ann.run(['watch', '--once', ...reading()], nobody)
    expect(out.split('\n').at(-1)).toContain('name them in --arbitrators')
    expect(out).not.toContain('assize contribute')
    expect((await ann.run(['watch', '--until-wrong', ...reading()], nobody)).err).toContain(
      'Expected arbitrators to trust',
    )
    const blind = await ann.run(['watch', '--until-wrong', '--index-dir', join(court.folder, 'nowhere')])
    expect(blind).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Expected index documents with --until-wrong'),
    })
  })

  test('is not led to a pot that is near, but not as good as the own value', async () => {
    const { fixing: lied, id } = await fixing(FALSE)
    const bait = TRUE + 2n * ETHER
    const baiting = { round: 1, value: bait, amount: 1n }
    await contribute(await court.stage.as('mallory'), court.stage.deployments.oracle, lied, baiting)
    const { chances } = await looked(...reading())
    expect(chances[0]).toMatchObject({ fixing: id, value: '2500.1', probabilityPpm: 1_000_000 })
    expect(chances.filter(({ value }) => value === '2502.1')).toMatchObject([{ probabilityPpm: 0 }])
  })

  test('goes on when an endpoint dies that worked; one that never did is an error', async () => {
    await fixing(FALSE)
    const state = { isDead: false }
    const between = (): string | undefined => (state.isDead ? 'gone' : undefined)
    const rewrite = (text: string): string => (state.isDead ? 'gone' : text)
    const proxy = await startProxy(court.stage.embedded.rpcUrl, between, rewrite)
    const watch = watching(['--interval', '1s', '--json'], { env: { ASSIZE_RPC_URL: proxy.url } })
    await hasLooked(watch)
    state.isDead = true
    const told = (): boolean => watch.lines.some((line) => line.endsWith('Looking again in 1 s.'))
    await expect.poll(told).toBe(true)
    state.isDead = false
    const before = watch.lines.filter((line) => line.startsWith('{')).length
    await expect.poll(() => watch.lines.filter((line) => line.startsWith('{')).length).toBeGreaterThan(before)
    expect(await watch.end()).toBe(0)
    await proxy.close()
    const dead = await ann.run(['watch', '--once'], { env: { ...ann.env, ASSIZE_RPC_URL: proxy.url } })
    expect(dead).toMatchObject({ exitCode: 1, err: expect.stringContaining('Expected a JSON-RPC endpoint at') })
  })

  test('as an alarm ends with exit 1 when its endpoint stays dead, and with another code than 0 when it is stopped', async () => {
    const state = { isDead: false }
    const between = (): string | undefined => (state.isDead ? 'gone' : undefined)
    const rewrite = (text: string): string => (state.isDead ? 'gone' : text)
    const proxy = await startProxy(court.stage.embedded.rpcUrl, between, rewrite)
    const env = { ASSIZE_RPC_URL: proxy.url }
    const alarm = [...reading(), '--until-wrong', '--interval', '1s', '--json']
    const stopped = watching(alarm, { env })
    await hasLooked(stopped)
    expect(await stopped.end()).toBe(130)
    const watch = jumping([...alarm, '--blind', '10min'], { env })
    await hasLooked(watch)
    state.isDead = true
    // None that began before has yet to succeed.
    await expect.poll(() => watch.lines.some((line) => line.endsWith('Looking again in 1 s.'))).toBe(true)
    watch.jumpMs(600_000)
    const { exitCode, out } = await watch.ended
    expect(exitCode).toBe(1)
    expect([...watch.lines, out].join('\n')).toMatch(
      /Expected a look to succeed, got only failures for 1\d min[^.]*\. The last: /,
    )
    await proxy.close()
  })

  describe('as an alarm', () => {
    const alarm = (): string[] => [...reading(), '--until-wrong', '--interval', '1s', '--json']

    /** An endpoint that stops answering when it is told to, and counts who waits for it and who did. */
    const startHanging = async () => {
      const state = { isHanging: false, hanging: 0, gone: 0 }
      const between: Between = (_method, _params, gone) => {
        if (!state.isHanging) return undefined
        state.hanging += 1
        void gone.then(() => (state.gone += 1))
        return new Promise(() => undefined)
      }
      return { proxy: await startProxy(court.stage.embedded.rpcUrl, between), state }
    }

    test('counts an endpoint that stays at an old block as blind, and says so', async () => {
      let clock = (await latestBlock(ann.chain)).time + 300n
      const watch = jumping([...alarm(), '--blind', '10min'], { now: () => clock })
      await hasLooked(watch)
      clock += 1n
      const said = 'Expected a newest block at most 5 min old, got one 5 min 1 s old. Looking again in 1 s.'
      await expect.poll(() => watch.lines).toContain(said)
      watch.jumpMs(600_000)
      expect((await watch.ended).exitCode).toBe(1)
      expect(watch.lines.join('\n')).toMatch(
        /got only failures for 1\d min[^.]*\. The last: Expected a newest block at most 5 min old/,
      )
    })

    test('looks only at the fixings that are named: anybody can create another and lie there', async () => {
      const { id } = await fixing(TRUE)
      const watch = watching([...alarm(), '--fixings', id])
      await hasLooked(watch)
      await fixing(FALSE)
      const looks = watch.lines.length
      await expect.poll(() => watch.lines.length).toBeGreaterThan(looks + 2)
      expect(await watch.end()).toBe(130)
      const { fixings } = await looked(...reading(), '--fixings', id)
      expect(fixings).toMatchObject([{ id }])
    })

    test('ends with exit 1 where a fixing that is named has no document, and refuses one that is not there', async () => {
      const other = keccak256('0x01')
      const { id } = await court.fixing({ indexId: other }, TRUE)
      const watch = jumping([...alarm(), '--blind', '10min', '--fixings', id])
      await hasLooked(watch)
      watch.jumpMs(600_000)
      const { exitCode, out } = await watch.ended
      expect(exitCode).toBe(1)
      expect([...watch.lines, out].join('\n')).toContain('the document of its index is not there')
      const absent = await ann.run(['watch', ...alarm(), '--fixings', other])
      expect(absent).toMatchObject({ exitCode: 2, out: expect.stringContaining(`Expected fixing ${other} in`) })
      const stranger = { indexId: indexId(DOCUMENT), arbitrator: accountOf('stranger').address }
      const { id: theirs } = await court.fixing(stranger, TRUE)
      const foreign = await ann.run(['watch', ...alarm(), '--fixings', theirs])
      expect(foreign).toMatchObject({ exitCode: 2, out: expect.stringContaining(`Expected fixing ${theirs} in`) })
    })

    test('ends with exit 1 once every fixing that is named is settled: it could never go off again', async () => {
      const { oracle } = court.stage.deployments
      const [first, second] = [await fixing(TRUE), await fixing(TRUE)]
      const watch = watching([...alarm(), '--fixings', `${first.id},${second.id}`])
      await hasLooked(watch)
      const deadlineOf = async (one: typeof first): Promise<bigint> =>
        (await readFixing(ann.chain, oracle, one.fixing)).facts.deadline
      await court.stage.embedded.mineAt(await deadlineOf(first))
      const { id } = second
      const isAlone = ({ fixings }: { fixings: { id: string }[] }): boolean =>
        fixings.length === 1 && fixings[0]?.id === id
      const documents = () => watch.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
      await expect.poll(() => documents().some(isAlone), { timeout: 60_000 }).toBe(true)
      await court.stage.embedded.mineAt(await deadlineOf(second))
      expect((await watch.ended).exitCode).toBe(1)
      const said = 'Expected a fixing of --fixings that can still be disputed, got 2 settled ones: the alarm is over.'
      expect(watch.lines.at(-1)).toBe(
        `error: ${said} Start it again for others. Whether what settled is right: assize verify ${first.id}`,
      )
      const again = await ann.run(['watch', ...alarm(), '--all', '--fixings', id])
      expect(again).toMatchObject({
        exitCode: 1,
        err: expect.stringContaining('got a settled one: the alarm is over.'),
      })
    })

    test('bears an older block if it is told to, and refuses one at its start otherwise', async () => {
      const clock = (await latestBlock(ann.chain)).time + 3_600n
      const refused = await ann.run(['watch', ...alarm()], { now: () => clock })
      expect(refused).toMatchObject({ exitCode: 1, out: expect.stringContaining('got one 1 h old') })
      const watch = watching([...alarm(), '--max-age', '1h'], { now: () => clock })
      await hasLooked(watch)
      expect(await watch.end()).toBe(130)
    })

    test('gives a look up that takes too long', async () => {
      const { proxy, state } = await startHanging()
      const watch = jumping([...alarm(), '--blind', '10min'], { env: { ASSIZE_RPC_URL: proxy.url } })
      await hasLooked(watch)
      state.isHanging = true
      await expect.poll(() => state.hanging).toBeGreaterThan(0)
      watch.jumpMs(300_000)
      const said = 'Expected a look to take at most 300 s, got one that goes on. Looking again in 1 s.'
      await expect.poll(() => watch.lines).toContain(said)
      await expect.poll(() => watch.isWaitingMs(300_000)).toBe(true)
      watch.jumpMs(300_000)
      expect((await watch.ended).exitCode).toBe(1)
      expect(watch.lines.join('\n')).toMatch(
        /got only failures for 1\d min[^.]*\. The last: Expected a look to take at most 300 s/,
      )
      await proxy.close()
    })

    test('stops at once while a look hangs', async () => {
      const { proxy, state } = await startHanging()
      const watch = watching([...alarm(), '--blind', '1h'], { env: { ASSIZE_RPC_URL: proxy.url } })
      await hasLooked(watch)
      state.isHanging = true
      await expect.poll(() => state.hanging).toBeGreaterThan(0)
      // The request itself is not given up before.
      expect([await watch.end(), state.gone]).toEqual([130, 0])
      await proxy.close()
    })

    test('ends when sources stay unread of a fixing that has a proposal, and not of one that has none', async () => {
      rmSync(join(court.folder, 'closes.csv'))
      await fixing()
      const { id } = await fixing(TRUE)
      const watch = jumping([...alarm(), '--blind', '10min'])
      await hasLooked(watch)
      watch.jumpMs(600_000)
      expect((await watch.ended).exitCode).toBe(1)
      const said = watch.lines.join('\n')
      expect(said).toMatch(new RegExp(`Expected a value of fixing ${id}, got none for 1\\d min[^:]*: `))
      expect(said).toContain(`assize verify ${id}`)
    })

    test('asks sources again that failed, and goes off by what they say then', async () => {
      rmSync(join(court.folder, 'closes.csv'))
      await fixing()
      const { id } = await fixing(FALSE)
      let { time } = await latestBlock(ann.chain)
      const watch = watching([...alarm(), '--blind', '8min'], { now: () => time })
      await hasLooked(watch)
      expect(watch.lines.some((line) => line.startsWith(`no value for ${id}`))).toBe(true)
      writeFileSync(join(court.folder, 'closes.csv'), closesOf('2500.1'))
      time += 240n
      expect((await watch.ended).exitCode).toBe(0)
    })

    test('reads nothing of what strangers rule on', async () => {
      const stranger = accountOf('stranger').address
      await court.fixing({ indexId: indexId(DOCUMENT), arbitrator: stranger }, FALSE)
      const watch = watching(alarm())
      await hasLooked(watch)
      expect(await watch.end()).toBe(130)
      expect(JSON.parse(watch.lines.find((line) => line.startsWith('{')) ?? '')).toMatchObject({ fixings: [] })
      expect(watch.lines.filter((line) => line.startsWith('reading '))).toEqual([])
    })

    test('prints an error on one line, as it prints every look', async () => {
      const { out } = await ann.run(['watch', '--until-wrong', '--once', '--json', ...reading()])
      const lines = out.split('\n')
      expect(lines).toHaveLength(1)
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ version: 1, error: { exitCode: 2 } })
    })

    test('is refused together with --once', async () => {
      const { exitCode, err } = await ann.run(['watch', '--until-wrong', '--once', ...reading()])
      expect({ exitCode, err }).toEqual({
        exitCode: 2,
        err: 'error: Expected --once or --until-wrong, got both. Leave one of them out: an alarm that has looked once goes off no more.',
      })
    })
  })
})
