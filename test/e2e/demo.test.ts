import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { recordOf } from '../reference/json.ts'
import { familyOf, isAlive, startDemo } from './demo-process.ts'

const ETHER = 10n ** 18n
const DEPEG = fileURLToPath(new URL('../../../shared/data/btc-minute-venues-2023-03-usdc-depeg.csv', import.meta.url))
const HOURLY = fileURLToPath(new URL('../../../shared/data/eth-hourly-venues-2022q1.csv', import.meta.url))

/** What the demo said of an attacked maturity, and of one that was not. */
const printed: unknown[] = []
const folders: string[] = []
function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assize-e2e-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const amount = z.string().regex(/^-?\d+$/)
const value = z.string().regex(/^\d+(\.\d+)?$/)
const DOCUMENT = z.object({
  version: z.literal(1),
  outcome: z.enum(['settled', 'abstained']),
  exitCode: z.int(),
  index: z.object({ id: z.string(), name: z.string(), document: z.object({ version: z.literal(1) }) }),
  maturity: z.int(),
  fixing: z.object({ id: z.string() }),
  observations: z.array(
    z.object({
      reporter: z.string(),
      pid: z.int(),
      value,
      observedAt: z.int(),
      signature: z.object({ r: z.string(), s: z.string(), v: z.int() }),
    }),
  ),
  report: z.object({ value, observationsRoot: z.string(), signers: z.array(z.int()) }).nullable(),
  candidates: z.array(z.object({ value, stake: amount, who: z.array(z.object({ who: z.string(), amount })) })),
  attestation: z
    .object({
      value,
      proposer: z.string(),
      signers: z.array(z.int()),
      count: z.int(),
      rewards: z.array(z.object({ place: z.int(), paid: amount })),
    })
    .nullable(),
  ruling: z
    .object({
      value,
      threshold: z.literal(3),
      signatures: z.array(z.object({ who: z.string(), signature: z.string() })),
    })
    .nullable(),
  settlement: value.nullable(),
  trueValue: value.nullable(),
  recomputed: value.nullable(),
  payouts: z.array(z.object({ who: z.string(), kind: z.string(), burned: amount, paid: amount })),
  unclaimed: z.array(z.unknown()),
  balances: z.array(z.object({ who: z.string(), change: amount })),
  dust: z.object({ oracle: amount, vault: amount, registry: amount }),
  conserved: z.boolean(),
  fundsFaults: z.array(z.string()),
  valueFaults: z.array(z.string()),
  pids: z.array(z.int()),
  durationMs: z.int(),
})

/** Ratio of two values, as a number good enough to compare with the separation of 0.1 %. */
function distance(a: string | null, b: string | null): number {
  return Math.abs(Number(a) / Number(b) - 1)
}

