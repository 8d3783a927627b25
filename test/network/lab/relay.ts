/**
 * Carries connections between network namespaces, one TCP forwarder for each link, with delay, jitter, loss and partitions:
 * `node relay.ts SEED`. Reads orders as lines of JSON on stdin, answers each with a line, and ends with stdin. The kernel's
 * own emulation (netem) is not everywhere; this needs nothing but sockets. What is lost, TCP sends again: to programs loss
 * is a stall.
 */
import { connect, createServer, type Socket } from 'node:net'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { Random } from '../../model/random.ts'
import type { Link, LinkWeather, RelayOrder, Target } from './weather.ts'

/** One direction of one connection. */
type Pipe = {
  readonly from: Socket
  readonly to: Socket
  readonly link: Link | undefined
  /** Chunks under way, oldest first, with when each arrives. */
  readonly underway: { readonly chunk: Buffer; readonly atMs: number }[]
  timer: NodeJS.Timeout | undefined
}

const CALM: LinkWeather = { delayMs: 0, jitterMs: 0, lossPerMille: 0, stallMs: 0, resetPerMille: 0 }
/** More is not taken from a sender until some has arrived. */
const MAX_UNDERWAY = 256

const random = new Random(Number(process.argv[2] ?? 0))
const pipes = new Set<Pipe>()
let weather = CALM
let groupOf = new Map<number, number>()

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => obey(JSON.parse(line) as RelayOrder))
lines.on('close', () => process.exit())

function obey(order: RelayOrder): void {
  if (order.kind === 'listen') {
    listen(order.host, order.port, order.to, order.link)
    return
  }
  if (order.kind === 'weather') weather = order.weather
  else regroup(order.groups, order.ends)
  process.stdout.write('done\n')
}

function listen(host: string, port: number, to: Target, link: Link | undefined): void {
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ ...to, allowHalfOpen: true })
    // Neither end waits to fill a packet: what delays is the weather.
    near.setNoDelay()
    far.setNoDelay()
    join(near, far, link)
    join(far, near, link)
  })
  server.listen(port, host, () => process.stdout.write('done\n'))
}

function join(from: Socket, to: Socket, link: Link | undefined): void {
  const pipe: Pipe = { from, to, link, underway: [], timer: undefined }
  pipes.add(pipe)
  from.on('data', (chunk) => take(pipe, chunk))
  from.on('end', () => finish(pipe))
  from.on('error', () => to.destroy())
  from.on('close', () => {
    clearTimeout(pipe.timer)
    pipes.delete(pipe)
    if (pipe.underway.length === 0) to.end()
    else to.destroy()
  })
}

function take(pipe: Pipe, chunk: Buffer): void {
  if (pipe.link === undefined) {
    pipe.to.write(chunk)
    return
  }
  if (random.below(1_000) < weather.resetPerMille) {
    pipe.from.resetAndDestroy()
    pipe.to.resetAndDestroy()
    return
  }
  const stall = random.below(1_000) < weather.lossPerMille ? random.below(weather.stallMs + 1) : 0
  const arrival = performance.now() + weather.delayMs + random.below(weather.jitterMs + 1) + stall
  const atMs = Math.max(arrival, pipe.underway.at(-1)?.atMs ?? 0)
  pipe.underway.push({ chunk, atMs })
  if (pipe.underway.length >= MAX_UNDERWAY) pipe.from.pause()
  if (pipe.timer === undefined) deliver(pipe)
}

/** Hands over what has arrived, and waits for what comes next. */
function deliver(pipe: Pipe): void {
  pipe.timer = undefined
  if (isCut(pipe)) return
  for (let next = pipe.underway[0]; next !== undefined && next.atMs <= performance.now(); next = pipe.underway[0]) {
    pipe.underway.shift()
    pipe.to.write(next.chunk)
  }
  const [next] = pipe.underway
  if (next !== undefined) pipe.timer = setTimeout(() => deliver(pipe), Math.max(0, next.atMs - performance.now()))
  else if (pipe.from.readableEnded) pipe.to.end()
  if (pipe.underway.length < MAX_UNDERWAY) pipe.from.resume()
}

function finish(pipe: Pipe): void {
  if (pipe.underway.length === 0) pipe.to.end()
}

/** Whether the two ends are in different groups. */
function isCut({ link }: Pipe): boolean {
  return link !== undefined && groupOf.get(link[0]) !== groupOf.get(link[1])
}

function regroup(groups: readonly (readonly number[])[], ends: boolean): void {
  const cut = [...pipes].filter(isCut)
  groupOf = new Map(groups.flatMap((group, i) => group.map((peer): [number, number] => [peer, i])))
  for (const pipe of cut) {
    if (isCut(pipe)) continue
    if (ends) pipe.from.resetAndDestroy()
    else deliver(pipe)
  }
}
