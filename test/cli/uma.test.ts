import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address, Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { latestBlock } from '#client/chain.ts'
import { deployUma } from '#client/deploy-oracle.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { send } from '#client/send.ts'
import { settleAssertionCall } from '#client/uma.ts'
import { wethBalance } from '#client/weth.ts'
import { type Fixing, INVALID } from '#protocol/fixing.ts'
import { indexId, parseIndexDocument } from '#protocol/index-document.ts'
import { ETHER, MATURITY } from '../client/chain-fixture.ts'
import { documentJson, sourceJson } from '../protocol/index-documents.ts'
import { type Court, type Disputer, openCourt, typing, withoutChance } from './disputer.ts'
import { raiseUma, type UmaStage } from './uma-stage.ts'

const LIVENESS = 10_800n
const DAY = 86_400n
const FEE = ETHER / 25n

let court: Court
let uma: UmaStage
let adapter: Address
let ann: Disputer
let mallory: Disputer
let clerk: Disputer

beforeAll(async () => {
  court = await openCourt()
  const { oracle, weth } = court.stage.deployments
  const deployer = await court.stage.as('deployer of UMA')
  uma = await raiseUma(deployer, weth)
  const terms = { court: uma.court, liveness: Number(LIVENESS), leastBond: ETHER, declaredCost: 1_000n * ETHER }
  adapter = await deployUma(deployer, oracle, terms)
  ann = await court.disputer('ann', 9n * ETHER)
  mallory = await court.disputer('mallory of UMA', 9n * ETHER)
  clerk = await court.disputer('clerk', 9n * ETHER)
})
afterAll(() => court.close())

async function pass(seconds: bigint): Promise<void> {
  const { time } = await latestBlock(clerk.chain)
  await court.stage.embedded.mineAt(time + seconds)
}

/** Runs a command that must succeed. */
async function well(person: Disputer, ...args: readonly string[]): Promise<string> {
  const { exitCode, out, err } = await person.run(args)
  expect({ exitCode, err: exitCode === 0 ? '' : err }, args.join(' ')).toEqual({ exitCode: 0, err: '' })
  return out
}

/** A fixing that waits for the adapter. */
async function awaiting(changes: Partial<Fixing> = {}): Promise<{ fixing: Fixing; id: Hex }> {
  const found = await court.fixing({ arbitrator: adapter, backup: court.stage.deployments.council, ...changes })
  const { time } = await latestBlock(clerk.chain)
  const graceEnd = MATURITY + BigInt(found.fixing.proposalGrace)
  if (time < graceEnd) await court.stage.embedded.mineAt(graceEnd)
  await well(clerk, 'request', found.id, '--yes')
  return found
}

/** What `uma status --json` says of the fixing's assertions, by their values. */
async function assertionsOf(id: Hex): Promise<Record<string, { assertionId: Hex; expiry: number; stage: string }>> {
  const { assertions } = JSON.parse(await well(clerk, 'uma', 'status', id, '--json'))
  return Object.fromEntries(assertions.map((one: { value: string }) => [one.value, one]))
}

