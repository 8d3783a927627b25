import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../cli/free-port.ts'
import type { LinkWeather, RelayOrder, Target } from './lab/weather.ts'

const FAR: LinkWeather = { delayMs: 5, jitterMs: 20, lossPerMille: 300, stallMs: 30, resetPerMille: 0 }
const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0).toReversed()) close()
})

type Relay = {
  readonly order: (order: RelayOrder) => Promise<void>
  readonly port: number
  readonly to: Target
}

/** A relay between this test and an echo, joining nodes 0 and 1. */
async function relay(): Promise<Relay> {
  const echo = createServer((socket) => void socket.pipe(socket).on('error', () => undefined))
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  closing.push(() => void echo.close())
  const child = spawn(process.execPath, ['test/network/lab/relay.ts', '1'], { stdio: ['pipe', 'pipe', 'inherit'] })
  closing.push(() => void child.kill('SIGKILL'))
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const order = async (what: RelayOrder): Promise<void> => {
    child.stdin.write(`${JSON.stringify(what)}\n`)
    expect(await answers.next()).toEqual({ done: false, value: 'done' })
  }
  const port = await freePort()
  const to = { host: '127.0.0.1', port: (echo.address() as AddressInfo).port }
  await order({ kind: 'listen', host: '127.0.0.1', port, to, link: [0, 1] })
  return { order, port, to }
}

async function dial({ port }: Relay): Promise<{ socket: Socket; said: () => string }> {
  const socket = connect(port, '127.0.0.1').setNoDelay()
  closing.push(() => void socket.destroy())
  let said = ''
  socket.on('data', (chunk) => (said += chunk.toString()))
  await once(socket, 'connect')
  return { socket, said: () => said }
}

const SOON = { interval: 5 }

test('brings everything in order through any weather', async () => {
  const one = await relay()
  await one.order({ kind: 'weather', weather: FAR })
  const { socket, said } = await dial(one)
  const sent = Array.from({ length: 200 }, (_, i) => `${i} `)
  for (const text of sent) {
    socket.write(text)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  await expect.poll(said, SOON).toBe(sent.join(''))
})

test('carries nothing between groups, and what was sent once they are one again', async () => {
  const one = await relay()
  const { socket, said } = await dial(one)
  socket.write('before ')
  await expect.poll(said, SOON).toBe('before ')
  await one.order({ kind: 'groups', groups: [[0, 2], [1]], ends: false })
  socket.write('meanwhile ')
  // Another link, whose nodes are together, shows that the relay had time for the first.
  const port = await freePort()
  await one.order({ kind: 'listen', host: '127.0.0.1', port, to: one.to, link: [0, 2] })
  const beside = await dial({ ...one, port })
  beside.socket.write('beside')
  await expect.poll(beside.said, SOON).toBe('beside')
  expect(said()).toBe('before ')
  await one.order({ kind: 'groups', groups: [[0, 1, 2]], ends: false })
  await expect.poll(said, SOON).toBe('before meanwhile ')
})

test('resets what was cut when it is told to, and what the weather ends', async () => {
  const one = await relay()
  const cut = await dial(one)
  cut.socket.on('error', () => undefined)
  await one.order({ kind: 'groups', groups: [[0], [1]], ends: false })
  await one.order({ kind: 'groups', groups: [[0, 1]], ends: true })
  await expect.poll(() => cut.socket.destroyed, SOON).toBe(true)
  await one.order({ kind: 'weather', weather: { ...FAR, resetPerMille: 1_000 } })
  const next = await dial(one)
  next.socket.on('error', () => undefined)
  next.socket.write('x')
  await expect.poll(() => next.socket.destroyed, SOON).toBe(true)
  expect(next.said()).toBe('')
})
