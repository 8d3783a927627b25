import { existsSync, globSync, renameSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Plugin, rolldown } from 'rolldown'
import { codeHash } from './notes.ts'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))
const GOSSIPSUB = fileURLToPath(new URL('gossipsub.ts', import.meta.url))
/** Below node_modules, where what stays outside is found. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/assize-crash', import.meta.url))

/** Packages with native code, workers, or what the child patches as a package: they stay what they are. */
const OUTSIDE = /^(?:@chainsafe\/blst|ccxt|classic-level|level|pino|secp256k1)(?:\/|$)/

/** The node's gossip is the one whose publications are points. */
const WITH_POINTS: Plugin = {
  name: 'assize-points',
  resolveId: (id, importer) =>
    id === '@libp2p/gossipsub' && importer?.includes('/node/') === true ? GOSSIPSUB : undefined,
}

let bundle: Promise<string> | undefined

/**
 * The child as one file: a life is short, and would mostly be the reading of a thousand modules. Made once for the code as it
 * is, and kept until the code is another. Throws what the bundler throws.
 */
export function bundledChild(): Promise<string> {
  bundle ??= build(join(CACHE, `${codeHash()}.mjs`))
  return bundle
}

async function build(file: string): Promise<string> {
  if (existsSync(file)) return file
  for (const old of globSync('*.mjs', { cwd: CACHE })) rmSync(join(CACHE, old), { force: true })
  const unfinished = `${file}.${process.pid}`
  const bundled = await rolldown({
    input: CHILD,
    platform: 'node',
    external: (id) => isBuiltin(id) || OUTSIDE.test(id),
    plugins: [WITH_POINTS],
    logLevel: 'silent',
  })
  await bundled.write({ file: unfinished, format: 'esm', codeSplitting: false })
  await bundled.close()
  renameSync(unfinished, file)
  return file
}
