import type { Outlook } from '#client/transaction.ts'
import { larger } from '#protocol/rational.ts'
import type { Circle } from './circle.ts'
import type { NonceFate } from './port.ts'
import { reached } from './reached.ts'
import type { AgreedWire } from './sender.ts'

/** The most gas that any transaction may take (EIP-7825). */
const MOST_GAS = 2n ** 24n

/**
 * What sending takes, of several endpoints: figures as `agreement` of them have reached them, so that one alone can make
 * nothing too dear, too cheap or out of turn; a transaction goes out through all.
 */
export function agreedWire(circle: Circle, agreement: number): AgreedWire {
  const { poll, any } = circle
  let seen: Outlook | undefined
  return {
    async outlook() {
      const { answers, isWhole } = await poll((port) => port.outlook())
      const now = agreedOutlook(answers, agreement)
      seen = seen === undefined || isWhole ? now : notBelow(now, seen)
      return seen
    },
    // What one refuses another may take: it may lie, or be behind.
    async tryOut(call) {
      const { answers } = await poll((port) => port.tryOut(call))
      const runs = answers.filter((tried) => tried.kind === 'runs')
      const refused = answers.filter((tried) => tried.kind === 'refused')
      const [refusal] = refused
      const isRefused = runs.length === 0 || (refused.length >= agreement && runs.length < agreement)
      if (refusal !== undefined && isRefused) return refusal
      // Where fewer than must agree would take it, all of these count.
      const needed = Math.min(agreement, runs.length)
      const limit = reached(
        runs.map((run) => run.limit),
        needed,
      )
      const estimate = reached(
        runs.map((run) => run.estimate),
        needed,
      )
      return { kind: 'runs', estimate, limit: limit < MOST_GAS ? limit : MOST_GAS }
    },
    async refusal(call) {
      const { answers } = await poll((port) => port.tryOut(call))
      const reasons = answers.flatMap((tried) => (tried.kind === 'refused' ? [tried.reason] : []))
      return reasons.length < agreement ? undefined : reasons[0]
    },
    async broadcast(raw) {
      const isHeld = (reception: string): boolean => reception === 'taken' || reception === 'known'
      const receptions = await any((port) => port.broadcast(raw), isHeld)
      const best = receptions.find(isHeld) ?? receptions.find((reception) => reception !== 'refused')
      return best ?? (receptions.length < agreement ? 'unheard' : 'refused')
    },
    async nonceFate(signed) {
      const { answers } = await poll((port) => port.nonceFate(signed))
      return fateOf(answers, agreement)
    },
  }
}

function agreedOutlook(outlooks: readonly Outlook[], agreement: number): Outlook {
  const of = <Key extends keyof Outlook>(key: Key): Outlook[Key] =>
    reached(
      outlooks.map((outlook) => outlook[key]),
      agreement,
    )
  return {
    number: of('number'),
    time: of('time'),
    baseFee: of('baseFee'),
    tip: of('tip'),
    mined: of('mined'),
    pending: of('pending'),
    balance: of('balance'),
  }
}

/** What fewer than all say does not go back behind what was seen, nor the base fee below what it can have fallen to. */
function notBelow(now: Outlook, seen: Outlook): Outlook {
  const number = larger(now.number, seen.number)
  let baseFee = seen.baseFee
  // A block without transactions lowers it by an eighth (EIP-1559); an eighth of less than 8 wei is none.
  for (let block = seen.number; block < number && baseFee > now.baseFee && baseFee >= 8n; block += 1n) {
    baseFee -= baseFee / 8n
  }
  return {
    ...now,
    number,
    time: larger(now.time, seen.time),
    baseFee: larger(now.baseFee, baseFee),
    mined: Math.max(now.mined, seen.mined),
  }
}

/** Open as long as too few agree that it was mined, and on what came of it, or that another was; the latter not while anybody saw it mined. */
function fateOf(fates: readonly NonceFate[], agreement: number): NonceFate {
  const mined = fates.filter((fate) => fate.kind === 'mined')
  for (const fate of mined) {
    const same = mined.filter(({ hash, block, isSuccess, moved }) => {
      return hash === fate.hash && block === fate.block && isSuccess === fate.isSuccess && moved === fate.moved
    })
    if (same.length >= agreement) return fate
  }
  const superseded = fates.filter(({ kind }) => kind === 'superseded')
  return mined.length === 0 && superseded.length >= agreement ? { kind: 'superseded' } : { kind: 'open' }
}
