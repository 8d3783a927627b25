import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { keccak256 } from 'viem'
import type { Arena } from './arena.ts'
import { describeMismatch } from './describe.ts'
import { minimise } from './minimise.ts'
import { type Replayed, coverageOf, replayAll } from './replay.ts'
import { REQUIRED } from './required.ts'

/** What a run of many games knows so far; kept in a file, so that it can be broken off and resumed. */
export type Session = {
  /** keccak256 of the oracle's creation code: evidence is about one contract. */
  readonly bytecodeHash: string
  /** Where the working tree stood when the session began. */
  readonly commit: string
  readonly from: number
  /** The seeds in [from, next) were replayed. */
  next: number
  steps: number
  seconds: number
  readonly mismatches: { readonly seed: number; readonly text: string }[]
  readonly coverage: Record<string, number>
}

/** After so many different mismatches there is no point in going on. */
const MOST_MISMATCHES = 5
/** Games between two writes of the state, and two lines of progress. */
const STRIDE = 100

export type SessionOptions = {
  readonly from: number
  readonly commit: string
  /** The file that the session is kept in, if it is. */
  readonly path?: string
}

/** Takes a session up from its file, or begins one. Throws {@link OtherSessionError}. */
export function openSession(arena: Arena, { from, commit, path }: SessionOptions): Session {
  const bytecodeHash = keccak256(arena.artifacts.oracle.bytecode)
  if (path === undefined || !existsSync(path)) {
    return { bytecodeHash, commit, from, next: from, steps: 0, seconds: 0, mismatches: [], coverage: {} }
  }
  const session = JSON.parse(readFileSync(path, 'utf8')) as Session // written by `save`
  if (session.bytecodeHash !== bytecodeHash) throw new OtherSessionError(path, 'contract', bytecodeHash)
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
    const isStop = session.mismatches.length + failed.length >= MOST_MISMATCHES
    if ((session.next - session.from) % STRIDE === 0 || isStop) {
      const now = performance.now()
      session.seconds += (now - last) / 1_000
      last = now
      save(session, path)
      say(progress(session, games, failed.length))
    }
    return !isStop
  })
  session.seconds += (performance.now() - last) / 1_000
  for (const { game, mismatch } of failed) {
    if (mismatch === undefined) continue
    const shorter = await minimise(arena, game, mismatch)
    session.mismatches.push({ seed: game.seed, text: describeMismatch(shorter.game, shorter.mismatch) })
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

function note(arena: Arena, session: Session, { game }: Replayed): void {
  session.next += 1
  session.steps += game.steps.length
  for (const [name, count] of coverageOf(arena, game)) {
    session.coverage[name] = (session.coverage[name] ?? 0) + count
  }
}

function progress(session: Session, games: number, failed: number): string {
  const done = session.next - session.from
  const missing = missingFrom(session).length
  const reached = `${REQUIRED.length - missing} of ${REQUIRED.length} reached`
  return `${done} of ${games} games, ${session.steps} steps, ${reached}, ${session.mismatches.length + failed} mismatches`
}

function save(session: Session, path: string | undefined): void {
  if (path === undefined) return
  writeFileSync(`${path}.new`, `${JSON.stringify(session, undefined, 2)}\n`)
  renameSync(`${path}.new`, path)
}
