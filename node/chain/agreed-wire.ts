import type { Outlook } from '#client/transaction.ts'
import type { Circle } from './circle.ts'
import type { NonceFate } from './port.ts'
import type { AgreedWire } from './sender.ts'

/**
 * What sending takes, of several endpoints: figures as `agreement` of them have reached them, so that one alone can make
 * nothing too dear, too cheap or out of turn; a transaction goes out through all.
 */
export function agreedWire(circle: Circle, agreement: number): AgreedWire {
  const { poll, first, any } = circle
  return {
    async outlook() {
      const outlooks = await poll((port) => port.outlook())
      return {
        number: reached(outlooks, 'number', agreement),
        time: reached(outlooks, 'time', agreement),
        baseFee: reached(outlooks, 'baseFee', agreement),
        tip: reached(outlooks, 'tip', agreement),
        mined: reached(outlooks, 'mined', agreement),
        pending: reached(outlooks, 'pending', agreement),
        balance: reached(outlooks, 'balance', agreement),
      }
    },
    // What one refuses another may take: the first may lie, or be behind.
    tryOut: (call) =>
      first(
        (port) => port.tryOut(call),
        ({ kind }) => kind === 'runs',
      ),
    async refusal(call) {
      const tries = await poll((port) => port.tryOut(call))
      const reasons = tries.flatMap((tried) => (tried.kind === 'refused' ? [tried.reason] : []))
      return reasons.length < agreement ? undefined : reasons[0]
    },
    async broadcast(raw) {
      const isHeld = (reception: string): boolean => reception === 'taken' || reception === 'known'
      const receptions = await any((port) => port.broadcast(raw), isHeld)
      const best = receptions.find(isHeld) ?? receptions.find((reception) => reception !== 'refused')
      return best ?? (receptions.length < agreement ? 'unheard' : 'refused')
    },
    async nonceFate(signed) {
      const fates = await poll((port) => port.nonceFate(signed))
      return fateOf(fates, agreement)
    },
  }
}

/** The most that `agreement` of them say at least. */
function reached<Key extends keyof Outlook>(outlooks: readonly Outlook[], key: Key, agreement: number): Outlook[Key] {
  const sorted = outlooks.map((outlook) => outlook[key]).toSorted((a, b) => (a > b ? -1 : 1))
  const value = sorted[agreement - 1]
  // Fewer never answer: the circle sees to that.
  if (value === undefined) throw new RangeError(`Expected ${agreement} answers, got ${outlooks.length}.`)
  return value
}

/** Open as long as too few agree that it was mined, or that another was; the latter not while anybody saw it mined. */
function fateOf(fates: readonly NonceFate[], agreement: number): NonceFate {
  const mined = fates.filter((fate) => fate.kind === 'mined')
  for (const fate of mined) {
    const same = mined.filter(({ hash, block, moved }) => {
      return hash === fate.hash && block === fate.block && moved === fate.moved
    })
    if (same.length >= agreement) return fate
  }
  const superseded = fates.filter(({ kind }) => kind === 'superseded')
  return mined.length === 0 && superseded.length >= agreement ? { kind: 'superseded' } : { kind: 'open' }
}
