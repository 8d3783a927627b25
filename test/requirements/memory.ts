import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../mutation/scratch.ts'
import type { Verdict } from './check.ts'
import type { DisablingEdit } from './disabling-edit.ts'
import type { Requirement } from './specification.ts'

/** What was found out by an earlier run, while nothing that it depends on has changed. */
export interface Memory {
  of(edit: DisablingEdit, requirement: Requirement): Verdict | undefined
  keep(edit: DisablingEdit, requirement: Requirement, verdict: Verdict): void
}

const SOLIDITY = ['contracts/src', 'test/contracts', 'foundry.toml']
const TYPESCRIPT = ['contracts', 'node', 'cli', 'test']

/** Verdicts in `file`, a line each; in memory only without one. */
export function openMemory(file: string | undefined): Memory {
  const verdicts = new Map<string, Verdict>()
  if (file !== undefined && existsSync(file)) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue
      const { key, ...verdict } = JSON.parse(line) as Verdict & { readonly key: string } // written below
      verdicts.set(key, verdict)
    }
  }
  const trees = { solidity: hashOf(SOLIDITY, /\.sol$|\.toml$/), typescript: hashOf(TYPESCRIPT, /\.ts$/) }
  const keyOf = (edit: DisablingEdit, { tests }: Requirement): string => {
    const tree = edit.file.endsWith('.sol') ? trees.solidity : trees.typescript
    return digest(JSON.stringify([edit, tests, tree]))
  }
  return {
    of: (edit, requirement) => verdicts.get(keyOf(edit, requirement)),
    keep(edit, requirement, verdict) {
      const key = keyOf(edit, requirement)
      verdicts.set(key, verdict)
      if (file !== undefined) appendFileSync(file, `${JSON.stringify({ key, ...verdict })}\n`)
    },
  }
}

/** One hash of all files of these folders whose names match. */
function hashOf(places: readonly string[], name: RegExp): string {
  const files = places.flatMap((place) => {
    const path = join(ROOT, place)
    if (statSync(path).isFile()) return [place]
    return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((below) => join(place, below))
  })
  const sources = files.filter((file) => name.test(file) && !/(?:^|\/)(?:out|cache)\//.test(file)).toSorted()
  return digest(sources.map((file) => `${file}\n${readFileSync(join(ROOT, file), 'utf8')}`).join('\n'))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
