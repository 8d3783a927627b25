import { DeadRpcError, hostOf } from '#client/chain.ts'
import type { Clock } from '../clock.ts'
import type { EndpointPort, Head } from './port.ts'

/** One way to reach the chain. */
export type Endpoint = {
  readonly url: string
  /** Throws DeadRpcError while nothing answers there. */
  readonly open: () => Promise<EndpointPort>
}

/** What using several endpoints takes. */
export type CircleOptions = {
  /** How many must say the same before a node believes it; 1 .. the number of endpoints. */
  readonly agreement: number
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>
  readonly signal: AbortSignal
  /** An endpoint said of `what` something else than as many as must agree. */
  readonly onOutvoted: (url: string, what: string) => void
}

/** An endpoint that did not answer is not asked again for this long. */
const PAUSE_MS = 15_000
/** How long the others are waited for once enough have answered; who is later pauses as well. */
const REST_MS = 2_000

type Line = Endpoint & {
  /** What errors call it: its host, since the rest of an address may be a key, and its place where hosts repeat. */
  readonly name: string
  /** Undefined before it answered for the first time. */
  port: EndpointPort | undefined
  /** Not asked before this, milliseconds of the clock's monotonic time. */
  pausedMs: number
}

/** What several endpoints answered. */
export type Polled<T> = {
  /** As many as must agree, at least. */
  readonly answers: readonly T[]
  /** Whether all have answered: only then can the fastest not have been those that are behind, or lie. */
  readonly isWhole: boolean
}

/** Several endpoints, asked together. */
export interface Circle {
  /** What as many endpoints as must agree say of `what`. Throws {@link DisagreementError}. */
  readonly agreed: <T>(what: string, read: (port: EndpointPort) => Promise<T>) => Promise<T>
  /** Everybody's answer, as far as it comes soon. Throws if that is too few. */
  readonly poll: <T>(read: (port: EndpointPort) => Promise<T>) => Promise<Polled<T>>
  /** The newest block that as many endpoints as must agree have, and agree on; none before the last one unless all say so. */
  readonly head: () => Promise<Head>
  /** The newest final block of as many; undefined if too few know one. */
  readonly finalized: () => Promise<Head | undefined>
  /** Asks all, those that pause too. Resolves as soon as one answer is enough; without one soon after the first. */
  readonly any: <T>(read: (port: EndpointPort) => Promise<T>, isEnough: (answer: T) => boolean) => Promise<readonly T[]>
}

/** The endpoints as one {@link Circle}. */
export function createCircle(endpoints: readonly Endpoint[], options: CircleOptions): Circle {
  const { agreement, clock, signal, onOutvoted } = options
  const names = namesOf(endpoints.map(({ url }) => hostOf(url)))
  const lines = endpoints.map((endpoint, i): Line => ({
    ...endpoint,
    name: names[i] ?? '',
    port: undefined,
    pausedMs: 0,
  }))
  const pause = (line: Line): void => {
    line.pausedMs = clock.monotonicMs() + PAUSE_MS
  }
  const ask = async <T>(line: Line, read: (port: EndpointPort) => Promise<T>): Promise<T> => {
    try {
      line.port ??= await line.open()
      return await read(line.port)
    } catch (error) {
      if (error instanceof DeadRpcError) pause(line)
      throw error
    }
  }
  /** Who is asked; those that pause only if too few are left. */
  const awake = (): readonly Line[] => {
    const up = lines.filter(({ pausedMs }) => pausedMs <= clock.monotonicMs())
    return up.length < agreement ? lines : up
  }
  const agreed = <T>(what: string, read: (port: EndpointPort) => Promise<T>): Promise<T> => {
    const asked = awake()
    const votes = asked.map((line) => ({ line, answer: ask(line, read) }))
    return tally(votes, { agreement, what }, ({ url }) => onOutvoted(url, what))
  }
  /** Everybody's answer, as far as it comes: who keeps the others waiting does so once, and pauses. */
  const poll = async <T>(read: (port: EndpointPort) => Promise<T>): Promise<Polled<T>> => {
    const [answers, failures]: [T[], unknown[]] = [[], []]
    const enough = Promise.withResolvers<void>()
    const late = new Set(awake())
    const all = Promise.all(
      [...late].map(async (line) => {
        try {
          answers.push(await ask(line, read))
          if (answers.length >= agreement) enough.resolve()
        } catch (error) {
          failures.push(error)
        }
        late.delete(line)
      }),
    )
    const heard = new AbortController()
    const rest = async (): Promise<void> => {
      if (late.size > 0) await clock.sleep(REST_MS, AbortSignal.any([signal, heard.signal]))
    }
    await Promise.race([all, enough.promise.then(rest).catch(() => undefined)])
    heard.abort()
    late.forEach(pause)
    if (answers.length < agreement) throw failures.find((failure) => !(failure instanceof DeadRpcError)) ?? failures[0]
    return { answers: [...answers], isWhole: answers.length === lines.length }
  }
  /** INVARIANT: as many endpoints as must agree have this block, and say the same of it. */
  const common = async (heads: readonly Head[]): Promise<Head | undefined> => {
    // Nobody need be asked for the block that all of them have just said is theirs.
    if (heads.length >= agreement && new Set(heads.map(textOf)).size === 1) return heads[0]
    const numbers = heads.map((head) => head.number).toSorted((a, b) => (a > b ? -1 : 1))
    let failure: unknown
    // One that is ahead of the truth must not hide the block below, which the others have.
    for (const number of new Set(numbers.slice(agreement - 1))) {
      try {
        return await agreed(`block ${number}`, (port) => port.block(number))
      } catch (error) {
        failure = error
      }
    }
    if (failure !== undefined) throw failure
    return undefined
  }
  let seen: Head | undefined
  return {
    agreed,
    poll,
    async head() {
      const { answers, isWhole } = await poll((port) => port.head())
      const head = await common(answers)
      if (head === undefined) throw new DisagreementError('the newest block', [])
      if (seen === undefined || isWhole || head.number >= seen.number) seen = head
      return seen
    },
    async finalized() {
      const { answers } = await poll((port) => port.finalized())
      return common(answers.flatMap((head) => head ?? []))
    },
    async any<T>(read: (port: EndpointPort) => Promise<T>, isEnough: (answer: T) => boolean) {
      const answers: T[] = []
      const heard = Promise.withResolvers<void>()
      const all = lines.map(async (line) => {
        const answer = await ask(line, read)
        answers.push(answer)
        heard.resolve()
        if (!isEnough(answer)) throw new Error('Not enough.')
      })
      const bored = heard.promise.then(() => clock.sleep(REST_MS, signal).catch(() => undefined))
      await Promise.race([Promise.any(all).catch(() => undefined), bored])
      return [...answers]
    },
  }
}

