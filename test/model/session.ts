import { existsSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Hex, keccak256, toHex } from 'viem'
import type { Arena } from './arena.ts'
import { ROOT } from './artifacts.ts'
import { describeMismatch } from './describe.ts'
import { minimise } from './minimise.ts'
import { type Replayed, coverageOf, replayAll } from './replay.ts'
import { REQUIRED } from './required.ts'

/** What a run of many games knows so far; kept in a file, so that it can be broken off and resumed. */
export type Session = {
  /** keccak256 of the oracle's creation code: evidence is about one contract. */
  readonly bytecodeHash: Hex
  /** keccak256 of the sources of the model and of what generates the games: and about one model. */
  readonly modelHash: Hex
  /** Where the working tree stood when the session began. */
  readonly commit: string
  readonly from: number
  /** The seeds in [from, next) were replayed. */
  next: number
  steps: number
  seconds: number
  /** Kept from the moment they are found, at first in full length. */
  readonly mismatches: { readonly seed: number; text: string }[]
  readonly coverage: Record<string, number>
}

/** After so many different mismatches there is no point in going on. */
const MOST_MISMATCHES = 5
/** Games between two writes of the state, and two lines of progress. */
const STRIDE = 25

export type SessionOptions = {
  readonly from: number
  readonly commit: string
  /** The file that the session is kept in, if it is. */
  readonly path?: string
}

/** Takes a session up from its file, or begins one. Throws {@link OtherSessionError}. */
export function openSession(arena: Arena, { from, commit, path }: SessionOptions): Session {
  const bytecodeHash = keccak256(arena.artifacts.oracle.bytecode)
  const modelHash = hashOfModel()
  if (path === undefined || !existsSync(path)) {
    return { bytecodeHash, modelHash, commit, from, next: from, steps: 0, seconds: 0, mismatches: [], coverage: {} }
  }
  const session = JSON.parse(readFileSync(path, 'utf8')) as Session // written by `save`
  if (session.bytecodeHash !== bytecodeHash) throw new OtherSessionError(path, 'contract', bytecodeHash)
  if (session.modelHash !== modelHash) throw new OtherSessionError(path, 'model', modelHash)
  if (session.from !== from) throw new OtherSessionError(path, 'first seed', String(from))
  return session
}

/** Replays what the session lacks of the seeds in [from, from + games), saying how it goes through `say`. */
export async function continueSession(
  arena: Arena,
  session: Session,
  { games, path, say }: { readonly games: number; readonly path?: string; readonly say: (line: string) => void },
): Promise<void> {
  const count = session.from + games - session.next
  const failed: Replayed[] = []
  let last = performance.now()
  await replayAll(arena, { from: session.next, count }, (replayed) => {
    note(arena, session, replayed)
    if (replayed.mismatch !== undefined) failed.push(replayed)
    const isStop = session.mismatches.length >= MOST_MISMATCHES
    if ((session.next - session.from) % STRIDE === 0 || isStop) {
      const now = performance.now()
      session.seconds += (now - last) / 1_000
      last = now
      save(session, path)
      say(progress(session, games))
    }
    return !isStop
  })
  session.seconds += (performance.now() - last) / 1_000
  for (const { game, mismatch } of failed) {
    const entry = session.mismatches.find(({ seed }) => seed === game.seed)
    if (mismatch === undefined || entry === undefined) continue
    const shorter = await minimise(arena, game, mismatch)
    entry.text = describeMismatch(shorter.game, shorter.mismatch)
  }
  save(session, path)
}

/** What every run must reach and this one never did. */
export function missingFrom(session: Session): string[] {
  return REQUIRED.filter((name) => (session.coverage[name] ?? 0) === 0)
}

/** The session's file is about something else. */
export class OtherSessionError extends Error {
  override readonly name = 'Replay.OtherSessionError'
  constructor(path: string, what: string, want: string) {
    super(`Expected ${path} to be about the ${what} ${want}, got another. Name another file, or remove this one.`)
  }
}

/** Everything in test/model but its tests, and its contracts. */
function hashOfModel(): Hex {
  const sources = globSync(['test/model/*.ts', 'test/contracts/model/*.sol'], { cwd: ROOT })
  const own = sources.filter((path) => !path.endsWith('.test.ts')).toSorted()
  return keccak256(toHex(own.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n')))
}

function note(arena: Arena, session: Session, { game, mismatch }: Replayed): void {
  if (mismatch !== undefined) session.mismatches.push({ seed: game.seed, text: describeMismatch(game, mismatch) })
  session.next += 1
  session.steps += game.steps.length
  for (const [name, count] of coverageOf(arena, game)) {
    session.coverage[name] = (session.coverage[name] ?? 0) + count
  }
}

function progress(session: Session, games: number): string {
  const done = session.next - session.from
  const missing = missingFrom(session).length
  const reached = `${REQUIRED.length - missing} of ${REQUIRED.length} reached`
  return `${done} of ${games} games, ${session.steps} steps, ${reached}, ${session.mismatches.length} mismatches`
}

function save(session: Session, path: string | undefined): void {
  if (path === undefined) return
  writeFileSync(`${path}.new`, `${JSON.stringify(session, undefined, 2)}\n`)
  renameSync(`${path}.new`, path)
}
