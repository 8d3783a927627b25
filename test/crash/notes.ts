import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { End, Finding } from './survey.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** What decides how a life goes: the node, what it is made of, and the lives themselves. */
const CODE = ['node/**/*.ts', 'contracts/{client,protocol}/**/*.{ts,json}', 'test/crash/*.ts', 'package-lock.json']

/** What a survey has found out so far: kept in a file, so that it can be stopped and goes on where it was. */
export interface Notes {
  /** The places to try, in order: those of the first time, since no two lives pass quite the same; `found` if there is none. */
  places(found: readonly End[]): readonly End[]
  /** What came of trying the place; undefined if it was not tried. */
  of(end: End): readonly Finding[] | undefined
  add(end: End, findings: readonly Finding[]): void
}

type Line = { readonly survey: string; readonly code: string } & (
  { readonly places: readonly End[] } | { readonly end: End; readonly findings: readonly Finding[] }
)

/**
 * The notes of `survey` in `file`, which several surveys share; without a file they are gone with the process. What was found out
 * of other code than `code` says nothing about this one and is passed over, as is a line that was cut short.
 */
export function openNotes(file: string | undefined, survey: string, code: string): Notes {
  const lines = file === undefined || !existsSync(file) ? [] : readFileSync(file, 'utf8').split('\n').flatMap(parseLine)
  const known = lines.filter((line) => line.survey === survey && line.code === code)
  const findings = new Map(known.flatMap((line) => ('end' in line ? [[line.end, line.findings] as const] : [])))
  let first = known.flatMap((line) => ('places' in line ? [line.places] : []))[0]
  const write = (line: Line): void => {
    if (file === undefined) return
    mkdirSync(dirname(file), { recursive: true })
    appendFileSync(file, `${JSON.stringify(line)}\n`)
  }
  return {
    places(found) {
      if (first === undefined) write({ survey, code, places: found })
      first ??= found
      return first
    },
    of: (end) => findings.get(end),
    add(end, some) {
      findings.set(end, some)
      write({ survey, code, end, findings: some })
    },
  }
}

/** The hash of all code that a life runs. */
export function codeHash(): string {
  const hash = createHash('sha256')
  const paths = globSync(CODE, { cwd: ROOT }).toSorted()
  for (const path of paths) hash.update(`${path}\0`).update(readFileSync(join(ROOT, path)))
  return hash.digest('hex').slice(0, 16)
}

function parseLine(line: string): Line[] {
  try {
    return [JSON.parse(line) as Line] // written above
  } catch {
    return []
  }
}
