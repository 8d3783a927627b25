import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Level } from 'level'
import { numberToHex } from 'viem'
import { passing, TAKEN_FILE } from './points.ts'
import { countTaken } from './taken.ts'

// A whole node, as `node/main.ts` runs it, whose calls to disk, peers and chain are points to die at.
watchStore()
await watchWitness()
watchChain()

const { loadConfig } = await import('#node/config')
const { startNode } = await import('../../node/node.ts')
const node = await startNode(loadConfig({ file: process.argv[2] ?? '', env: {} }))
process.on('SIGTERM', () => void node.stop().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ httpPort: node.httpPort })}\n`)

/** Every write to LevelDB, by the tables that it is of; of an intent what it is to do, and its state. */
function watchStore(): void {
  watch(Level.prototype, 'batch', ([rows]) => {
    const kinds = (rows as Row[]).map(({ key, value }) => {
      const table = key.slice(0, key.indexOf('!'))
      return table === 'intents' ? `${table} ${value.action} ${value.state}` : table
    })
    return `write ${[...new Set(kinds)].join('+')}`
  })
}

/** The form that the store uses. */
type Row = { readonly key: string; readonly value: { readonly action?: string; readonly state?: string } }

/** Every append to the second copy of what was signed, and the wait for the disk. */
async function watchWitness(): Promise<void> {
  const file = join(tmpdir(), `assize-crash-${process.pid}`)
  const handle = await open(file, 'a')
  const handles: object = Object.getPrototypeOf(handle)
  await handle.close()
  await rm(file)
  watch(handles, 'appendFile', () => 'append signed.jsonl')
  watch(handles, 'datasync', () => 'sync signed.jsonl')
}

/** Makes every call of a method a point. */
function watch(methods: object, key: string, nameOf: (args: readonly unknown[]) => string): void {
  const real = Reflect.get(methods, key) as (...args: unknown[]) => Promise<unknown> // the caller's word
  Reflect.set(methods, key, function (this: unknown, ...args: unknown[]) {
    return passing(nameOf(args), () => Reflect.apply(real, this, args))
  })
}

/** Every request to the chain, by its method. */
function watchChain(): void {
  const fetchReal = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const body = typeof init?.body === 'string' ? init.body : ''
    const method = /"method":"(\w+)"/.exec(body)?.[1]
    if (method === undefined) return fetchReal(input, init)
    const response = await passing(method, () => fetchReal(input, init))
    const isCount = method === 'eth_getTransactionCount' && body.includes('"pending"')
    return isCount ? counted(response) : response
  }
}

/** The answer of an endpoint that keeps what somebody else has sent with the node's key. */
async function counted(response: Response): Promise<Response> {
  const answer = (await response.json()) as { readonly result: string } // JSON-RPC
  const result = numberToHex(countTaken(process.env[TAKEN_FILE], Number(answer.result)))
  return Response.json({ ...answer, result })
}
