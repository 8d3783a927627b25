import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { type Terminal, terminalOf } from '../../cli/terminal.ts'

type Desk = {
  readonly terminal: Terminal
  readonly events: readonly string[]
  readonly type: (text: string) => void
}

/** A terminal of two streams that notes what happens to it, in order. */
function desk(): Desk {
  const events: string[] = []
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => void events.push(isRaw ? 'echo off' : 'echo on'),
  })
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  stderr.on('data', (chunk: Buffer) => void events.push(chunk.toString()))
  // readline uses no more of a terminal than this.
  const terminal = terminalOf(stdin as unknown as NodeJS.ReadStream, stderr as unknown as NodeJS.WriteStream)
  if (terminal === undefined) throw new Error('Expected a terminal.')
  return { terminal, events, type: (text) => void stdin.write(text) }
}

const NEVER = new AbortController().signal

test('reads a secret that is typed the moment it asks, without ever showing it', async () => {
  const { terminal, events, type } = desk()
  const secret = terminal.askSecret('Password: ', NEVER)
  type('hunter2\r')
  expect(await secret).toBe('hunter2')
  expect(events.indexOf('echo off')).toBeLessThan(events.indexOf('Password: '))
  expect(events.join('')).not.toContain('hunter2')
  expect(events.findLast((event) => event.startsWith('echo'))).toBe('echo on')
})

test('shows an answer that is no secret', async () => {
  const { terminal, events, type } = desk()
  const answer = terminal.ask('Stake? [y/N] ', NEVER)
  type('y\r')
  expect(await answer).toBe('y')
  expect(events.join('')).toContain('Stake? [y/N] ')
})

test.each([
  ['Ctrl-C', '\u0003'],
  ['the end of the input', '\u0004'],
])('takes %s for an interruption', async (_, key) => {
  const { terminal, events, type } = desk()
  const answer = terminal.ask('Stake? ', NEVER)
  type(key)
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  // What is said next does not stand behind the question.
  expect(events.at(-1)).toBe('\n')
})

test('stops asking when it is aborted, and asks nobody where nobody sits', async () => {
  const { terminal } = desk()
  const interruption = new AbortController()
  const answer = terminal.ask('Stake? ', interruption.signal)
  interruption.abort()
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  const piped = new PassThrough() as unknown as NodeJS.ReadStream
  expect(terminalOf(piped, process.stderr)).toBeUndefined()
})
