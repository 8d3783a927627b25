import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestClient, http, keccak256, numberToHex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readHeader } from '#client/block-header.ts'
import { latestBlock } from '#client/chain.ts'
import { deployJury } from '#client/deploy-oracle.ts'
import { openCaseCall } from '#client/jury-calls.ts'
import { type JuryTerms, readCase, readSeats } from '#client/jury.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { request } from '#client/oracle-writer.ts'
import { send } from '#client/send.ts'
import { wethBalance } from '#client/weth.ts'
import { fixingId } from '#protocol/fixing.ts'
import { indexId as idOf, parseIndexDocument } from '#protocol/index-document.ts'
import { sleep as pause } from '../../cli/clock.ts'
import type { Context } from '../../cli/context.ts'
import { ETHER, MATURITY } from '../client/chain-fixture.ts'
import { documentJson, sourceJson } from '../protocol/index-documents.ts'
import { assize } from './command-line.ts'
import { type Court, type Disputer, openCourt, withoutChance } from './disputer.ts'
import { SMALL_JURY } from '../client/jury-terms.ts'

const TERMS: JuryTerms = { ...SMALL_JURY, seats: 5, quorum: 3, leastPool: 6 }
const DAY = 86_400n

let court: Court
let jury: `0x${string}`
let ann: Disputer
let ben: Disputer
let clerk: Disputer

beforeAll(async () => {
  court = await openCourt()
  jury = await deployJury(await court.stage.as('deployer of juries'), court.stage.deployments.oracle, TERMS)
  ann = await court.disputer('ann', 5n * ETHER)
  ben = await court.disputer('ben', 5n * ETHER)
  clerk = await court.disputer('clerk', 5n * ETHER)
})
afterAll(() => court.close())

async function mine(blocks: number): Promise<void> {
  const client = createTestClient({ mode: 'anvil', transport: http(court.stage.embedded.rpcUrl) })
  await client.mine({ blocks, interval: 12 })
}

/** Runs a command that must succeed, with ASSIZE_JURY. */
async function well(person: Disputer, ...args: readonly string[]): Promise<string> {
  const { exitCode, out, err } = await person.run(args)
  expect({ exitCode, err: exitCode === 0 ? '' : err }, args.join(' ')).toEqual({ exitCode: 0, err: '' })
  return out
}

/** Whoever is named the voter is asked nothing, shown it apart, and votes by `--for` or `--seat` alone. */
async function mayBeNamed(hot: Disputer, cold: Disputer, id: `0x${string}`): Promise<void> {
  const juror = cold.account.address
  const seats = [0, 1, 2, 3, 4]
  const next = [{ what: `if you vote for ${juror}`, command: `assize jury status ${id} --for ${juror}` }]
  const { own } = JSON.parse(await well(hot, 'jury', 'status', '--jury', jury, '--json'))
  expect(own).toMatchObject({ votesFor: [], cases: [], unasked: [{ fixing: id, juror, seats, next }] })
  expect((await well(hot, 'jury', 'status', '--jury', jury)).split('\n').slice(-5)).toEqual([
    `No seat of ${hot.account.address} in a case that runs.`,
    '',
    `Seats of others, who have named ${hot.account.address} their voter, which anybody can`,
    `  case ${id}: seats 0, 1, 2, 3, 4 of ${juror}`,
    `  ${next[0]?.what}  ${next[0]?.command}`,
  ])
  const trial = JSON.parse(await well(hot, 'jury', 'status', id, '--json'))
  expect(trial).toMatchObject({ seats: seats.map((seat) => ({ seat, isYours: false, namesYou: true })), next })
  const shown = await well(hot, 'jury', 'status', id)
  expect(shown.match(/ names you +-$/gm)).toHaveLength(5)
  expect(shown.split('\n').at(-1)).toBe(`  ${next[0]?.what}  ${next[0]?.command}`)
  const bare = await hot.run(['jury', 'commit', id, 'INVALID', '--yes'])
  expect(bare).toMatchObject({ exitCode: 2 })
  expect(bare.err).toContain(`got none. If you vote for who has named you: --for ${juror}.`)
  const one = await hot.run(['jury', 'commit', id, 'INVALID', '--seat', '3', '--dry-run'])
  expect(one).toMatchObject({ exitCode: 0, out: expect.stringContaining('steps     commit seat 3\n') })
  const absent = await hot.run(['jury', 'commit', id, 'INVALID', '--for', jury, '--yes'])
  expect(absent).toMatchObject({ exitCode: 2 })
  expect(absent.err).toContain(
    `Expected a seat of ${jury} in this case, who has named ${hot.account.address} the voter`,
  )
  const asked = JSON.parse(await well(hot, 'jury', 'status', '--jury', jury, '--for', juror, '--json'))
  expect(asked.own).toMatchObject({
    votesFor: [{ juror, hasNamedIt: true }],
    cases: [{ fixing: id, seats, due: 'commit' }],
    unasked: [],
  })
  expect(asked.own.cases[0].next.at(-1).command).toBe(`assize jury commit ${id} VALUE --for ${juror}`)
  // An alarm that these seats will not set off says so, once.
  const controller = new AbortController()
  let looks = 0
  const sleep: Context['sleep'] = async (ms, signal) => {
    // What is no interval is the time that a look may take.
    if (ms !== 3_000) return await pause(ms, signal)
    looks += 1
    if (looks === 3) controller.abort()
  }
  const waiting = ['jury', 'status', '--jury', jury, '--until-due', '--interval', '3s']
  const alarm = await hot.run(waiting, { signal: controller.signal, sleep })
  expect(alarm).toMatchObject({
    exitCode: 130,
    err: `Not waited for: the seats of ${juror} in fixing ${id}. If you vote for it, begin again with --for ${juror}.`,
  })
}

