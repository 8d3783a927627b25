import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Hex } from 'viem'
import { type Campaign, type Case, inOrder } from './campaign.ts'

/** What a run of many cases knows so far; kept in a file, so that it can be broken off and resumed. */
export type Session = {
  /** keccak256 of the contract's creation code: evidence is about one contract. */
  readonly bytecodeHash: Hex
  /** keccak256 of the sources of the model and of what generates the cases: and about one model. */
  readonly modelHash: Hex
  /** Where the working tree stood when the session began. */
  readonly commit: string
  readonly from: number
  /** The seeds in [from, next) were run. */
  next: number
  steps: number
  seconds: number
  /** Kept from the moment they are found, at first in full length. */
  readonly mismatches: { readonly seed: number; text: string }[]
  readonly coverage: Record<string, number>
}

/** After so many different mismatches there is no point in going on. */
const MOST_MISMATCHES = 5
/** Cases between two writes of the state, and two lines of progress. */
const STRIDE = 25

export type SessionOptions = {
  readonly from: number
  readonly commit: string
  /** The file that the session is kept in, if it is. */
  readonly path?: string
}

/** Takes a session up from its file, or begins one. Throws {@link OtherSessionError}. */
export function openSession({ contract, modelHash }: Campaign, { from, commit, path }: SessionOptions): Session {
  const { bytecodeHash } = contract
  if (path === undefined || !existsSync(path)) {
    return { bytecodeHash, modelHash, commit, from, next: from, steps: 0, seconds: 0, mismatches: [], coverage: {} }
  }
  const session = JSON.parse(readFileSync(path, 'utf8')) as Session // written by `save`
  if (session.bytecodeHash !== bytecodeHash) throw new OtherSessionError(path, 'contract', bytecodeHash)
  if (session.modelHash !== modelHash) throw new OtherSessionError(path, 'model', modelHash)
  if (session.from !== from) throw new OtherSessionError(path, 'first seed', String(from))
  return session
}

/** Runs what the session lacks of the seeds in [from, from + games), saying how it goes through `say`. */
export async function continueSession(
  campaign: Campaign,
  session: Session,
  { games, path, say }: { readonly games: number; readonly path?: string; readonly say: (line: string) => void },
): Promise<void> {
  const count = session.from + games - session.next
  const failed: Case[] = []
  let last = performance.now()
  await inOrder(campaign.run, { from: session.next, count }, (each) => {
    note(session, each)
    if (each.mismatch !== undefined) failed.push(each)
    const isStop = session.mismatches.length >= MOST_MISMATCHES
    if ((session.next - session.from) % STRIDE === 0 || isStop) {
      const now = performance.now()
      session.seconds += (now - last) / 1_000
      last = now
      save(session, path)
      say(progress(campaign, session, games))
    }
    return !isStop
  })
  session.seconds += (performance.now() - last) / 1_000
  for (const { seed, mismatch } of failed) {
    const entry = session.mismatches.find((each) => each.seed === seed)
    if (mismatch !== undefined && entry !== undefined) entry.text = await mismatch.shorten()
  }
  save(session, path)
}

/** What every run must reach and this one never did. */
export function missingFrom({ required }: Campaign, session: Session): string[] {
  return required.filter((name) => (session.coverage[name] ?? 0) === 0)
}

/** The session's file is about something else. */
export class OtherSessionError extends Error {
  override readonly name = 'Replay.OtherSessionError'
  constructor(path: string, what: string, want: string) {
    super(`Expected ${path} to be about the ${what} ${want}, got another. Name another file, or remove this one.`)
  }
}

function note(session: Session, each: Case): void {
  const { seed, mismatch } = each
  if (mismatch !== undefined) session.mismatches.push({ seed, text: mismatch.text })
  session.next += 1
  session.steps += each.steps
  for (const [name, count] of each.reached()) {
    session.coverage[name] = (session.coverage[name] ?? 0) + count
  }
}

function progress(campaign: Campaign, session: Session, games: number): string {
  const { required, noun } = campaign
  const done = session.next - session.from
  const missing = missingFrom(campaign, session).length
  const reached = `${required.length - missing} of ${required.length} reached`
  return `${done} of ${games} ${noun}, ${session.steps} steps, ${reached}, ${session.mismatches.length} mismatches`
}

function save(session: Session, path: string | undefined): void {
  if (path === undefined) return
  writeFileSync(`${path}.new`, `${JSON.stringify(session, undefined, 2)}\n`)
  renameSync(`${path}.new`, path)
}
