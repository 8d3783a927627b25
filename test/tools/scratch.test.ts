import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MODULE = new URL('../../tools/scratch.mjs', import.meta.url).href
/** A tool that has a folder, and waits for a program which says what its number is and then waits for ever. */
const TOOL = `
import { scratchFolder, start } from ${JSON.stringify(MODULE)}
scratchFolder('assize-scratch-')
const waiting = 'console.log(process.pid); setInterval(() => undefined, 1000)'
const child = start(process.execPath, ['--eval', waiting], { stdio: ['ignore', 'inherit', 'inherit'] })
await new Promise((resolve) => child.on('close', resolve))
throw new Error('went on')
`

let [folder, temporary] = ['', '']

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assize-tools-'))
  temporary = join(folder, 'temporary')
  mkdirSync(temporary)
})
afterEach(() => rmSync(folder, { recursive: true }))

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, TMPDIR: temporary, NODE_COMPILE_CACHE: undefined })

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s stops what a tool has started, and leaves no folder of it', async (signal, code) => {
  const tool = spawn(process.execPath, ['--input-type=module', '--eval', TOOL], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(tool, 'exit')
  const { value } = await createInterface(tool.stdout)[Symbol.asyncIterator]().next()
  const started = Number(value)
  try {
    expect(readdirSync(temporary)).toHaveLength(1)
    tool.kill(signal)
    expect(await ended).toEqual([code, null])
    expect(isRunning(started)).toBe(false)
    expect(readdirSync(temporary)).toEqual([])
  } finally {
    if (isRunning(started)) process.kill(started)
  }
})

test('packing the package leaves nothing in the temporary folder', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'tools', 'package.mjs'), folder], {
    env: environment(),
    encoding: 'utf8',
  })
  expect({ status, stderr }).toMatchObject({ status: 0 })
  expect(readdirSync(folder).toSorted()).toEqual([expect.stringMatching(/^assize-.*\.tgz$/), 'temporary'])
  expect(readdirSync(temporary)).toEqual([])
})
