import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readJuryTerms } from '#client/jury.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { type Court, type Disputer, openCourt } from './disputer.ts'

let court: Court
let ann: Disputer

beforeAll(async () => {
  court = await openCourt()
  ann = await court.disputer('ann', 5n * ETHER)
})
afterAll(() => court.close())

const DAY = 86_400

test('assize jury deploy makes a jury of 31 seats, once (R-500)', async () => {
  const args = ['jury', 'deploy', '--yes'] as const
  const dry = await ann.run(['jury', 'deploy', '--dry-run'])
  expect(dry).toMatchObject({ exitCode: 0 })
  expect(dry.out.split('\n')).toContain('price     0.039 ETH: fixings with a lower arbitration fee are refused')
  expect(dry.out).toContain('corrupting it costs 11 ETH at least')
  expect(dry.out.split('\n')).toContain(
    "draws     by a block's prevrandao: if a sequencer sets it, it chooses the jurors, and nobody can see that",
  )
  const { exitCode, out } = await ann.run(args)
  expect(exitCode, out).toBe(0)
  const address = /ASSIZE_JURY=(0x\w{40})/.exec(out)?.[1] as `0x${string}`
  expect(await readJuryTerms(await court.stage.as('anyone'), address)).toEqual({
    seats: 31,
    quorum: 21,
    leastPool: 62,
    leastSeparationPpm: 1_000,
    warmUp: 7 * DAY,
    seatStake: ETHER,
    seatFee: ETHER / 1_000n,
    commitTime: 2 * DAY,
    revealTime: DAY,
  })
  const again = JSON.parse((await ann.run([...args, '--json'])).out)
  expect(again).toMatchObject({ action: 'jury deploy', arbitrator: address, isSent: false, steps: [] })
})

test('assize jury deploy takes other terms, and says which of them the contract refuses', async () => {
  const small = ['--seats', '5', '--quorum', '3', '--least-pool', '10', '--seat-stake', '0.5 eth']
  const { exitCode, out } = await ann.run(['jury', 'deploy', '--yes', ...small])
  expect(exitCode, out).toBe(0)
  const address = /ASSIZE_JURY=(0x\w{40})/.exec(out)?.[1] as `0x${string}`
  const terms = await readJuryTerms(await court.stage.as('anyone'), address)
  expect(terms).toMatchObject({ seats: 5, quorum: 3, leastPool: 10, seatStake: ETHER / 2n })
  const even = await ann.run(['jury', 'deploy', '--yes', '--seats', '30'])
  expect(even.exitCode).toBe(2)
  expect(even.err).toContain('Expected an odd number of seats, got 30.')
  const few = await ann.run(['jury', 'deploy', '--yes', '--quorum', '15'])
  expect(few.exitCode).toBe(2)
  expect(few.err).toContain('Expected quorum from 16 to 31, got 15.')
})

/** Runs `run` with the URL of an endpoint of the chain whose blocks have `mixHash` instead of their own. */
async function mixing<T>(mixHash: string, run: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = Buffer.concat(await request.toArray())
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(court.stage.embedded.rpcUrl, { method: 'POST', headers, body })
      const text = (await answer.text()).replaceAll(/"mixHash":"0x\w*"/g, `"mixHash":"${mixHash}"`)
      response.setHeader('content-type', 'application/json')
      response.end(text)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening
  try {
    return await run(`http://127.0.0.1:${port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('assize jury deploy refuses a chain on which everybody knows beforehand who is drawn', async () => {
  for (const mixHash of [`0x${'00'.repeat(32)}`, `0x${'a7'.repeat(32)}`]) {
    const args = ['jury', 'deploy', '--dry-run', '--seats', '7', '--quorum', '5', '--least-pool', '14']
    expect((await ann.run(args)).exitCode).toBe(0)
    expect(await mixing(mixHash, (url) => ann.run([...args, '--rpc', url]))).toEqual({
      exitCode: 1,
      out: '',
      err: 'error: Expected chain 31337 to have random prevrandao (a jury: else everybody knows beforehand whom it draws). Name a council as the arbitrator of fixings there.',
    })
  }
})
