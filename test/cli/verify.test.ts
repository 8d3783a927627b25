import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { appeal, contribute } from '#client/oracle-writer.ts'
import { evidenceText } from '#protocol/evidence-file.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { ETHER, MATURITY } from '../client/chain-fixture.ts'
import { evidenceOf } from '../protocol/evidence-of.ts'
import { type Court, type Disputer, FALSE, openCourt, TRUE, withoutChance } from './disputer.ts'
import { closesOf, DOCUMENT } from './file-index.ts'

let court: Court
let ann: Disputer
let folder: string

beforeAll(async () => {
  court = await openCourt()
  folder = court.folder
  ann = await court.disputer('verifier', 2n * ETHER)
  writeFileSync(join(folder, 'index.json'), JSON.stringify(DOCUMENT))
  writeFileSync(join(folder, 'other.json'), JSON.stringify({ ...DOCUMENT, name: 'other' }))
  writeFileSync(join(folder, 'closes.csv'), closesOf('2500.1'))
})
afterAll(() => court.close())

let made = 0

/** A fixing of the document; no two have the same terms. */
function fixing(proposed?: bigint, changes: Partial<Fixing> = {}): ReturnType<Court['fixing']> {
  made += 1
  return court.fixing({ indexId: indexId(DOCUMENT), window: 86_400 + made, ...changes }, proposed)
}

const verify = (id: string, ...more: string[]) =>
  ann.run(['verify', id, '--index-dir', folder, '--prices', join(folder, 'closes.csv'), ...more])

