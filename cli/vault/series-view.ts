import type { Address, Hex } from 'viem'
import { type FixingSnapshot, readFixing } from '#client/oracle-reader.ts'
import { type AnnouncedSeries, type Capacity, type Legs, readCapacity, readLegs, seriesId } from '#client/vault.ts'
import { formatValue } from '#protocol/decimal.ts'
import { INVALID } from '#protocol/fixing.ts'
import { type Payoff, payoff } from '#protocol/payoff.ts'
import { InputError, RefusedError } from '../errors.ts'
import { formatAmount, formatIndexValue, formatMoment, formatPercent, type Token } from '../format.ts'
import { formatLeg, type VaultConnection } from './vault-connection.ts'

const PPM = 1_000_000

/** A series as it stands, all of it at one block. */
export type SeriesView = AnnouncedSeries & {
  readonly snapshot: FixingSnapshot
  /** How much more can be split; undefined once nothing can, from the maturity on. */
  readonly capacity: Capacity | undefined
  /** What the holder has; undefined where nobody was named. */
  readonly legs: Legs | undefined
}

/** Finds the series in the vault's log and reads where it stands. Throws InputError if it was not announced there. */
export async function findSeries(
  connection: VaultConnection,
  id: Hex,
  holder: Address | undefined,
): Promise<SeriesView> {
  const { chain, vault, pasteVault } = connection
  const [found] = await connection.readSeries(vault, id)
  // The id is the hash of the terms: an endpoint that makes some up cannot match it.
  if (found === undefined || seriesId(found.series, { chainId: chain.chainId, vault }) !== id) {
    throw new InputError(
      `Expected series ${id} at vault ${vault}, got no SeriesCreated event of it.`,
      `List what is there with "${pasteVault('series', 'list')}", or look further back with --from-block.`,
    )
  }
  return readSeriesView(connection, found, holder)
}

/** Reads where a series stands. */
export async function readSeriesView(
  { chain, oracle, vault }: VaultConnection,
  announced: AnnouncedSeries,
  holder: Address | undefined,
): Promise<SeriesView> {
  const { id, series } = announced
  const snapshot = await readFixing(chain, oracle, series.fixing)
  const at = snapshot.atBlock
  const [capacity, legs] = await Promise.all([
    snapshot.phase === 'pending' ? readCapacity(chain, vault, series.fixing, at) : undefined,
    holder === undefined ? undefined : readLegs(chain, vault, id, holder, at),
  ])
  return { ...announced, snapshot, capacity, legs }
}

/** What one whole P and one whole N pay, collateral base units; undefined before the settlement. */
export function worthOf({ series, snapshot: { settlement } }: SeriesView, { decimals }: Token): Payoff | undefined {
  return settlement === undefined ? undefined : payoff({ collateral: 10n ** BigInt(decimals), ...series, settlement })
}

/** Throws RefusedError if the account's legs are not those that were shown: another command may have done the same. */
export function requireSameLegs(before: SeriesView, now: SeriesView, { token, pasteVault }: VaultConnection): void {
  const held = ({ legs = { p: 0n, n: 0n } }: SeriesView): string => legsText(legs, token, token.decimals)
  if (held(before) === held(now)) return
  throw new RefusedError(
    `Expected the account to hold ${held(before)} as it did, got ${held(now)}.`,
    `Nothing was sent. Look before you repeat: ${pasteVault('series', 'show', before.id)}`,
  )
}

/** `2 P and 1 N`; a leg of which there is none is left out. */
export function legsText({ p, n }: Legs, token: Token, digits?: number): string {
  const some = [
    ...(p === 0n ? [] : [formatLeg(p, 'P', token, digits)]),
    ...(n === 0n ? [] : [formatLeg(n, 'N', token, digits)]),
  ]
  return some.length === 0 ? 'nothing' : some.join(' and ')
}

/** Everything of a series, for people. */
export function seriesLines(view: SeriesView, { token, vault }: VaultConnection): string[] {
  const { id, fixingId, series, legs } = view
  const strike = formatIndexValue(series.strike, 18)
  const worth = worthOf(view, token)
  return [
    `series    ${id}`,
    `fixing    ${fixingId}, ${standing(view)}`,
    `strike    ${strike}: settled at x, 1 P pays min(1, ${strike} / x) ${unitOf(token)}, 1 N the rest`,
    ...invalidLines(view),
    ...(worth === undefined
      ? []
      : [`worth     1 P pays ${formatAmount(worth.p, token)}, 1 N ${formatAmount(worth.n, token)}`]),
    ...roomLines(view, token),
    ...(view.capacity === undefined || series.fixing.openInterest === vault
      ? []
      : ['uncounted the fixing does not ask this vault: no bond grows with what it holds']),
    ...(legs === undefined ? [] : [`held      ${legsText(legs, token)}`]),
  ]
}

/** What becomes of both legs without a value; nothing once there is one. */
function invalidLines({ series: { invalidSharePpm }, snapshot: { settlement } }: SeriesView): string[] {
  if (settlement !== undefined && settlement !== INVALID) return []
  const when = settlement === undefined ? 'if no value is settled' : 'no value was settled'
  return [
    `INVALID   ${when}: 1 P pays ${formatPercent(invalidSharePpm)} of a unit, 1 N ${formatPercent(PPM - invalidSharePpm)}`,
  ]
}

function unitOf(token: Token): string {
  return token.isWeth ? 'ETH' : token.symbol
}

function standing({ snapshot, series: { fixing } }: SeriesView): string {
  const { phase, settlement, atTime } = snapshot
  const maturity = formatMoment(fixing.maturity, atTime)
  if (settlement !== undefined)
    return `settled ${settlement === INVALID ? '' : 'at '}${formatIndexValue(settlement, 18)}`
  return phase === 'pending' ? `matures ${maturity}` : `matured ${maturity}, ${phase}: not settled yet`
}

function roomLines({ capacity }: SeriesView, token: Token): string[] {
  if (capacity === undefined) return []
  const { held, most, room } = capacity
  const [more, secured] = [room, most].map((amount) => formatAmount(amount, token))
  return [`room      for ${more} more: up to ${secured} is secured, ${formatAmount(held, token)} is taken`]
}

/** The same for scripts: amounts in base units of the collateral, `pays` for one whole unit of each leg. */
export function seriesDocument(view: SeriesView, { token }: VaultConnection): Record<string, unknown> {
  const { id, fixingId: fixing, series, snapshot, capacity, legs } = view
  const { phase, settlement } = snapshot
  const worth = worthOf(view, token)
  return {
    series: id,
    fixing,
    strike: formatValue(series.strike),
    invalidSharePpm: series.invalidSharePpm,
    maturity: Number(series.fixing.maturity),
    phase,
    settlement: settlement === undefined ? null : formatValue(settlement),
    pays: worth === undefined ? null : { p: worth.p.toString(), n: worth.n.toString() },
    capacity:
      capacity === undefined
        ? null
        : { held: capacity.held.toString(), most: capacity.most.toString(), room: capacity.room.toString() },
    legs: legs === undefined ? null : { p: legs.p.toString(), n: legs.n.toString() },
  }
}

/** Which vault a document is about. */
export function vaultDocument({ chain, oracle, vault, token }: VaultConnection): Record<string, unknown> {
  return { version: 1, chainId: chain.chainId, oracle, ...vaultFields({ vault, token }) }
}

/** What every document about a vault says of it. */
export function vaultFields({ vault, token }: Pick<VaultConnection, 'vault' | 'token'>): Record<string, unknown> {
  const { address, symbol, decimals } = token
  return { vault, collateral: { address, symbol, decimals } }
}