test('resolves an attacked maturity end to end, any two nodes killed midway, and leaves nothing behind', async () => {
  const tmp = temporary()
  const demo = startDemo(['--json'], tmp)
  await demo.said(/kill -9 any two/)
  const pids = demo.reporterPids()
  const family = familyOf(demo.pid)
  expect(pids.size).toBe(7)
  for (const pid of pids.values()) expect(family).toContain(pid)

  await demo.said(/Every reporter has the report/)
  await demo.said(/stakes on/)
  process.kill(pids.get('reporter-2') ?? 0, 'SIGKILL')
  await demo.said(/mallory escalates/)
  process.kill(pids.get('reporter-5') ?? 0, 'SIGKILL')
  const { exitCode, out } = await demo.ended
  expect(exitCode, out).toBe(0)

  printed.push(JSON.parse(out))
  const result = DOCUMENT.parse(JSON.parse(out))
  expect(result).toMatchObject({ outcome: 'settled', exitCode: 0, conserved: true, fundsFaults: [], valueFaults: [] })
  expect(result.observations).toHaveLength(7)
  expect(new Set(result.observations.map((observation) => observation.value))).toEqual(new Set([result.report?.value]))
  expect(result.recomputed).toBe(result.report?.value)
  expect(result.settlement).toBe(result.ruling?.value)
  expect(result.ruling?.signatures).toHaveLength(3)
  expect(distance(result.settlement, result.trueValue)).toBeLessThan(0.001)

  const [lie, truth] = result.candidates
  expect(result.candidates).toHaveLength(2)
  expect(lie?.who).toEqual([{ who: 'mallory', amount: '40000000000000000000' }])
  expect(distance(lie?.value ?? null, result.trueValue)).toBeGreaterThan(0.15)
  expect(truth?.value).toBe(result.report?.value)
  // No single node can afford the pot: 20 ETH from at least five of them.
  expect(truth?.who.length).toBeGreaterThanOrEqual(5)
  expect(result.unclaimed).toEqual([])
  // The lie came first: nobody attested, and what was put up for it went back.
  expect(result.attestation).toBeNull()
  expect(result.dust.registry).toBe('0')
  const mallory = result.balances.find(({ who }) => who === 'mallory')
  expect(BigInt(mallory?.change ?? 0)).toBeLessThan(-40n * ETHER)
  // Who staked gained; who came too late lost its gas.
  const stakers = new Set(truth?.who.map(({ who }) => who))
  const gains = result.balances.filter(({ who }) => stakers.has(who)).map(({ change }) => BigInt(change))
  expect(gains.every((gain) => gain > ETHER / 100n)).toBe(true)
  const idle = result.balances.filter(({ who }) => who.startsWith('reporter-') && !stakers.has(who))
  expect(idle.every(({ change }) => BigInt(change) > -ETHER / 100n)).toBe(true)
  expect(family.filter(isAlive)).toEqual([])
  expect(readdirSync(tmp)).toEqual([])
})

test('resolves an undisputed maturity by time alone', async () => {
  const { exitCode, out } = await startDemo(['--json', '--honest', '--seed', '2']).ended
  printed.push(JSON.parse(out))
  const { shape, file } = recordOf('demo', printed)
  await expect(shape).toMatchFileSnapshot(file)
  const result = DOCUMENT.parse(JSON.parse(out))
  expect(result).toMatchObject({ outcome: 'settled', conserved: true, valueFaults: [], unclaimed: [] })
  expect(exitCode).toBe(0)
  expect(result.candidates).toHaveLength(1)
  expect(result.settlement).toBe(result.report?.value)
  expect(result.ruling).toBeNull()
  // A quorum co-signed, all of them unless this machine is very slow, and 0.14 ETH were shared among their owners.
  const attestation = result.attestation
  expect(attestation?.count).toBeGreaterThanOrEqual(5)
  expect(attestation?.signers).toHaveLength(attestation?.count ?? 0)
  expect(attestation?.value).toBe(result.settlement)
  const share = ((7n * ETHER) / 50n / BigInt(attestation?.count ?? 1)).toString()
  const rewards = attestation?.rewards.toSorted((a, b) => a.place - b.place)
  expect(rewards).toEqual(attestation?.signers.map((place) => ({ place, paid: share })))
  expect(result.candidates[0]?.who.map(({ who }) => who)).toEqual([attestation?.proposer])
})

/** A history of daily closes up to `closes.length` days after the first of them, and that instant. */
async function daily(closes: readonly string[]): Promise<string[]> {
  const file = join(temporary(), 'daily.csv')
  const rows = closes.map((close, i) => `${1_545_868_800 + 86_400 * i},${close}`)
  await writeFile(file, `time,gemini_ethusd\n${rows.join('\n')}\n`)
  const maturity = String(1_545_868_800 + 86_400 * closes.length)
  return ['--prices', file, '--maturity', maturity, '--interval', '1d', '--samples', '1']
}

test('leaves the lie alone that a history makes true, and settles on it undisputed', async () => {
  const { exitCode, out, err } = await startDemo(['--json', ...(await daily(['114.37', '137.26']))]).ended
  expect(exitCode, err).toBe(0)
  const result = DOCUMENT.parse(JSON.parse(out))
  expect(result).toMatchObject({ outcome: 'settled', conserved: true, valueFaults: [], unclaimed: [], ruling: null })
  expect(result).toMatchObject({ settlement: '137.244', report: { value: '137.26' }, trueValue: '137.26' })
  expect(result.candidates[0]?.who.map(({ who }) => who)).toEqual(['mallory'])
  expect(err).toContain(
    "mallory's 137.244 is no lie after all: it is within 0.1 % of the report, so nobody disputes it",
  )
  // The reporters signed what mallory was first to propose, and are paid for it, unless this machine is too slow for them to attest in time.
  expect(result.attestation?.rewards.length).toBe(result.attestation?.count)
  expect(result.dust.registry).toBe('0')
})

