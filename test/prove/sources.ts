import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Solidity sources by the name under which they import each other. */
export type Sources = Readonly<Record<string, string>>

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const IMPORT = /^\s*import\s[^"]*"([^"]+)";/gm

/** Names that do not say where the file is, as in foundry.toml. */
const REMAPPINGS: readonly (readonly [prefix: string, folder: string])[] = [
  ['src/', 'contracts/src/'],
  ['@openzeppelin/', 'node_modules/@openzeppelin/'],
  ['solady/', 'node_modules/solady/src/'],
]

/** The source `name`, a path from the root, and all that it imports. What `given` holds is taken instead of the file. */
export function sourcesOf(name: string, given: Sources): Sources {
  const sources: Record<string, string> = {}
  const open = [name]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next in sources) continue
    const text = given[next] ?? readSource(next)
    sources[next] = text
    for (const [, specifier = ''] of text.matchAll(IMPORT)) open.push(resolve(next, specifier))
  }
  return sources
}

/** The text of the source that is imported as `name`. */
export function readSource(name: string): string {
  const remapping = REMAPPINGS.find(([prefix]) => name.startsWith(prefix))
  const path = remapping === undefined ? name : remapping[1] + name.slice(remapping[0].length)
  return readFileSync(join(ROOT, path), 'utf8')
}

function resolve(from: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier
}
