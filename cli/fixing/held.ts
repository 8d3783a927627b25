import type { Address, Hex } from 'viem'
import type { OracleEvent } from '#client/fixing-log.ts'
import { type ClaimTrial, type Holding, readHoldings, receiptsOf, tryClaim } from '#client/receipts.ts'
import { formatValue } from '#protocol/decimal.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { Connection } from '../chain/connection.ts'
import { formatAmount, formatIndexValue, type Token } from '../format.ts'
import { inParts } from '../in-parts.ts'
import { type LoggedFixing, loggedIn } from './logged.ts'

/** A receipt of a fixing, and what claiming it does now. */
export type Held = Holding & { readonly id: Hex; readonly fixing: Fixing; readonly trial: ClaimTrial }

/** Why a claim pays nothing now, in words. */
const CLAIM_REFUSALS: Readonly<Record<string, string>> = {
  NotSettled: 'not settled yet',
  PotLive: 'its pot can still fill',
  NothingToClaim: 'claimed already',
}

/** Every receipt that `holder` has of one fixing, however it came by it. Throws DeadRpcError. */
export async function heldOf(
  { chain, oracle }: Connection,
  logged: Omit<LoggedFixing, 'block'>,
  holder: Address,
): Promise<Held[]> {
  const { id, fixing, events } = logged
  const holdings = await readHoldings(chain, oracle, { id, receipts: receiptsOf(events, id) }, holder)
  return Promise.all(
    holdings.map(async (holding) => {
      const trial = await tryClaim(chain, oracle, fixing, holding, holder)
      return { ...holding, id, fixing, trial }
    }),
  )
}

/** Every receipt that `holder` has of any fixing in `events`. Throws DeadRpcError. */
export async function heldAnywhere(
  connection: Connection,
  events: readonly OracleEvent[],
  holder: Address,
): Promise<Held[]> {
  const held = await inParts(loggedIn(events), (one) => heldOf(connection, one, holder), connection.onPart('fixings'))
  return held.flat()
}

/** A receipt for people: `stake on 2500.1, round 1`. */
export function receiptName({ kind, round, value }: Pick<Holding, 'kind' | 'round' | 'value'>): string {
  if (kind === 'request' || kind === 'fund') return kind
  const what = kind === 'stake' ? 'stake on' : 'appeal for'
  return `${what} ${formatIndexValue(value)}, ${round === 0 ? 'proposal' : `round ${round}`}`
}

/** A receipt for scripts: its value in index units, null where it has none; base units. */
export function receiptDocument({ kind, round, value, amount }: Holding): Record<string, unknown> {
  return { kind, round, value: value === 0n ? null : formatValue(value), amount: amount.toString() }
}

/** What a claim would do now, in words. */
export function trialText({ trial }: Pick<Held, 'trial'>, token: Token): string {
  if (trial.kind === 'refused') return CLAIM_REFUSALS[trial.errorName] ?? trial.errorName
  return trial.paid === 0n ? 'lost: pays nothing' : `pays ${formatAmount(trial.paid, token)}`
}
