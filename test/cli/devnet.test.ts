import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assize } from './command-line.ts'

const STRANGER = '0x000000000000000000000000000000000000dEaD'

let parent: string

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'assize-devnet-test-'))
})
afterAll(() => rmSync(parent, { recursive: true }))

/** Starts a devnet in `folder`; resolves with its environment once it is ready. */
function startDevnet(folder: string): { ready: Promise<Record<string, string>>; end(): Promise<number> } {
  const interruption = new AbortController()
  const { promise, resolve } = Promise.withResolvers<Record<string, string>>()
  const out: string[] = []
  const io = {
    isTerminal: false,
    out: (line: string) => void out.push(line),
    err: (line: string) => {
      if (line.startsWith('Ready.')) resolve(JSON.parse(out.join('\n')).environment)
    },
    paint: (_: unknown, text: string) => text,
    redraw: () => undefined,
  }
  const ended = assize(['devnet', '--folder', folder, '--json'], {}, { io, signal: interruption.signal })
  return {
    ready: promise,
    async end() {
      interruption.abort()
      return (await ended).exitCode
    },
  }
}

test('offers a false proposal to dispute until it is interrupted, then leaves nothing behind', async () => {
  const folder = join(parent, 'first')
  const devnet = startDevnet(folder)
  const env = await devnet.ready
  const listed = await assize(['fixing', 'list', '--json'], env)
  expect(JSON.parse(listed.out).fixings).toMatchObject([
    { id: env['FIXING'], phase: 'active', round: 1, leader: '3000' },
  ])
  expect(readFileSync(join(folder, 'env'), 'utf8')).toContain(`export FIXING='${env['FIXING']}'\n`)

  expect((await assize(['devnet', 'pass', '1d'], env)).out).toMatch(
    /^It is \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC on the chain\.$/,
  )
  const later = await assize(['devnet', 'pass', '1h', '--json'], env)
  expect(JSON.parse(later.out)).toEqual({ version: 1, time: expect.any(Number) })
  expect((await assize(['devnet', 'give', STRANGER, '1.5eth'], env)).out).toBe(`${STRANGER} has 1.5 ETH.`)
  const given = await assize(['devnet', 'give', STRANGER, '0.5eth', '--json'], env)
  expect(JSON.parse(given.out)).toEqual({ version: 1, account: STRANGER, balance: '2000000000000000000' })
  const settled = await assize(['fixing', 'list', '--json'], env)
  expect(JSON.parse(settled.out).fixings).toMatchObject([{ phase: 'settled', settlement: '3000', outcome: 'timeout' }])

  expect(await devnet.end()).toBe(0)
  expect(existsSync(folder)).toBe(false)
  expect((await assize(['fixing', 'list'], env)).exitCode).toBe(1)
})

test('refuses a folder that exists, and to move the clock of what is not there, exit 2 and 1', async () => {
  expect(await assize(['devnet', '--folder', parent])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining(`Expected to create the folder ${parent}, got one that exists.`),
  })
  expect((await assize(['devnet', 'pass', '1d', '--rpc', 'http://127.0.0.1:9'])).exitCode).toBe(1)
  expect((await assize(['devnet', 'pass', 'soon'])).exitCode).toBe(2)
  expect((await assize(['devnet', 'give', STRANGER, '1eth', '--rpc', 'http://127.0.0.1:9'])).exitCode).toBe(1)
  expect((await assize(['devnet', 'give', 'somebody', '1eth'])).exitCode).toBe(2)
})
