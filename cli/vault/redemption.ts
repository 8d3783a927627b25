import { type Legs } from '#client/vault.ts'
import { redeemed } from '#protocol/payoff.ts'
import { type Amount, baseUnits } from '../arguments.ts'
import { RefusedError } from '../errors.ts'
import { formatMoment } from '../format.ts'
import { legsText, requireSameLegs, type SeriesView } from './series-view.ts'
import type { VaultConnection } from './vault-connection.ts'

/** Legs of one series that are given for what they pay, collateral base units. */
export type Redemption = { readonly view: SeriesView; readonly legs: Legs; readonly pays: bigint }

/** What pays now; what is held and does not. */
export type Sorted = { readonly payable: readonly Redemption[]; readonly skipped: readonly SeriesView[] }

/** What was asked for of each leg; all of both where neither is named. */
export type Parts = { readonly p?: Amount | 'all'; readonly n?: Amount | 'all' }

const NOTHING: Legs = { p: 0n, n: 0n }

/** Those that the settlement pays for, with all that is held of them, and the others. */
export function sortedOf(views: readonly SeriesView[]): Sorted {
  const redemptions = views.map((view) => paidFor(view, view.legs ?? NOTHING))
  const isPayable = ({ pays }: Redemption): boolean => pays > 0n
  return {
    payable: redemptions.filter(isPayable),
    skipped: redemptions.filter((one) => !isPayable(one)).map(({ view }) => view),
  }
}

/** Before the settlement nothing pays. */
function paidFor(view: SeriesView, legs: Legs): Redemption {
  const { settlement } = view.snapshot
  const pays =
    settlement === undefined ? 0n : redeemed({ ...view.series, settlement, pAmount: legs.p, nAmount: legs.n })
  return { view, legs, pays }
}

/** What is redeemed of a series that was named. Throws RefusedError before its settlement, and for more than is held. */
export function redemptionOf(view: SeriesView, { p, n }: Parts, connection: VaultConnection): Redemption {
  const { token } = connection
  const { legs: held = NOTHING, snapshot } = view
  if (snapshot.settlement === undefined) throw unsettled(view, connection)
  const isWhole = p === undefined && n === undefined
  const partOf = (part: Parts['p'], all: bigint): bigint =>
    part === 'all' || isWhole ? all : part === undefined ? 0n : baseUnits(part, token)
  const legs = { p: partOf(p, held.p), n: partOf(n, held.n) }
  if (legs.p + legs.n > 0n && legs.p <= held.p && legs.n <= held.n) return paidFor(view, legs)
  const [wanted, got] = [legs, held].map((each) => legsText(each, token, token.decimals))
  throw new RefusedError(
    `Expected ${legs.p + legs.n === 0n ? 'legs to redeem' : wanted} of series ${view.id}, got ${got}.`,
    'Leave --p and --n out for all that is held, or name the account that holds some.',
  )
}

function unsettled(
  { id, fixingId, series, snapshot }: SeriesView,
  { paste, pasteVault }: VaultConnection,
): RefusedError {
  const { phase, atTime } = snapshot
  const when = phase === 'pending' ? 'matures' : 'matured'
  return new RefusedError(
    `Expected a series whose fixing has settled, got one that ${when} ${formatMoment(series.fixing.maturity, atTime)} and is ${phase}.`,
    `P and N together are paid at any time: ${pasteVault('merge', id, 'all')}. How it stands: ${paste('fixing', 'show', fixingId)}`,
  )
}

/** Throws RefusedError if the account holds something else, or another block settled the fixing otherwise. */
export function requireSame(before: SeriesView, now: SeriesView, connection: VaultConnection): void {
  requireSameLegs(before, now, connection)
  if (before.snapshot.settlement === now.snapshot.settlement) return
  throw new RefusedError(
    `Expected the settlement of fixing ${before.fixingId} that was shown, got another.`,
    'Nothing was sent. The chain was reorganised: run the command again.',
  )
}

/** What they pay together, collateral base units. */
export function totalOf(payable: readonly Redemption[]): bigint {
  return payable.reduce((sum, { pays }) => sum + pays, 0n)
}

/** What is held and not redeemed, and why, for people. */
export function skippedLines(skipped: readonly SeriesView[], { token }: VaultConnection): string[] {
  return skipped.map(({ id, legs = NOTHING, snapshot }) => {
    const why = snapshot.settlement === undefined ? 'not settled yet' : 'worth nothing'
    return `skipped   ${legsText(legs, token)} of ${id}: ${why}`
  })
}

/** The same for scripts, with what is redeemed: base units. */
export function partsDocument({ payable, skipped }: Sorted): Record<string, unknown> {
  const part = ({ id, fixingId }: SeriesView, { p, n }: Legs): Record<string, unknown> => ({
    series: id,
    fixing: fixingId,
    p: p.toString(),
    n: n.toString(),
  })
  return {
    legs: payable.map(({ view, legs, pays }) => ({ ...part(view, legs), pays: pays.toString() })),
    skipped: skipped.map((view) => ({
      ...part(view, view.legs ?? NOTHING),
      reason: view.snapshot.settlement === undefined ? 'NotSettled' : 'Worthless',
    })),
  }
}