describe('assize uma', () => {
  test('a true value is asserted, a false one disputed, and the true one settled and brought while UMA votes (R-521)', async () => {
    const { oracle, weth } = court.stage.deployments
    const { fixing, id } = await awaiting()
    const at = ['--adapter', adapter, '--yes'] as const
    const asserted = await well(mallory, 'uma', 'assert', id, '3000', ...at)
    expect(asserted.split('\n')).toContain('steps     wrap 1 ETH; let the adapter take 1 WETH; assert 3000')
    expect(asserted).toContain('claim     The index whose document has the hash')
    await well(ann, 'uma', 'assert', id, '2500.1', ...at)
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(0n)

    const look = (await well(ann, 'uma', 'status', id)).split('\n')
    const open = await assertionsOf(id)
    const isFalse = open['3000']?.assertionId ?? '0x'
    const isTrue = open['2500.1']?.assertionId ?? '0x'
    expect(look).toContain('bond      1 ETH now, and 3 h to dispute')
    expect(look.at(-2)).toBe(`  dispute 3000, if it is false  assize uma dispute ${id} ${isFalse}`)
    // Who has read it disputes the false one, with as much bond.
    const disputed = await well(ann, 'uma', 'dispute', id, isFalse, ...at)
    expect(disputed.split('\n')).toContain(
      "bond      1 ETH, back with 0.5 ETH of the asserter's if UMA's voters find the claim false",
    )
    const again = await ann.run(['uma', 'dispute', id, isFalse, ...at])
    expect(again).toMatchObject({ exitCode: 1 })
    expect(again.err).toContain("got one that is disputed: UMA's voters decide. Look: assize uma status")
    const hasty = await clerk.run(['uma', 'settle', id, '--yes'])
    expect(hasty).toMatchObject({ exitCode: 1 })
    expect(hasty.err).toContain('got one whose assertions wait')

    await pass(LIVENESS)
    const late = await mallory.run(['uma', 'dispute', id, isTrue, ...at])
    expect(late.err).toContain('not disputed in time: true once it is settled')
    const document = JSON.parse(await well(clerk, 'uma', 'settle', id, '--yes', '--json'))
    expect(document).toMatchObject({ action: 'uma settle', fixing: id, arbitrator: adapter, value: '2500.1' })
    expect(document.steps.map(({ label }: { label: string }) => label)).toEqual(['settle 2500.1', 'rule 2500.1'])
    expect(await readFixing(clerk.chain, oracle, fixing)).toMatchObject({
      phase: 'settled',
      settlement: (ETHER * 25_001n) / 10n,
    })
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(ETHER + FEE)

    // The vote comes days later, and pays the disputer; it changes no settlement.
    expect((await assertionsOf(id))['3000']).toMatchObject({ stage: 'disputed', isTrue: null })
    await uma.vote(isFalse, BigInt(open['3000']?.expiry ?? 0) - LIVENESS, 'false')
    expect((await assertionsOf(id))['3000']).toMatchObject({ stage: 'voted', isTrue: false })
    expect(await well(clerk, 'uma', 'settle', id, isFalse, '--yes')).toContain('ruling    none of it')
    expect((await assertionsOf(id))['3000']).toMatchObject({ stage: 'settled', isTrue: false })
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(2n * ETHER + ETHER / 2n + FEE)
    const over = await clerk.run(['uma', 'settle', id, '--yes'])
    expect(over.err).toContain(`got one that is settled. Look: assize fixing show ${id}`)
  })

  test('whoever has the document is told that an honest value may be found false, where honest readings may be further apart than a claim is true', async () => {
    const folder = join(court.folder, 'noisy')
    mkdirSync(folder)
    const env = { ...process.env, ...ann.env, ASSIZE_INDEX_DIR: folder }
    const informed: Disputer = { ...ann, run: (args) => ann.run(args, { env }) }
    const linesOf = async (person: Disputer, noisePpm: number, value: string): Promise<string[]> => {
      const document = documentJson([sourceJson('a')], { noisePpm })
      writeFileSync(join(folder, 'noisy.json'), JSON.stringify(document))
      const { id } = await awaiting({ indexId: indexId(parseIndexDocument(document)), separationPpm: 1_019 })
      const dry = ['--adapter', adapter, '--dry-run', '--account', ann.account.address]
      return (await well(person, 'uma', 'assert', id, value, ...dry)).split('\n')
    }
    const isNoise = (line: string): boolean => line.startsWith('noise ')
    const lines = await linesOf(informed, 51, '2500.1')
    expect(lines.find((line) => line.startsWith('claim '))).toContain('by no more than 50 parts per million')
    expect(lines.filter(isNoise)).toEqual([
      'noise     honest readings may be 0.0051 % apart, and the claim is true up to 0.005 % only: what you have read yourself may be found false',
    ])
    expect((await linesOf(informed, 50, '2500.1')).filter(isNoise)).toEqual([])
    expect((await linesOf(informed, 52, 'INVALID')).filter(isNoise)).toEqual([])
    expect((await linesOf(ann, 53, '2500.1')).filter(isNoise)).toEqual([])
  })

  test('what UMA votes true is the ruling, and one that was settled by others is only brought', async () => {
    const { oracle } = court.stage.deployments
    const { fixing, id } = await awaiting()
    const at = ['--adapter', adapter, '--yes'] as const
    await well(ann, 'uma', 'assert', id, 'INVALID', ...at)
    const open = await assertionsOf(id)
    const { assertionId = '0x', expiry = 0 } = open['INVALID'] ?? {}
    await well(mallory, 'uma', 'dispute', id, assertionId, ...at)
    await uma.vote(assertionId, BigInt(expiry) - LIVENESS, 'true')
    expect((await assertionsOf(id))['INVALID']).toMatchObject({ stage: 'voted', isTrue: true })
    await send(clerk.chain, settleAssertionCall(uma.court, assertionId))
    const status = JSON.parse(await well(clerk, 'uma', 'status', id, '--json'))
    expect(status).toMatchObject({
      ruling: { value: 'INVALID', asserter: ann.account.address },
      next: [{ what: 'bring the ruling', command: `assize uma settle ${id}` }],
    })
    const tooLate = await mallory.run(['uma', 'assert', id, '2500', ...at])
    expect(tooLate.err).toContain(`which has its ruling. Bring it: assize uma settle ${id}`)
    expect(await well(clerk, 'uma', 'settle', id, '--yes')).toContain('steps     rule INVALID')
    expect(await readFixing(clerk.chain, oracle, fixing)).toMatchObject({ phase: 'settled', settlement: INVALID })
  })

  test('of two that nobody disputed it settles the one that is named', async () => {
    const { id } = await awaiting()
    const at = ['--adapter', adapter, '--yes'] as const
    await well(mallory, 'uma', 'assert', id, '3000', ...at)
    await well(ann, 'uma', 'assert', id, '2500', ...at)
    const same = await clerk.run(['uma', 'assert', id, '2500', ...at])
    expect(same.err).toContain(`which ${ann.account.address} asserts and nobody disputed. It becomes the ruling`)
    await pass(LIVENESS)
    const unsure = await clerk.run(['uma', 'settle', id, '--yes'])
    expect(unsure).toMatchObject({ exitCode: 2 })
    expect(unsure.err).toContain('got none of 3000 and 2500: the first that is settled is the ruling')
    const { '2500': one } = await assertionsOf(id)
    expect(await well(clerk, 'uma', 'settle', id, one?.assertionId ?? '', '--yes')).toContain('Settled at 2500.')
  })

  test('a bond goes only to an adapter that the person names, and nothing is sent before a yes', async () => {
    const { id } = await awaiting()
    const unnamed = await ann.run(['uma', 'assert', id, '2500', '--yes'])
    expect(unnamed).toMatchObject({ exitCode: 2 })
    expect(withoutChance(unnamed.err, { ADAPTER: adapter, COURT: uma.court })).toBe(
      "error: Expected the UmaArbitrator that you trust with a bond, got none: the fixing names ADAPTER, which asks COURT. If its code is ours, and that is UMA's oracle on this chain: --adapter ADAPTER, or ASSIZE_UMA.",
    )
    const policy = ['--arbitrators', court.stage.deployments.council] as const
    const untrusted = await ann.run(['uma', 'assert', id, '2500', '--adapter', adapter, '--yes', ...policy])
    expect(untrusted.err).toContain(`got ${adapter}. Leave it alone`)
    const stranger = await ann.run(['uma', 'assert', id, '2500', '--adapter', uma.court, '--yes'])
    expect(stranger.err).toContain('Expected an adapter that rules on the fixing')
    const no = await ann.run(['uma', 'assert', id, '2500', '--adapter', adapter], typing('n'))
    expect(no).toMatchObject({ exitCode: 130 })
    const dry = ['--dry-run', '--account', ann.account.address] as const
    expect(await well(ann, 'uma', 'assert', id, '2500', '--adapter', adapter, ...dry)).toContain('Nothing was sent.')
    expect(await assertionsOf(id)).toEqual({})
    const zero = await ann.run(['uma', 'assert', id, '0', '--adapter', adapter, '--yes'])
    expect(zero).toMatchObject({ exitCode: 2 })
    const unknown = await ann.run(['uma', 'dispute', id, id, '--adapter', adapter, '--yes'])
    expect(unknown.err).toContain(`They are listed by: assize uma status ${id}`)
    const nothing = await clerk.run(['uma', 'settle', id, '--yes'])
    expect(nothing.err).toContain('got one of which nothing is asserted')
  })

  test('says whose turn it is, and when it is too late to assert', async () => {
    const at = ['--adapter', adapter, '--yes'] as const
    const { id: unasked } = await court.fixing({ arbitrator: adapter, backup: court.stage.deployments.council })
    const early = await ann.run(['uma', 'assert', unasked, '2500', ...at])
    expect(early.err).toContain(`Expected a fixing that waits for adapter ${adapter}, got one that is open.`)
    const { id: strange } = await court.fixing()
    const council = await ann.run(['uma', 'status', strange])
    expect(council).toMatchObject({ exitCode: 2 })
    expect(council.err).toContain('which do not ask it. If it is a jury: assize jury.')

    const { fixing, id } = await awaiting()
    const limit = BigInt(fixing.arbitrationLimit)
    const { time: asked } = await latestBlock(clerk.chain)
    await court.stage.embedded.mineAt(asked + limit - LIVENESS - 60n)
    await well(ann, 'uma', 'assert', id, '2500', ...at, '--dry-run')
    await court.stage.embedded.mineAt(asked + limit - LIVENESS)
    const late = await ann.run(['uma', 'assert', id, '2500', ...at])
    expect(late).toMatchObject({ exitCode: 1 })
    expect(late.err).toContain(
      "Expected more than 3 h until the adapter's turn ends, got 3 h. It is too late to assert",
    )
    await pass(DAY)
    const over = await ann.run(['uma', 'assert', id, '2500', ...at])
    expect(over.err).toContain(`got the turn of ${court.stage.deployments.council}, until `)
  })
})
