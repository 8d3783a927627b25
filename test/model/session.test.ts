import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Dictionary } from './abi.ts'
import { type Arena, openArena } from './arena.ts'
import { ROOT, buildArtifacts } from './artifacts.ts'
import type { Campaign } from './campaign.ts'
import { disputeCampaign } from './dispute-campaign.ts'
import { OtherSessionError, type Session, continueSession, missingFrom, openSession } from './session.ts'

let arena: Arena
let campaign: Campaign
let folder: string

beforeAll(async () => {
  arena = await openArena(await buildArtifacts())
  campaign = disputeCampaign(arena)
})

afterAll(() => arena.stop())

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assize-replay-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

test('a session goes on where it stopped, and says what it never reached', async () => {
  const path = join(folder, 'state.json')
  const options = { from: 40, commit: 'test', path }
  const lines: string[] = []
  const say = (line: string): number => lines.push(line)
  await continueSession(campaign, openSession(campaign, options), { games: 2, path, say })
  const resumed = openSession(campaign, options)
  expect(resumed.next).toBe(42)
  await continueSession(campaign, resumed, { games: 3, path, say })
  expect(existsSync(path)).toBe(true)
  expect(openSession(campaign, options)).toMatchObject({ next: 43, mismatches: [], commit: 'test' })
  expect(missingFrom(campaign, resumed)).toContain('ruling: a tie for the earlier')
})

test.each([
  ['contract', { bytecodeHash: '0x00' }],
  ['model', { modelHash: '0x00' }],
  ['first seed', { from: 41 }],
])('a session about another %s is not continued', (_what, change) => {
  const path = join(folder, 'state.json')
  const options = { from: 40, commit: 'test', path }
  writeFileSync(path, JSON.stringify({ ...openSession(campaign, options), ...change }))
  expect(() => openSession(campaign, options)).toThrow(OtherSessionError)
})

test('a mismatch is kept when the session is broken off right after it', async () => {
  const path = join(folder, 'state.json')
  const options = { from: 0, commit: 'test', path }
  const unread = disputeCampaign({ ...arena, dictionary: new Dictionary([]) }) // every event and error differs from the model's
  const say = (): never => {
    throw new Error('broken off')
  }
  await expect(continueSession(unread, openSession(campaign, options), { games: 25, path, say })).rejects.toThrow(
    'broken off',
  )
  const { mismatches, next } = openSession(campaign, options)
  expect(mismatches.map(({ seed }) => seed)).toContain(next - 1)
  expect(mismatches[0]?.text).toMatch(/^seed 0, step \d+: /)
})

test('a session that was killed and continued ends as one that never was', async () => {
  const [killed, whole] = [join(folder, 'killed.json'), join(folder, 'whole.json')]
  const child = startReplay(killed)
  await says(child, '25 of 60 games')
  child.kill('SIGKILL')
  expect(await endOf(child)).toBe('SIGKILL')
  expect(stateOf(killed).next).toBeLessThan(560)
  const unfinished = 1 // 60 games do not reach everything
  expect(await endOf(startReplay(killed))).toBe(unfinished)
  expect(await endOf(startReplay(whole))).toBe(unfinished)
  expect(stateOf(whole)).toMatchObject({ from: 500, next: 560, mismatches: [] })
  expect({ ...stateOf(killed), seconds: 0 }).toEqual({ ...stateOf(whole), seconds: 0 })
})

function startReplay(state: string): ChildProcess {
  const args = ['tools/replay.mjs', '--from', '500', '--games', '60', '--state', state]
  return spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] })
}

function says(child: ChildProcess, text: string): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes(text)) resolve()
    })
    child.once('close', () => reject(new Error(`Expected "${text}", got the end after "${said}".`)))
  })
}

function endOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? child.signalCode)
    else child.once('exit', (code, signal) => resolve(code ?? signal))
  })
}

function stateOf(path: string): Session {
  return JSON.parse(readFileSync(path, 'utf8')) as Session // written by the command
}
