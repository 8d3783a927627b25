import { open, rm } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Level } from 'level'
import { passing } from './points.ts'

// A whole node, as `node/main.ts` runs it, whose calls to disk, peers and chain are points to die at.
const GOSSIPSUB = new URL('gossipsub.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@libp2p/gossipsub' && context.parentURL?.includes('/node/') === true
      ? { url: GOSSIPSUB, shortCircuit: true }
      : next(specifier, context),
})
watchStore()
await watchWitness()
watchChain()

const { loadConfig } = await import('#node/config')
const { startNode } = await import('../../node/node.ts')
const node = await startNode(loadConfig({ file: process.argv[2] ?? '', env: {} }))
process.on('SIGTERM', () => void node.stop().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ httpPort: node.httpPort })}\n`)

/** Every write to LevelDB, by the tables that it is of. */
function watchStore(): void {
  watch(Level.prototype, 'batch', ([rows]) => {
    const tables = (rows as { key: string }[]).map(({ key }) => key.slice(0, key.indexOf('!'))) // the form that the store uses
    return `write ${[...new Set(tables)].join('+')}`
  })
}

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
  globalThis.fetch = (input, init) => {
    const method = /"method":"(\w+)"/.exec(typeof init?.body === 'string' ? init.body : '')?.[1]
    return method === undefined ? fetchReal(input, init) : passing(method, () => fetchReal(input, init))
  }
}