describe('assize verify', () => {
  test('computes the value from the sources, says that what leads is wrong, and how to dispute it: exit 1', async () => {
    const { id } = await fixing(FALSE)
    const { exitCode, out, err } = await verify(id)
    expect(exitCode).toBe(1)
    expect(err).toBe('reading 1 sources of ETH/USD ...')
    expect(withoutChance(out, { ID: id }).split('\n')).toEqual([
      'fixing    ID',
      expect.stringMatching(/^standing {2}3000 leads round 1 and settles TIME \(in .*\) unless disputed$/),
      '',
      'ETH/USD at TIME',
      '',
      'source  in   closes  first   last',
      'file    USD  3 of 3  2500.1  2500.1',
      '',
      'candle opens             median  sources  missing',
      ...[1, 2, 3].map(() => 'TIME  2500.1  1'),
      '',
      'samples 0x…',
      'value 2500.1 USD per ETH',
      '',
      // 499.9 / 2500.1 = 19.99520… %
      'verdict   3000 is 499.9 above (19.9952 %): wrong',
      'why       an honest node would: The own observation is separated from every candidate.',
      'next      assize contribute ID 2500.1 rest --dry-run',
    ])
  })

  test('advises the appeal once it can be made, for the candidate that is as good as the own value', async () => {
    const { fixing: disputed, id } = await fixing(FALSE)
    const { oracle } = court.stage.deployments
    const near = TRUE + ETHER
    await contribute(await court.stage.as('ben'), oracle, disputed, { round: 1, value: near, amount: ETHER })
    await contribute(await court.stage.as('mallory'), oracle, disputed, { round: 2, value: FALSE, amount: ETHER })
    const { exitCode, out } = await verify(id, '--json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      fixing: id,
      phase: 'active',
      value: '2500.1',
      standing: '3000',
      verdict: 'differs',
      next: `assize appeal ${id} 2501.1 rest --dry-run`,
      peers: null,
    })
  })

  test('finds right what no other claim can be made beside, to the wei', async () => {
    // 0.1 % of the smaller: 2.5001 above is a claim of its own, a wei less is not.
    const edge = (TRUE * 1_001n) / 1_000n
    const right = await verify((await fixing(edge - 1n)).id)
    expect(right.exitCode).toBe(0)
    expect(right.out.split('\n').at(-3)).toMatch(/^verdict .*, as near as claims can be told apart: right$/)
    expect((await verify((await fixing(edge)).id)).exitCode).toBe(1)
    const { id } = await fixing(TRUE)
    expect((await verify(id)).out.split('\n').slice(-3)).toEqual([
      'verdict   2500.1 is the same: right',
      'why       an honest node stakes nothing: The leader is surely the nearest to the own observation.',
      `next      assize fixing show ${id}`,
    ])
  })

  test('finds wrong what leads by a hair while another candidate is surely nearer, and appeals for that', async () => {
    const { oracle } = court.stage.deployments
    // 2500.1 was proposed; somebody makes 2502.7 lead, which is a claim of its own, but barely.
    const { fixing: disputed, id } = await fixing(TRUE)
    const ahead = TRUE + (26n * ETHER) / 10n
    await contribute(await court.stage.as('mallory'), oracle, disputed, { round: 1, value: ahead, amount: ETHER })
    const near = join(folder, 'near.csv')
    // Within the separation of both: 2.49 below the leader, 0.11 above the proposal.
    writeFileSync(near, closesOf('2500.21'))
    const { exitCode, out } = await verify(id, '--prices', near)
    expect(exitCode).toBe(1)
    expect(withoutChance(out).split('\n').at(-1)).toBe('next      assize appeal 0x… 2500.1 rest --dry-run')
  })

  test('says what to propose where nothing stands, and judges what has settled', async () => {
    const open = await verify((await fixing()).id)
    expect(open.exitCode).toBe(0)
    expect(withoutChance(open.out).split('\n').slice(-3)).toEqual([
      'verdict   nothing stands yet',
      'why       nothing is proposed yet',
      'next      assize propose 0x… 2500.1',
    ])
    const { fixing: lied, id } = await fixing(FALSE)
    const { facts } = await readFixing(ann.chain, court.stage.deployments.oracle, lied)
    await court.stage.embedded.mineAt(facts.deadline)
    const settled = await verify(id)
    expect(settled.exitCode).toBe(1)
    expect(settled.out.split('\n').slice(-3)).toEqual([
      expect.stringMatching(/^verdict {3}3000 is .*: it settled wrong$/),
      'why       a settlement is final: what can be claimed is left',
      `next      assize claim ${id} --unwrap`,
    ])
    expect(settled.out).toContain('standing  settled 3000 by timeout')
  })

  test('says why nothing is to be staked before the arbitrator, and where an honest node would not', async () => {
    const { oracle } = court.stage.deployments
    const { fixing: appealed, id } = await fixing(FALSE)
    const ben = await court.stage.as('ben')
    await contribute(ben, oracle, appealed, { round: 1, value: TRUE, amount: ETHER })
    await appeal(ben, oracle, appealed, { round: 2, value: FALSE, amount: ETHER })
    expect(
      withoutChance((await verify(id)).out)
        .split('\n')
        .slice(-2),
    ).toEqual([
      'why       nothing can be staked any more: wait for the ruling, at most until TIME',
      'next      assize fixing show 0x…',
    ])
    // Two candidates on either side of the own value: the leader is another claim by a hair, and the other no nearer than noise.
    const { fixing: straddled, id: trap } = await fixing(2_500n * ETHER)
    const ahead = 2_504n * ETHER + (75n * ETHER) / 100n
    await contribute(ben, oracle, straddled, { round: 1, value: ahead, amount: ETHER })
    const between = join(folder, 'between.csv')
    writeFileSync(between, closesOf('2502.24'))
    const { exitCode, out } = await verify(trap, '--prices', between)
    expect(exitCode).toBe(1)
    expect(withoutChance(out).split('\n').slice(-3)).toEqual([
      'verdict   2504.75 is 2.51 above (0.1003 %): wrong',
      'why       an honest node stakes nothing: No candidate is surely the nearest, and the leader is not beyond separation and noise.',
      'next      assize fixing show 0x…',
    ])
  })

  test('names where the samples of reporters are not those read now, and whose own make another value', async () => {
    const { fixing: disputed, id } = await fixing(FALSE)
    const subject = { fixing: disputed, id, oracle: court.stage.deployments.oracle, document: DOCUMENT }
    const file = join(folder, 'evidence.json')
    writeFileSync(file, evidenceText(await evidenceOf(subject, ['2500.1', '2600', '2500.1'], FALSE)))
    const { exitCode, out } = await verify(id, '--evidence', file)
    expect(exitCode).toBe(1)
    const lines = withoutChance(out)
      .split('\n')
      .map((line) => line.trim())
    expect(lines).toContain('peers     2 of 3 reporters observed; the samples of no quorum of them are there')
    // The rest of them is no quorum of three.
    expect(lines).toContain('NOT report: 2 observations of 3 reporters, 3 make one')
    expect(lines.some((line) => line.startsWith('left out, value of reporter 2: '))).toBe(true)
    const at = lines.findIndex((line) => line.startsWith('3 closes are not those that'))
    expect(lines.slice(at + 1, at + 5).map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
      'candle opens source now seen',
      ...[1, 2, 3].map(() => 'TIME file 2500.1 2600'),
    ])
    const json = JSON.parse((await verify(id, '--evidence', file, '--json')).out)
    expect(json.peers).toMatchObject({ reporters: 3, isSound: false, value: null })
    expect(json.peers.leftOut).toMatchObject([{ what: 'value of reporter 2' }])
    expect(json.peers.differing[0].closes).toHaveLength(3)
  })

  test('takes no evidence of unknown keys when the sources have nothing any more: exit 3', async () => {
    const { fixing: disputed, id } = await fixing(FALSE)
    const subject = { fixing: disputed, id, oracle: court.stage.deployments.oracle, document: DOCUMENT }
    const empty = join(folder, 'empty.csv')
    writeFileSync(empty, 'time,close\n')
    const none = await verify(id, '--prices', empty)
    expect(none.exitCode).toBe(3)
    const keep = 'reporters keep what they saw, and export it by "assize evidence export"'
    expect(none.out.split('\n').slice(-3)).toEqual([
      'verdict   none: there is no own value to compare with',
      `why       the sources make no value now: ${keep}`,
      `next      assize verify ${id} --evidence FILE --registry REGISTRY`,
    ])
    const file = join(folder, 'sound.json')
    writeFileSync(file, evidenceText(await evidenceOf(subject, ['2500.1', '2500.1', '2500.1'])))
    const kept = await verify(id, '--prices', empty, '--evidence', file)
    // Whose keys signed it, the file alone says.
    expect(kept.exitCode).toBe(3)
    expect(kept.out.split('\n').slice(-2)).toEqual([
      'why       whose keys signed the evidence, the file alone says',
      `next      assize verify ${id} --evidence ${file} --registry REGISTRY`,
    ])
    const { registry } = court.stage.deployments
    const foreign = await verify(id, '--prices', empty, '--evidence', file, '--registry', registry, '--json')
    const unknown = {
      verdict: null,
      basis: null,
      peers: { isKnown: false },
      why: `the evidence is not of the reporters of the registry: get that of another reporter; ${keep}`,
      next: `assize verify ${id} --evidence FILE --registry ${registry}`,
    }
    expect(JSON.parse(foreign.out)).toMatchObject(unknown)
    // The same by the environment.
    const env = { ...ann.env, ASSIZE_REGISTRY: registry }
    const words = ['verify', id, '--index-dir', folder, '--prices', empty, '--evidence', file, '--json']
    expect(JSON.parse((await ann.run(words, { env })).out)).toMatchObject(unknown)
    writeFileSync(file, evidenceText(await evidenceOf(subject, ['2500.1', '2500.1', '2500.1'], FALSE)))
    expect((await verify(id, '--prices', empty, '--evidence', file)).exitCode).toBe(3)
  })

  test('takes no other document, no other evidence, and nothing before the maturity', async () => {
    const { fixing: one, id } = await fixing(FALSE)
    const other = await verify(id, '--index', join(folder, 'other.json'))
    expect(other).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(`Expected the document of index ${indexId(DOCUMENT)} at`),
    })
    const nowhere = await ann.run(['verify', id])
    expect(nowhere.err).toBe(
      `error: Expected the document of index ${indexId(DOCUMENT)}, got none. Name its file with --index, or a folder that has it with --index-dir or in ASSIZE_INDEX_DIR.`,
    )
    const missing = await ann.run(['verify', id, '--index-dir', join(folder, 'nowhere')])
    expect(missing).toMatchObject({ exitCode: 2, err: expect.stringContaining('got none. Whoever created the fixing') })
    const subject = {
      fixing: one,
      id: `0x${'ee'.repeat(32)}` as const,
      oracle: court.stage.deployments.oracle,
      document: DOCUMENT,
    }
    const file = join(folder, 'foreign.json')
    writeFileSync(file, evidenceText(await evidenceOf(subject, ['2500.1'])))
    expect((await verify(id, '--evidence', file)).err).toContain(`Expected evidence of fixing ${id}, got that of 0xee`)
    const later = await fixing(undefined, { maturity: MATURITY + 10n ** 8n })
    expect(await verify(later.id)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('Expected a maturity that is over'),
    })
  })
})