test('disputes the lie about a history that begins with the maturity’s own window', async () => {
  const { exitCode, out, err } = await startDemo(['--json', ...(await daily(['1.2345e-06']))]).ended
  expect(exitCode, err).toBe(0)
  const result = DOCUMENT.parse(JSON.parse(out))
  expect(result).toMatchObject({ outcome: 'settled', conserved: true, valueFaults: [], unclaimed: [] })
  // Mallory has to wait for the maturity itself, when a reporter may be faster.
  expect(result.settlement).toBe('0.0000012345')
  expect(result.ruling?.value ?? result.settlement).toBe('0.0000012345')
})

test.runIf(existsSync(DEPEG))('settles the USDC depeg of March 2023 on the dollar venue, near 20 156', async () => {
  const { exitCode, out } = await startDemo(['--json', '--prices', DEPEG, '--maturity', '1678536000']).ended
  const result = DOCUMENT.parse(JSON.parse(out))
  expect(exitCode).toBe(0)
  expect(result).toMatchObject({ outcome: 'settled', conserved: true, valueFaults: [] })
  // 20 156.55 is the figure of the node's design for this instant.
  expect(Number(result.settlement)).toBeCloseTo(20_156.55, 2)
  expect(result.trueValue).toBe(result.settlement)
})

test.runIf(existsSync(HOURLY))('abstains over an hourly file, exit 3, with the reason and the next step', async () => {
  const { exitCode, out, err } = await startDemo(['--json', '--prices', HOURLY, '--maturity', '1643616000']).ended
  expect(exitCode).toBe(3)
  expect(JSON.parse(out)).toMatchObject({
    outcome: 'abstained',
    exitCode: 3,
    settlement: null,
    conserved: true,
    error: { name: 'Demo.AbstainedError', exitCode: 3 },
  })
  expect(err).toContain('error: 7 of 7 reporters abstained: Candle 0 of 30 has 0 of the 2 sources it needs')
  expect(err).toContain('fit --samples and --interval to the file.')
})

test('a digit or a wei that is wrong flips the exit code', async () => {
  for (const [fault, faults] of [
    ['close', 'valueFaults'],
    ['wei', 'fundsFaults'],
  ] as const) {
    const { exitCode, out } = await startDemo(['--json', '--honest', '--fault', fault]).ended
    const result = DOCUMENT.parse(JSON.parse(out))
    expect(exitCode, fault).toBe(1)
    expect(result[faults], fault).not.toEqual([])
    expect(result.conserved, fault).toBe(fault === 'close')
  }
})

test('Ctrl-C at any point leaves no process and no file behind, exit 130', async () => {
  for (const moment of [/anvil at/, /Reporters/, /kill -9 any two/, /stakes on/]) {
    const tmp = temporary()
    const demo = startDemo([], tmp)
    await demo.said(moment)
    const family = familyOf(demo.pid)
    demo.kill('SIGINT')
    const { exitCode, err } = await demo.ended
    expect(exitCode, String(moment)).toBe(130)
    expect(err, String(moment)).toBe('error: Interrupted.\n')
    expect(family.filter(isAlive), String(moment)).toEqual([])
    expect(readdirSync(tmp), String(moment)).toEqual([])
  }
})

test('a demo that is killed takes every process with it', async () => {
  const demo = startDemo([], temporary())
  await demo.said(/kill -9 any two/)
  const family = familyOf(demo.pid)
  expect(family.length).toBeGreaterThanOrEqual(9)
  demo.kill('SIGKILL')
  await demo.ended
  await expect.poll(() => family.filter(isAlive)).toEqual([])
})
