import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { freePort } from '../cli/free-port.ts'
import { temporaryFolder } from '../node/temporary.ts'

/** Debian's Prometheus with the rules and the scraping of docs/operations, pointed at one node. */
export interface Prometheus {
  /** The number of series that a query gives now. Throws with Prometheus' own words if it is none. */
  series(query: string): Promise<number>
  /** The queries of all alerts, as Prometheus has read them. */
  alerts(): Promise<readonly string[]>
  stop(): Promise<void>
}

const OPERATIONS = 'docs/operations'
const STARTED_MS = 60_000

/** Starts it, scraping every second. Throws if `prometheus` is not installed. */
export async function startPrometheus(nodePort: number): Promise<Prometheus> {
  const folder = temporaryFolder()
  const config = readFileSync(join(OPERATIONS, 'prometheus.yml'), 'utf8')
    .replaceAll('15s', '1s')
    .replace('127.0.0.1:9750', `127.0.0.1:${nodePort}`)
  writeFileSync(join(folder, 'prometheus.yml'), config)
  cpSync(join(OPERATIONS, 'alerts.yml'), join(folder, 'alerts.yml'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/api/v1`
  const server = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'inherit' },
  )
  await started(server, url)
  return {
    async series(query) {
      const { result } = RESULT.parse(await get(`${url}/query?query=${encodeURIComponent(query)}`)).data
      return result.length
    },
    async alerts() {
      const { groups } = RULES.parse(await get(`${url}/rules`)).data
      return groups.flatMap(({ rules }) => rules.map(({ query }) => query))
    },
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill()
      await ended
    },
  }
}

const RESULT = z.object({ data: z.object({ result: z.array(z.unknown()) }) })
const RULES = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ query: z.string() })) })) }),
})

async function get(url: string): Promise<unknown> {
  const response = await fetch(url)
  const body: unknown = await response.json()
  if (!response.ok) throw new Error(`Expected an answer to ${decodeURIComponent(url)}, got ${JSON.stringify(body)}.`)
  return body
}

async function started(server: ChildProcess, url: string): Promise<void> {
  let failure: Error | undefined
  server.once('error', (error) => (failure = error))
  server.once('exit', (code) => (failure ??= new Error(`Expected Prometheus to run, got exit code ${code}.`)))
  const end = performance.now() + STARTED_MS
  while (performance.now() < end) {
    if (failure !== undefined) {
      throw new Error('Expected prometheus to start: apt-get install prometheus', { cause: failure })
    }
    const isUp = await fetch(`${url}/status/buildinfo`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  server.kill()
  throw new Error(`Expected Prometheus to answer within ${STARTED_MS} ms.`)
}
