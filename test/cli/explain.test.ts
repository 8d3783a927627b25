import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { documentJson, sourceJson } from '../protocol/index-documents.ts'
import { ETHER, MATURITY } from '../client/chain-fixture.ts'
import { assize } from './command-line.ts'
import { type Court, openCourt } from './disputer.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assize-explain-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('explain says what guards the value, what an attack costs and how long it takes', async () => {
  const { exitCode, out } = await assize(['explain', '--value', '1000', '--capital', '20', '--corruption', '1500'])
  expect(exitCode).toBe(0)
  expect(out).toContain('For 1000 ETH at stake a proposal bonds d = 2.5 ETH: 0.25 % of it.')
  expect(out).toMatch(/^first-window +1d +lies that nobody sees: 5 ETH \(2 d\) must move within it/m)
  // 1.0009 x 1.00015^3: 0.1351 % of 1000 ETH.
  expect(out).toContain('disputes about noise of 0.015 %; settles at most 0.1351 % from the truth: 1.351 ETH')
  expect(out).toMatch(/^lie 1 → truth → lie 1 +10 +6\.7066 +4$/m)
  expect(out).toMatch(/^4 +timeout +7 d +2 +30$/m)
  // 1.6 d and F = 4.04, of which 1500 are left.
  expect(out).toContain('A bought ruling costs 1500 ETH less 1 x 4.04 ETH that the game pays: 1495.9599 ETH.')
  expect(out).toContain(
    'A report needs 67 of 100 reporters, 67 ETH of stake; two that contradict each other cost 34 of them',
  )
  expect(out).toContain('at the latest 100 d after maturity')
  expect(out.split('\n').at(-1)).toBe(
    'Next: assize fixing create --index INDEX --maturity MATURITY --arbitrator ARBITRATOR --backup BACKUP ' +
      '--min-bond 2.5 --bond-ppm 0 --fee 0.04 --first-window 1d --window 2d --separation-ppm 900 --band-ppm 9000 ' +
      '--grace 3d --limit 30d',
  )
})

test.each([
  [['--capital', '1'], 'ETH of honest people', false],
  [['--capital', '1'], 'Bond: 0.192 ETH, not the 2.5 ETH that 0.25 % would be', true],
  [
    ['--capital', '0.5'],
    'the fixing needs 0.54 ETH of honest people, who would stake 0.5 ETH: a lie wins for stakes of 2.2',
    true,
  ],
  [[], 'with less than 12.54 ETH of honest people, 5 ETH of it within 1 d, a lie wins by the clock', true],
  [['--corruption', '1000'], 'lies in the fixing gain 1000 ETH and cost 995.9599 ETH: not secured', true],
  [['--corruption', '1005'], 'not secured', false],
  [[], 'summed over all fixings that they serve', true],
  [['--calm', '6h'], 'within 6 h people asleep and on the way see nothing, and 5 ETH must move', true],
  [['--open-interest', `0x${'11'.repeat(20)}`], 'another 1000 ETH of open interest', true],
  [[], 'if nobody proposes for 33 d, or, for stakes of 8.3733 ETH that come back, if both', true],
])('explain %j: %s (%s)', async (flags, text, isSaid) => {
  const { out } = await assize(['explain', '--value', '1000', ...flags])
  expect(out.includes(text)).toBe(isSaid)
})

test('explain takes the noise of the index document that it is given', async () => {
  const file = join(folder, 'an index.json')
  writeFileSync(file, JSON.stringify({ ...documentJson([sourceJson('kraken')]), noisePpm: 400 }))
  const { out } = await assize(['explain', '--value', '1', '--json', '--index', file])
  const document: unknown = JSON.parse(out)
  expect(document).toMatchObject({
    version: 1,
    needs: { noisePpm: 400, value: '1000000000000000000', calmSeconds: 86_400 },
    parameters: { minBond: '100000000000000000', separationPpm: 2_400, bandPpm: 24_000 },
    bondReason: 'fee',
    cautions: [{ code: 'capital-unknown' }, { code: 'corruption-unknown' }, { code: 'unreported' }],
    next: expect.stringContaining(`assize fixing create --index '${file}' --maturity MATURITY `),
  })
})

test.each([
  [['--worst', '3d'], 'Expected --worst of at least 8 d, got 3 d. Allow more, or less for --calm or --court.'],
  [['--separation-ppm', '600'], 'Expected --separation-ppm from 601 to 100000, got 600.'],
  [['--noise-ppm', '60000'], 'Expected --noise-ppm from 0 to 16666, got 60000.'],
  [['--share', '11'], 'Expected --share from 0 % to 10 %, got 11 %.'],
  [['--calm', '1min'], 'Expected --calm from 10 min to 30 d, got 1 min.'],
  [['--fee', '0'], 'Expected --fee from 1 wei to '],
  [['--value', 'much'], 'Expected ETH such as 0.1, got "much".'],
])('explain refuses %j, exit 2', async (flags, message) => {
  const { exitCode, out, err } = await assize(['explain', '--value', '1', ...flags])
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  expect(err).toContain(message)
})

test('explain needs to be told what is at stake', async () => {
  const { exitCode, err } = await assize(['explain'])
  expect(exitCode).toBe(2)
  expect(err).toContain('--value')
})

test('the command that explain ends with creates a fixing with just the parameters that it explains', async () => {
  const court: Court = await openCourt()
  try {
    const ann = await court.disputer('ann', ETHER)
    const { council, backupCouncil, vault } = court.stage.deployments
    const names = ['--index', `0x${'77'.repeat(32)}`, '--maturity', String(MATURITY)]
    const courts = ['--arbitrator', council, '--backup', backupCouncil, '--open-interest', vault]
    const odd = ['--value', '33.3', '--capital', '0.7123456', '--calm', '36001s', '--worst', '41d', '--fee', '0.01']
    const said: unknown = JSON.parse((await assize(['explain', ...odd, ...names, ...courts, '--json'])).out)
    const { next, parameters } = said as { next: string; parameters: object } // explain's document
    const words = next.split(' ').slice(1)
    const made = await ann.run([...words, '--dry-run', '--json'])
    expect(made.exitCode).toBe(0)
    expect(JSON.parse(made.out)).toMatchObject({
      parameters: { ...parameters, maturity: Number(MATURITY), arbitrator: council, backup: backupCouncil },
    })
  } finally {
    await court.close()
  }
})