describe('assize jury', () => {
  test('join, open, draw, commit, reveal, resolve and claim take a fixing from the request to the fee', async () => {
    const { oracle, weth } = court.stage.deployments
    const at = ['--jury', jury, '--yes'] as const
    const joined = await well(ann, 'jury', 'join', '4', ...at)
    expect(joined.split('\n')).toContain('steps     wrap 2 ETH; let the jury take 2 WETH; stake 4 of 0.5 ETH')
    await well(ben, 'jury', 'join', '4', ...at)
    // The warm-up is not over.
    const early = await ann.run(['jury', 'admit', ...at])
    expect(early.exitCode).toBe(1)
    expect(withoutChance(early.err)).toContain('that have warmed up, got 4 from TIME (in ')
    // Who joins again is told before it is asked that what waits already waits anew.
    const more = ['jury', 'join', '1', '--jury', jury, '--dry-run', '--account', ann.account.address] as const
    expect(withoutChance(await well(ann, ...more))).toMatch(
      /^again {5}4 that wait already start anew, until TIME instead of TIME \(in .*\); or join once these are admitted: assize jury admit$/m,
    )
    await court.stage.embedded.mineAt(MATURITY + 2n * DAY)
    expect(withoutChance(await well(ann, ...more))).toMatch(
      /^again {5}4 that wait already start anew, until TIME, though they have warmed up; admit them before: assize jury admit$/m,
    )
    await well(ann, 'jury', 'admit', ...at)
    expect(await well(ann, ...more)).not.toContain('start anew')
    // Anyone admits.
    await well(clerk, 'jury', 'admit', ben.account.address, ...at)
    const pool = JSON.parse(await well(ann, 'jury', 'status', '--jury', jury, '--json'))
    expect(pool).toMatchObject({
      jury,
      poolSize: 8,
      jurors: 2,
      price: String((ETHER / 500n) * 13n),
      waiting: [],
      own: { account: ann.account.address, inPool: 4, toCome: 0, idle: '0', voter: null, cases: [] },
    })

    const { fixing, id } = await court.fixing({ arbitrator: jury, backup: court.stage.deployments.council })
    const before = await clerk.run(['jury', 'open', id, '--yes'])
    expect(before.exitCode).toBe(1)
    expect(before.err).toContain('Expected a fixing that waits for jury')
    await court.stage.embedded.mineAt(MATURITY + BigInt(fixing.proposalGrace))
    await well(clerk, 'request', id, '--yes')
    await well(clerk, 'jury', 'open', id, '--yes')
    const closed = await ann.run(['jury', 'leave', ...at])
    expect(closed.err).toContain(`Draw first: assize jury draw ${id}`)
    const soon = await clerk.run(['jury', 'draw', id, '--yes'])
    expect(soon.err).toMatch(/Expected block \d+ to be there, got block \d+\. Come back in 12\d blocks, about 2\d min/)
    await mine(140)
    expect(await well(clerk, 'jury', 'status', id)).toContain(`draw the jurors  assize jury draw ${id}`)
    await well(clerk, 'jury', 'draw', id, '--yes')

    const lines = (await well(ann, 'jury', 'status', id)).split('\n')
    expect(lines).toContain('case      voting, round 0')
    expect(lines.at(-1)).toBe(`  commit what you read  assize jury commit ${id} VALUE`)
    // Whoever knows no id learns all of it here.
    const ownOf = async (person: Disputer) => {
      const { own } = JSON.parse(await well(person, 'jury', 'status', '--jury', jury, '--json'))
      expect(own.cases).toHaveLength(1)
      return own.cases[0]
    }
    const { commitEnd, revealEnd } = await readCase(ann.chain, jury, id)
    const { seats: numbers, ...asked } = await ownOf(ann)
    const seatsOfAnn = (await readSeats(ann.chain, jury, id, 0)).filter(({ juror }) => juror === ann.account.address)
    expect(numbers).toEqual(seatsOfAnn.map(({ seat }) => seat))
    expect(asked).toEqual({
      fixing: id,
      round: 0,
      formerSeats: [],
      closedSeats: [],
      due: 'commit',
      deadline: Number(commitEnd),
      commitEnd: Number(commitEnd),
      revealEnd: Number(revealEnd),
      next: [
        { what: 'read the index as it was', command: `assize verify ${id}` },
        { what: 'commit what you read', command: `assize jury commit ${id} VALUE` },
      ],
    })
    const due = withoutChance(await well(ann, 'jury', 'status', '--jury', jury)).split('\n')
    expect(due.slice(-3)).toEqual([
      expect.stringMatching(/^ {2}now {7}commit before TIME \(in .*\), or the stakes of the seats are lost$/),
      `  read the index as it was  assize verify ${withoutChance(id)}`,
      `  commit what you read  assize jury commit ${withoutChance(id)} VALUE`,
    ])
    expect(await well(clerk, 'jury', 'status', '--jury', jury)).toContain(
      `No seat of ${clerk.account.address} in a case that runs.`,
    )
    await well(ann, 'jury', 'commit', id, '2500.1', '--yes')
    expect(await ownOf(ann)).toMatchObject({ due: null, deadline: null })
    await well(ben, 'jury', 'commit', id, '2500.1', '--yes')
    // Until the end it may be another value.
    await well(ben, 'jury', 'commit', id, '2500.2', '--yes')
    const hasty = await ann.run(['jury', 'reveal', id, '2500.1', '--yes'])
    expect(hasty.err).toContain('before, others could copy you')
    await court.stage.embedded.mineAt(commitEnd)
    expect(await ownOf(ann)).toMatchObject({
      due: 'reveal',
      deadline: Number(revealEnd),
      next: [{ what: 'reveal it', command: `assize jury reveal ${id} VALUE` }],
    })
    const late = await ann.run(['jury', 'commit', id, '2500.1', '--yes'])
    expect(late.err).toContain(`got the time to reveal. Reveal what was committed to: assize jury reveal ${id} VALUE`)
    // The value that was replaced is not what was committed to; the salts are those of the key.
    const forgotten = await ben.run(['jury', 'reveal', id, '2500.1', '--yes'])
    expect(forgotten).toMatchObject({ exitCode: 2 })
    expect(forgotten.err).toMatch(/Expected the value that seat \d committed to, got 2500\.1\./)
    await well(ann, 'jury', 'reveal', id, '2500.1', '--yes')
    expect(await ownOf(ann)).toMatchObject({ due: null, deadline: null, next: [] })
    await well(ben, 'jury', 'reveal', id, '2500.2', '--yes')
    const resolved = await well(clerk, 'jury', 'resolve', id, '--yes')
    const seats = await readSeats(ann.chain, jury, id, 0)
    const values = seats.map(({ value }) => value ?? 0n).toSorted((a, b) => (a < b ? -1 : 1))
    const median = values[2] ?? 0n
    expect(resolved).toContain(`The verdict is ${median === (ETHER * 25_001n) / 10n ? '2500.1' : '2500.2'}.`)
    expect((await latestBlock(ann.chain)).time).toBeLessThan(revealEnd)
    expect(await readFixing(ann.chain, oracle, fixing)).toMatchObject({ phase: 'settled', settlement: median })

    // All were within half the separation: nobody loses, five of thirteen shares of 0.04 go to the seats, eight to the clerk.
    const held = await wethBalance(clerk.chain, weth, clerk.account.address)
    await well(clerk, 'jury', 'claim', ...at)
    const share = (fixing.arbitrationFee * 4n) / 13n
    expect((await wethBalance(clerk.chain, weth, clerk.account.address)) - held).toBe(2n * share)
    for (const person of [ann, ben]) await well(person, 'jury', 'leave', ...at)
    const paid = await Promise.all([ann, ben].map((one) => wethBalance(one.chain, weth, one.account.address)))
    expect(paid.reduce((a, b) => a + b, 0n)).toBe(4n * ETHER + fixing.arbitrationFee - 2n * share)
  })

  test('a voter commits for the juror that it says it votes for, and INVALID is found by itself', async () => {
    const at = ['--jury', jury, '--yes'] as const
    const cold = await court.disputer('cold', 5n * ETHER)
    const hot = await court.disputer('hot', ETHER)
    await well(cold, 'jury', 'join', '7', ...at)
    // Who names itself, as who votes itself does, needs nobody's consent.
    expect(await well(cold, 'jury', 'voter', cold.account.address, ...at)).not.toContain('--for')
    const named = await well(cold, 'jury', 'voter', hot.account.address, ...at)
    expect(named).toContain(`with its key: assize jury status --for ${cold.account.address}`)
    const { time } = await latestBlock(cold.chain)
    await court.stage.embedded.mineAt(time + 4n * DAY)
    await well(cold, 'jury', 'admit', ...at)
    const { id } = await court.fixing({ arbitrator: court.stage.deployments.council, backup: jury })
    await well(clerk, 'request', id, '--yes')
    // Not the jury's turn: the council is first.
    const notYet = await clerk.run(['jury', 'open', id, '--yes'])
    expect(notYet.err).toContain('Expected a fixing that waits for jury')
    const asked = await latestBlock(cold.chain)
    await court.stage.embedded.mineAt(asked.time + 30n * DAY)
    await well(clerk, 'jury', 'open', id, '--yes')
    await mine(140)
    await well(clerk, 'jury', 'draw', id, '--yes')
    const stranger = await clerk.run(['jury', 'commit', id, 'INVALID', '--yes'])
    expect(stranger).toMatchObject({ exitCode: 2 })
    expect(stranger.err).toContain('or one it votes for, got none')
    await mayBeNamed(hot, cold, id)
    const votesFor = ['--for', cold.account.address] as const
    const asHot = ['--account', hot.account.address] as const
    const dry = await hot.run(['jury', 'commit', id, 'INVALID', '--dry-run', ...asHot, ...votesFor])
    expect(dry).toMatchObject({ exitCode: 0 })
    expect(dry.out).toContain('Nothing was sent.')
    const committed = await well(hot, 'jury', 'commit', id, 'INVALID', ...votesFor, '--yes')
    expect(committed).toContain(`assize jury reveal ${id} INVALID --for ${cold.account.address}`)
    // Who names another voter now is told whose reveal the stakes hang on, before it is asked.
    const heir = await court.disputer('heir', ETHER)
    const must = `${hot.account.address} (or ${cold.account.address}, if that has committed them) must still reveal seats 0, 1, 2, 3, 4 of fixing ${id}`
    expect(await well(cold, 'jury', 'voter', heir.account.address, ...at)).toContain(must)
    // Once more: nothing changes.
    expect(await well(cold, 'jury', 'voter', heir.account.address, ...at)).not.toContain('must still reveal')
    // Nor does it matter who is named next, unless it is who has committed.
    const naming = (person: Disputer) => well(cold, 'jury', 'voter', person.account.address, ...at, '--dry-run')
    expect(await naming(clerk)).toContain(must)
    expect(await naming(hot)).not.toContain('must still reveal')
    // The old voter sees whose reveal the stakes hang on: its own, of all five seats, though none is its own any more.
    const formerOf = async (person: Disputer) => {
      const { own } = JSON.parse(await well(person, 'jury', 'status', '--jury', jury, ...votesFor, '--json'))
      return own.cases
    }
    const [seatsOfCase, fixing] = [[0, 1, 2, 3, 4], id]
    expect(await formerOf(hot)).toMatchObject([{ fixing, seats: [], formerSeats: seatsOfCase, due: null, next: [] }])
    const none = { due: null, deadline: null, next: [] }
    const closed = { fixing, seats: seatsOfCase, formerSeats: [], closedSeats: seatsOfCase }
    const commits = {
      what: 'commit what you read',
      command: `assize jury commit ${id} VALUE --for ${cold.account.address}`,
    }
    expect(await formerOf(heir)).toMatchObject([{ ...closed, due: null, next: [{}, commits] }])
    const ofHeir = withoutChance(await well(heir, 'jury', 'status', '--jury', jury, ...votesFor))
    expect(ofHeir).toMatch(
      /5 of its 5 seats are yours, 5 of them another's to reveal: committed before you voted for the juror\n {2}now {7}committed; .* by whoever has committed, or by you if you commit again before /,
    )
    const ofHot = await well(hot, 'jury', 'status', '--jury', jury, ...votesFor)
    expect(ofHot).toContain(
      `  votes for ${cold.account.address}, who has not named it, or no more: it cannot commit for that one`,
    )
    expect(await well(heir, 'jury', 'status', '--jury', jury, ...votesFor)).toMatch(
      new RegExp(`^ {2}votes for ${cold.account.address}$`, 'm'),
    )
    expect(ofHot).toContain(
      `Case ${id}, 0 of its 5 seats are yours, 5 more to reveal: committed while you voted for the juror, who has another voter since`,
    )
    const { commitEnd, revealEnd } = await readCase(hot.chain, jury, id)
    await court.stage.embedded.mineAt(commitEnd)
    const next = [{ what: 'reveal it', command: `assize jury reveal ${id} VALUE` }]
    expect(await formerOf(hot)).toMatchObject([{ due: 'reveal', deadline: Number(revealEnd), next }])
    // What nobody but the old voter can reveal is no matter of the new one's; the juror may have committed it itself.
    expect(await formerOf(heir)).toMatchObject([{ ...closed, ...none }])
    expect(await well(heir, 'jury', 'status', '--jury', jury, ...votesFor)).toContain(
      '  now       nothing for you: whoever has committed must reveal, or the stakes of the seats are lost; the round ends ',
    )
    const seen = (await well(heir, 'jury', 'status', id, ...votesFor)).split('\n')
    expect(seen.filter((line) => /yours, another's to reveal +committed$/.test(line))).toHaveLength(5)
    expect(seen.join('\n')).not.toContain('assize jury reveal')
    const doubt = [{ what: 'reveal it, if this account has committed it', command: `assize jury reveal ${id} VALUE` }]
    expect(await formerOf(cold)).toMatchObject([{ due: 'reveal', closedSeats: [], next: doubt }])
    const alarm = await well(hot, 'jury', 'status', '--jury', jury, '--until-due', '--json', ...votesFor)
    expect(JSON.parse(alarm).own.cases).toMatchObject([{ fixing, due: 'reveal' }])
    // What it does not say it votes for is nothing that it has to reveal, though it was the voter.
    const unsaid = JSON.parse(await well(hot, 'jury', 'status', '--jury', jury, '--json'))
    expect(unsaid.own).toMatchObject({
      cases: [],
      unasked: [{ fixing, juror: cold.account.address, seats: seatsOfCase }],
    })
    const shown = (await well(hot, 'jury', 'status', id, ...votesFor)).split('\n')
    expect(shown.filter((line) => /yours to reveal +committed$/.test(line))).toHaveLength(5)
    expect(shown.at(-1)).toBe(`  reveal it  assize jury reveal ${id} VALUE`)
    expect(JSON.parse(await well(hot, 'jury', 'status', id, ...votesFor, '--json'))).toMatchObject({
      seats: seatsOfCase.map((seat) => ({ seat, isYours: false, isYoursToReveal: true })),
      next,
    })
    expect(await formerOf(clerk)).toEqual([])
    const other = await heir.run(['jury', 'reveal', id, 'INVALID', '--seat', '3', '--yes'])
    expect(other.err).toContain('Expected the value that seat 3 committed to, got INVALID.')
    expect((await clerk.run(['jury', 'reveal', id, '--yes'])).err).toContain(
      'Expected a seat that this key has committed to INVALID, and that is not revealed, got none.',
    )
    // Anyone may bring what reveals, and only the old voter has the salts.
    const document = JSON.parse(await well(hot, 'jury', 'reveal', id, '--yes', '--json'))
    expect(document).toMatchObject({ action: 'jury reveal', fixing: id, arbitrator: jury, isSent: true, round: 0 })
    expect(document.steps).toHaveLength(5)
    expect(await formerOf(hot)).toEqual([])
    expect(await well(clerk, 'jury', 'resolve', id, '--yes')).toContain('The verdict is INVALID.')
  })

  test('a fixing that nobody created is judged like any other, and an alarm goes off once a seat is to commit', async () => {
    const at = ['--jury', jury, '--yes'] as const
    const dora = await court.disputer('dora', 9n * ETHER)
    await well(dora, 'jury', 'join', '7', ...at)
    const { time } = await latestBlock(dora.chain)
    await court.stage.embedded.mineAt(time + 2n * DAY)
    await well(dora, 'jury', 'admit', ...at)
    const { oracle, council } = court.stage.deployments
    const noisy = documentJson([sourceJson('a')], { noisePpm: 250 })
    const indexId = idOf(parseIndexDocument(noisy))
    const maturity = time + 2n * DAY - BigInt(court.stage.fixing.proposalGrace)
    const fixing = { ...court.stage.fixing, indexId, maturity, arbitrator: jury, backup: council }
    const id = fixingId(fixing, { chainId: dora.chain.chainId, oracle })
    const attacker = await court.stage.as('attacker')
    await request(attacker, oracle, fixing)
    await send(attacker, openCaseCall(jury, fixing))
    expect(await well(dora, 'jury', 'status', id)).toContain('case      waiting for its draw, round 0')
    const waiting = dora.run(['jury', 'status', '--jury', jury, '--until-due', '--interval', '1s', '--json'])
    await mine(140)
    // Whose endpoint does not give the header gives it by hand; another block's draws nobody.
    const { seedBlock } = await readCase(dora.chain, jury, id)
    const draw = (header: string) => clerk.run(['jury', 'draw', id, '--header', header, '--yes'])
    expect((await draw(await readHeader(dora.chain, seedBlock - 1n))).exitCode).toBe(1)
    expect((await draw(join(court.folder, 'nowhere'))).err).toContain('Expected a header at ')
    const file = join(court.folder, 'header')
    writeFileSync(file, 'no hex')
    expect((await draw(file)).err).toContain('Expected a header in hex in ')
    writeFileSync(file, `${await readHeader(dora.chain, seedBlock)}\n`)
    expect(await draw(file)).toMatchObject({ exitCode: 0 })
    const { exitCode, out } = await waiting
    expect(exitCode).toBe(0)
    expect(JSON.parse(out).own.cases).toMatchObject([{ fixing: id, due: 'commit' }])
    const unread = await dora.run(['verify', id])
    expect(unread.err).toContain(`index ${indexId}`)
    // Who has the document is told that honest readings may lose their stakes, and who votes INVALID only by the status.
    const folder = join(court.folder, 'index')
    mkdirSync(folder)
    writeFileSync(join(folder, 'noisy.json'), JSON.stringify(noisy))
    const env = { ...process.env, ...dora.env, ASSIZE_INDEX_DIR: folder }
    const informed: Disputer = { ...dora, run: (args) => dora.run(args, { env }) }
    const caution =
      "noise     the separation, 0.1 %, is not above four times the index's noise, 0.025 %: jurors vote INVALID, since honest readings may lose their stakes"
    const linesOf = async (person: Disputer, ...args: readonly string[]) =>
      (await well(person, 'jury', ...args)).split('\n')
    const dry = ['--dry-run', '--account', dora.account.address]
    expect(await linesOf(informed, 'status', id)).toContain(caution)
    expect(await linesOf(informed, 'commit', id, '2500.1', ...dry)).toContain(caution)
    expect(await linesOf(informed, 'commit', id, 'INVALID', ...dry)).not.toContain(caution)
    expect(await linesOf(dora, 'status', id)).not.toContain(caution)
    const noiseTo = async (person: Disputer): Promise<unknown> =>
      JSON.parse(await well(person, 'jury', 'status', id, '--json')).noise
    expect(await noiseTo(informed)).toEqual({ separationPpm: 1_000, noisePpm: 250, isTooMuch: true })
    expect(await noiseTo(dora)).toBeNull()
    await well(dora, 'jury', 'commit', id, '2500.1', '--yes')
    const { commitEnd } = await readCase(dora.chain, jury, id)
    await court.stage.embedded.mineAt(commitEnd)
    await well(dora, 'jury', 'reveal', id, '2500.1', '--yes')
    // Seats of others may be silent.
    await court.stage.embedded.mineAt((await readCase(dora.chain, jury, id)).revealEnd)
    expect(await well(dora, 'jury', 'resolve', id, '--yes')).toMatch(/The verdict is 2500\.1\.|The jury hung/)
  })

  test('an alarm that nothing could set off does not begin', async () => {
    const { id } = await court.fixing()
    const { ASSIZE_KEYSTORE: _, ...env } = ann.env
    expect(await assize(['jury', 'status', '--jury', jury, '--until-due'], env)).toMatchObject({
      exitCode: 2,
      err: 'error: Expected whose seats to wait for with --until-due, got nobody. Name the account with --account or in ASSIZE_ACCOUNT.',
    })
    expect(await ann.run(['jury', 'status', id, '--until-due'])).toMatchObject({ exitCode: 2 })
    const old = await assize(['jury', 'status', '--jury', jury, '--until-due', '--account', jury], ann.env, {
      now: () => 2n ** 40n,
    })
    expect(old).toMatchObject({ exitCode: 1, err: expect.stringContaining('Expected a newest block at most') })
  })

  test('says what is wrong with what it was given', async () => {
    const { id } = await court.fixing()
    expect(await ann.run(['jury', 'status'])).toMatchObject({
      exitCode: 2,
      err: 'error: Expected the address of a jury, got none. Give it with --jury, or in ASSIZE_JURY.',
    })
    const council = await ann.run(['jury', 'status', id])
    expect(council).toMatchObject({ exitCode: 2 })
    expect(council.err).toContain('Expected a fixing that a jury rules on')
    const { oracle } = court.stage.deployments
    const wrong = await ann.run(['jury', 'status', '--jury', oracle])
    expect(wrong.err).toBe(
      `error: Expected a JuryArbitrator at ${oracle}, got another contract. Check the address: "assize fixing show" names the two that rule on a fixing.`,
    )
    const nowhere = numberToHex(BigInt(keccak256('0x01')) >> 96n, { size: 20 })
    expect((await ann.run(['jury', 'status', '--jury', nowhere])).err).toContain('got an address without code')
    expect((await ann.run(['jury', 'commit', id, '2500', '--seat', 'x'])).err).toContain(
      'numbers of seats such as 3,17',
    )
    const poor = await court.disputer('poor', ETHER)
    expect((await poor.run(['jury', 'claim', '--jury', jury, '--yes'])).err).toContain('to be idle, got nothing')
  })
})