/** Hosts, with the place in the list of those that are there more than once. */
function namesOf(hosts: readonly string[]): readonly string[] {
  return hosts.map((host, i) => (hosts.filter((other) => other === host).length > 1 ? `${host} (${i + 1})` : host))
}

type Vote<T> = { readonly line: Line; readonly answer: Promise<T> }

/** Resolves with what `agreement` of the votes say as soon as they do; whoever says otherwise, then or later, is outvoted. */
function tally<T>(
  votes: readonly Vote<T>[],
  { agreement, what }: { readonly agreement: number; readonly what: string },
  outvote: (line: Line) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const groups = new Map<string, { readonly value: T; readonly lines: Line[] }>()
    const failures: unknown[] = []
    let winner: string | undefined
    let open = votes.length
    const close = (): void => {
      open -= 1
      if (open > 0 || winner !== undefined) return
      const answers = [...groups.values()].reduce((sum, { lines }) => sum + lines.length, 0)
      // An answer that is an error of the chain's, not of the way to it, says more than that too few answered.
      const refusal = failures.find((failure) => !(failure instanceof DeadRpcError))
      if (answers < agreement) reject(refusal ?? failures[0])
      else
        reject(
          new DisagreementError(
            what,
            [...groups.values()].map(({ lines }) => lines.map(({ name }) => name)),
          ),
        )
    }
    const take = async ({ line, answer }: Vote<T>): Promise<void> => {
      const value = await answer
      const key = textOf(value)
      const group = groups.get(key) ?? { value, lines: [] }
      groups.set(key, group)
      group.lines.push(line)
      if (winner !== undefined && winner !== key) outvote(line)
      if (winner !== undefined || group.lines.length < agreement) return
      winner = key
      for (const [other, { lines }] of groups) if (other !== key) lines.forEach(outvote)
      resolve(value)
    }
    for (const vote of votes) {
      take(vote)
        .catch((error: unknown) => failures.push(error))
        .finally(close)
    }
  })
}

/** Equal answers have equal texts. */
function textOf(answer: unknown): string {
  return JSON.stringify(answer, exactly)
}

/** Numbers of either kind, sets and maps as what they hold. */
function exactly(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return value instanceof Map || value instanceof Set ? [...value] : value
}

/** Endpoints contradict each other, and none has enough on its side: nothing is decided on any of them. */
export class DisagreementError extends Error {
  override readonly name = 'Chain.DisagreementError'
  /** Who said the same stands together, by host. */
  readonly sides: readonly (readonly string[])[]
  constructor(what: string, sides: readonly (readonly string[])[]) {
    const told = sides.map((names) => names.join(' and ')).join(' against ')
    super(`Expected the endpoints to agree on ${what}, got ${told}. Compare their newest blocks with an explorer's.`)
    this.sides = sides
  }
}
