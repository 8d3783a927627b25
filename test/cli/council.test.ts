import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { request } from '#client/oracle-writer.ts'
import { wethBalance } from '#client/weth.ts'
import { ETHER, MATURITY } from '../client/chain-fixture.ts'
import { formatTime } from '../../cli/format.ts'
import { type Court, type Disputer, openCourt, TRUE } from './disputer.ts'

let court: Court
let ada: Disputer
let bede: Disputer
let clerk: Disputer

beforeAll(async () => {
  court = await openCourt()
  // The members of the stage's council have the keys of these names.
  ada = await court.disputer('Ada', ETHER)
  bede = await court.disputer('Bede', ETHER)
  clerk = await court.disputer('clerk', ETHER)
  await court.stage.embedded.mineAt(MATURITY + 4n * 86_400n)
})
afterAll(() => court.close())

/** A fixing that nobody proposed and that waits for the council. */
async function waiting() {
  const made = await court.fixing()
  await request(await court.stage.as('asker'), court.stage.deployments.oracle, made.fixing)
  return made
}

describe('assize council', () => {
  test('k members sign one file, anyone brings it, and the members claim the fee', async () => {
    const { oracle, weth, council } = court.stage.deployments
    const { fixing, id } = await waiting()
    const file = join(court.folder, 'ruling.json')
    const first = await ada.run(['council', 'sign', id, '2500.1', '--file', file, '--yes'])
    expect(first).toMatchObject({ exitCode: 0, out: '' })
    expect(first.err).toContain(`signer    Ada, ${ada.account.address}`)
    // What is to be read, of when, and that it is for ever.
    expect(first.err).toContain(`index     ${fixing.indexId}\nmaturity  ${formatTime(fixing.maturity)} (`)
    expect(first.err).toContain('a signature does not expire and cannot be taken back: sign one value only')
    expect(first.err).toContain('Signed: 1 of 2 that a ruling takes')
    const few = await clerk.run(['council', 'submit', file, '--yes'])
    expect(few).toMatchObject({ exitCode: 1 })
    expect(few.err).toContain('Expected 2 valid signatures on the ruling, got 1.')
    // Another value does not go into the file, and signing twice changes nothing.
    const other = await bede.run(['council', 'sign', id, '2600', '--file', file, '--yes'])
    expect(other).toMatchObject({ exitCode: 2 })
    expect(other.err).toContain('Expected rulings of the same value, got 2500.1')
    await ada.run(['council', 'sign', id, '2500.1', '--file', file, '--yes'])
    const second = await bede.run(['council', 'sign', id, '2500.1', '--file', file, '--yes'])
    expect(second.err).toContain(`Bring it: assize council submit ${file}`)
    expect(JSON.parse(readFileSync(file, 'utf8')).signatures.map(({ index }: { index: number }) => index)).toEqual([
      0, 1,
    ])
    const dry = await clerk.run(['council', 'submit', file, '--dry-run', '--account', clerk.account.address])
    expect(dry.out).toContain('signed    by Ada, Bede: 2, 2 are needed')
    const submitted = await clerk.run(['council', 'submit', file, '--yes', '--json'])
    expect(submitted).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(submitted.out)).toMatchObject({
      action: 'council submit',
      arbitrator: council,
      value: '2500.1',
      isSent: true,
    })
    expect(await readFixing(ada.chain, oracle, fixing)).toMatchObject({ settlement: TRUE, outcome: 'ruling' })
    expect((await ada.run(['council', 'claim', council, '--yes'])).out).toContain('Claimed 0.02 ETH (as WETH).')
    expect(await wethBalance(ada.chain, weth, ada.account.address)).toBe(fixing.arbitrationFee / 2n)
    expect((await clerk.run(['council', 'claim', council, '--yes'])).exitCode).toBe(1)
  })

  test('separate files are brought together, and one that does not verify is left out', async () => {
    const { id } = await waiting()
    const [one, two] = ['one.json', 'two.json'].map((name) => join(court.folder, name)) as [string, string]
    writeFileSync(one, (await ada.run(['council', 'sign', id, 'INVALID', '--yes'])).out)
    const forged = JSON.parse((await bede.run(['council', 'sign', id, 'INVALID', '--yes'])).out)
    const [{ signature }] = forged.signatures
    writeFileSync(two, JSON.stringify({ ...forged, signatures: [{ index: 2, name: 'Clio', signature }] }))
    const short = await clerk.run(['council', 'submit', one, two, '--yes'])
    expect(short).toMatchObject({ exitCode: 1 })
    expect(short.err).toContain('Left out: the signature of member 2 does not verify.')
    expect(short.err).toContain(`got 1. Ask further members: assize council sign ${id} INVALID --file ${one}`)
    writeFileSync(two, JSON.stringify(forged))
    const brought = await clerk.run(['council', 'submit', one, two, '--yes'])
    expect(brought).toMatchObject({ exitCode: 0 })
    expect(brought.out).toContain('Settled at INVALID.')
    expect((await ada.run(['council', 'sign', id, 'INVALID', '--yes'])).err).toContain('got one settled at INVALID')
  })

  test('a false signature in the place of a member does not put out the true one, in whatever order the files come', async () => {
    const { id } = await waiting()
    const [one, two] = ['true.json', 'false.json'].map((name) => join(court.folder, name)) as [string, string]
    const signed = JSON.parse((await ada.run(['council', 'sign', id, '2500', '--yes'])).out)
    const other = JSON.parse((await bede.run(['council', 'sign', id, '2500', '--yes'])).out)
    const [{ signature }] = other.signatures
    writeFileSync(one, JSON.stringify(signed))
    const forged = { index: signed.signatures[0].index, name: 'Ada', signature }
    writeFileSync(two, JSON.stringify({ ...other, signatures: [forged, ...other.signatures] }))
    const dry = ['--dry-run', '--account', clerk.account.address]
    for (const files of [
      [one, two],
      [two, one],
      [one, two, one],
    ]) {
      const { exitCode, out, err } = await clerk.run(['council', 'submit', ...files, ...dry])
      expect({ exitCode, err }).toEqual({
        exitCode: 0,
        err: 'Left out: another signature of member 0 does not verify.',
      })
      expect(out).toContain('signed    by Ada, Bede: 2, 2 are needed')
    }
    // Who signs again knows which is its own.
    const again = await ada.run(['council', 'sign', id, '2500', '--file', two, '--yes'])
    expect(again.err).toContain('Signed: 2 of 2')
    expect(JSON.parse(readFileSync(two, 'utf8')).signatures).toEqual([...signed.signatures, ...other.signatures])
  })

  test('refuses strangers, turns that are not theirs, and files that are no rulings', async () => {
    const { backupCouncil } = court.stage.deployments
    const { id } = await waiting()
    const stranger = await clerk.run(['council', 'sign', id, '2500', '--yes'])
    expect(stranger).toMatchObject({ exitCode: 2 })
    expect(stranger.err).toContain(`Expected a member of council`)
    const backup = await ada.run(['council', 'sign', id, '2500', '--council', backupCouncil, '--yes'])
    expect(backup).toMatchObject({ exitCode: 1 })
    expect(backup.err).toContain(`Expected the turn of council ${backupCouncil}`)
    const unasked = await ada.run(['council', 'sign', id, '2500'])
    expect(unasked).toMatchObject({ exitCode: 2 })
    expect(unasked.err).toContain('Expected --yes where nobody can be asked, got none. Add --yes to sign, or --dry-run')
    const file = join(court.folder, 'broken.json')
    writeFileSync(file, '{"version": 1}')
    expect((await ada.run(['council', 'submit', file, '--yes'])).err).toContain(`Expected a ruling in ${file}`)
    expect((await ada.run(['council', 'submit', 'nowhere.json', '--yes'])).err).toContain('got no file')
    const early = await court.fixing({}, 3_000n * ETHER)
    expect((await ada.run(['council', 'sign', early.id, '2500', '--yes'])).err).toContain(
      'Expected a fixing in arbitration',
    )
  })
})
