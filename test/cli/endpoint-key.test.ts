import { afterAll, beforeAll, expect, test } from 'vitest'
import { ETHER } from '../client/chain-fixture.ts'
import { type Court, type Disputer, FALSE, openCourt } from './disputer.ts'

let court: Court
let ann: Disputer
let id: string

beforeAll(async () => {
  court = await openCourt()
  ann = await court.disputer('holder of a key', ETHER)
  id = (await court.fixing({}, FALSE)).id
})
afterAll(() => court.close())

const KEY = 'v3/very-secret'
const NOTHING_THERE = `http://127.0.0.1:1/${KEY}`

test.each<string[]>([
  ['watch', '--once'],
  ['fixing', 'list'],
  ['status'],
  ['claim', '--all'],
  ['council', 'claim', `0x${'11'.repeat(20)}`],
  ['income'],
  ['devnet', 'pass', '1h'],
  ['devnet', 'give', `0x${'11'.repeat(20)}`, '1eth'],
])('assize %s … says that nothing answers without the key to the endpoint', async (...words) => {
  for (const rpc of [NOTHING_THERE, 'http://ann:very-secret@127.0.0.1:1', 'http://127.0.0.1:1?key=very-secret']) {
    const { exitCode, out, err } = await ann.run([...words, '--json', '--rpc', rpc])
    expect(exitCode).toBe(1)
    expect(err).toContain('Expected a JSON-RPC endpoint at 127.0.0.1:1, got ')
    expect(`${out}${err}`).not.toContain('secret')
  }
})

test('no result, no advice and no error of a command shows the key to the endpoint', async () => {
  const rpc = ['--rpc', `${court.stage.embedded.rpcUrl}/?key=very-secret`]
  const lines = [
    ['watch', '--once', '--json'],
    ['watch', '--once'],
    ['fixing', 'list', '--json'],
    ['fixing', 'show', id, '--json'],
    ['fixing', 'show', id],
    ['contribute', id, '2500.1', '0.01eth', '--dry-run'],
    ['contribute', id, '2500.1', '0.01eth', '--yes'],
    ['contribute', id, '3000', '0.01eth', '--yes'],
    ['appeal', id, '2500.1', '0.01eth', '--yes'],
    ['collect', id, '--yes'],
    ['status', '--chain-id', '1'],
    ['income', '--json'],
  ]
  const runs = []
  for (const line of lines) runs.push(await ann.run([...line, ...rpc]))
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0, 0, 2, 1, 1, 2, 0])
  const said = runs.map(({ out, err }) => out + err)
  expect(said.filter((text) => text.includes('secret'))).toEqual([])
  expect(said.filter((text) => text.includes('--rpc ENDPOINT'))).toHaveLength(5)
})

test('an endpoint without a key is in what is advised, to be pasted as it is', async () => {
  const { rpcUrl } = court.stage.embedded
  const { out } = await ann.run(['fixing', 'show', id, '--rpc', rpcUrl])
  expect(out).toContain(` --rpc ${rpcUrl}`)
})
