import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fineness, Setting } from './settings.ts'
import { emptyTally, type Tally } from './tally.ts'

/** How far the search of one setting has come. */
export type Progress = {
  /** What was searched and with which code: a search never goes on with another. */
  readonly key: string
  /** The first task that is not done. */
  next: number
  /** Processor time used so far, seconds. */
  seconds: number
  readonly tally: Tally
}

const HERE = dirname(fileURLToPath(import.meta.url))
const PROTOCOL = join(HERE, '../../contracts/protocol')

/** The key of a search: its setting, its fineness and the digest of the policy's and the search's code. */
export function searchKey({ name }: Setting, { steps, reach, observers, sides }: Fineness): string {
  return `${name} steps=${steps} reach=${reach} observers=${observers} sides=${sides} code=${codeDigest()}`
}

/** What an earlier run left in `file` for this key, or a beginning. */
export function loadProgress(file: string, key: string): Progress {
  const saved = readSaved(file)
  if (saved?.key === key) return saved
  return { key, next: 0, seconds: 0, tally: emptyTally() }
}

/** Writes the progress whole or not at all. */
export function saveProgress(file: string, progress: Progress): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(progress))
  renameSync(`${file}.new`, file)
}

function readSaved(file: string): Progress | undefined {
  try {
    // Only this module writes the file, and whole.
    return JSON.parse(readFileSync(file, 'utf8')) as Progress
  } catch {
    return undefined
  }
}

function codeDigest(): string {
  const own = readdirSync(HERE).filter((name) => name.endsWith('.ts') && !REPORTING.includes(name))
  const files = [...own.toSorted().map((name) => join(HERE, name)), ...POLICY.map((name) => join(PROTOCOL, name))]
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}

/** What P1 is made of. */
const POLICY = ['policy.ts', 'distance.ts', 'rational.ts']

/** What cannot change a result. */
const REPORTING = ['main.ts', 'progress.ts', 'report.ts', 'attacker.test.ts', 'market.test.ts']
