import type { Address } from 'viem'
import type { ClaimTrial, Holding } from '#client/receipts.ts'
import type { Security } from '#client/security.ts'
import { appealStake, potNeed } from '#protocol/bond.ts'
import { formatValue } from '#protocol/decimal.ts'
import { MAX_LEADERS, worstCase } from '#protocol/fixing.ts'
import type { Connection } from './connection.ts'
import { parameterLines, parametersDocument } from './fixing-parameters.ts'
import type { FoundFixing } from './fixing-source.ts'
import { renderView, viewDocument } from './fixing-view.ts'
import { formatAmount, formatColumns, formatIndexValue, formatRelative, formatTime, type Token } from './format.ts'
import { type NextStep, nextSteps } from './next-steps.ts'
import { ownLead, ownLeadLines } from './own-lead.ts'
import type { Proposable } from './proposable.ts'
import { securityDocument, securityLines } from './security-view.ts'

/** Receipts, and what claiming them would do now. */
export type TriedHolding = Holding & { readonly trial: ClaimTrial }

/** Everything that `assize fixing show` shows. */
export type FullView = FoundFixing & {
  readonly holder: Address | undefined
  readonly holdings: readonly TriedHolding[]
  /** Undefined in phases that have no proposal. */
  readonly proposable: Proposable | undefined
  readonly security: Security
}

/** A pot that can be joined now, with what it holds and what fills it. */
type OpenPot = {
  readonly kind: 'stake' | 'appeal'
  /** Undefined: any value that is separated from every candidate. */
  readonly value: bigint | undefined
  readonly filled: bigint
  readonly need: bigint
}

/** Why a claim pays nothing now, in words. */
export const CLAIM_REFUSALS: Readonly<Record<string, string>> = {
  NotSettled: 'not settled yet',
  PotLive: 'its pot can still fill',
  NothingToClaim: 'claimed already',
}

/** Everything as text for people. */
export function renderFull(full: FullView, connection: Connection): string {
  const { token } = connection
  const { view, fixing, holdings, holder } = full
  const { snapshot } = view
  const parts = [
    renderView(view),
    ...proposableLines(full, token),
    '',
    'Parameters',
    ...parameterLines(fixing, token).slice(2).map(indented),
    indented(
      `settled   at the latest ${formatTime(worstCase(fixing))}${formatRelative(worstCase(fixing), snapshot.atTime)}`,
    ),
    ...securityLines(full.security, token).map(indented),
    ...potLines(full, token),
    ...(holder === undefined ? [] : ['', `Receipts of ${holder}`, ...holdingLines(holdings, token).map(indented)]),
    '',
    'What can be done',
    ...ownLeadLines(ownLead(full, holdings), connection, full).map(indented),
    ...formatColumns(nextStepsOf(full, connection).map(({ what, command }) => [what, command])).map(indented),
  ]
  return parts.join('\n')
}

/** Everything for scripts: values in index units, amounts in base units, times in Unix seconds. */
export function fullDocument(full: FullView, connection: Connection): Record<string, unknown> {
  const { chain, oracle, token } = connection
  const { view, fixing, holdings, holder, proposable } = full
  return {
    version: 1,
    chainId: chain.chainId,
    oracle,
    token: { address: token.address, symbol: token.symbol, decimals: token.decimals },
    fixing: {
      ...viewDocument(view),
      parameters: parametersDocument(fixing),
      bond: proposable?.kind === 'bond' ? proposable.bond.toString() : null,
      ...securityDocument(full.security),
      unproposable: proposable?.kind === 'refused' ? proposable.errorName : null,
      openPots: openPots(full).map(({ kind, value, filled, need }) => ({
        kind,
        value: value === undefined ? null : formatValue(value),
        filled: filled.toString(),
        need: need.toString(),
      })),
    },
    account: holder ?? null,
    receipts: holdings.map(holdingDocument),
    ownLead: ownLead(full, holdings).toString(),
    next: nextStepsOf(full, connection),
  }
}

function proposableLines({ proposable }: FullView, token: Token): string[] {
  if (proposable === undefined) return []
  if (proposable.kind === 'bond') return [`proposing stakes ${formatAmount(proposable.bond, token)}`]
  return [`cannot be proposed as it stands. ${proposable.why}`]
}

function nextStepsOf({ view, holdings, proposable }: FullView, { paste }: Connection): NextStep[] {
  const isClaimable = holdings.some(({ trial }) => trial.kind === 'paid' && trial.paid > 0n)
  return nextSteps(view.snapshot, paste, {
    claimable: isClaimable ? 'something' : 'nothing',
    proposal: proposable?.kind === 'refused' ? 'refused' : 'possible',
  })
}

/** A receipt for people: `stake on 2500.1, round 1`. */
export function receiptName({ kind, round, value }: Pick<Holding, 'kind' | 'round' | 'value'>): string {
  if (kind === 'request' || kind === 'fund') return kind
  const what = kind === 'stake' ? 'stake on' : 'appeal for'
  return `${what} ${formatIndexValue(value)}, ${round === 0 ? 'proposal' : `round ${round}`}`
}

/** A receipt for scripts. */
function holdingDocument({ kind, round, value, amount, trial }: TriedHolding): Record<string, unknown> {
  return {
    kind,
    round,
    value: value === 0n ? null : formatValue(value),
    amount: amount.toString(),
    pays: trial.kind === 'paid' ? trial.paid.toString() : null,
    refusal: trial.kind === 'refused' ? trial.errorName : null,
  }
}

/** Every pot that can be joined: those that hold something, those of every candidate, and that of a new value. */
function openPots({ view, fixing }: FullView): OpenPot[] {
  const { phase, candidates, leaderIndex, facts, staked } = view.snapshot
  if (phase !== 'active') return []
  const stakeOn = (value: bigint | undefined): bigint =>
    candidates.find((candidate) => candidate.value === value)?.stake ?? 0n
  const started = view.pots.map(({ value }) => value)
  const idle = candidates.filter((_, i) => i !== leaderIndex).map(({ value }) => value)
  const values = [...new Set([...started, ...idle]), undefined]
  const kinds = [
    ...(facts.round < MAX_LEADERS ? ['stake' as const] : []),
    ...(facts.round >= 2 ? ['appeal' as const] : []),
  ]
  return kinds.flatMap((kind) =>
    values.map((value) => ({
      kind,
      value,
      filled: view.pots.find((pot) => pot.kind === kind && pot.value === value)?.filled ?? 0n,
      need: kind === 'stake' ? potNeed(staked, stakeOn(value)) : appealStake(staked) + fixing.arbitrationFee,
    })),
  )
}

function potLines(full: FullView, token: Token): string[] {
  const pots = openPots(full)
  if (pots.length === 0) return []
  const { facts, atTime } = full.view.snapshot
  const rows = pots.map(({ kind, value, filled, need }) => [
    kind === 'stake' ? 'make it lead' : 'appeal',
    value === undefined ? 'a new value' : formatIndexValue(value),
    `${formatAmount(filled, token)} of ${formatAmount(need, token)}`,
    `${formatAmount(need - filled, token)} missing`,
  ])
  const until = `${formatTime(facts.deadline)}${formatRelative(facts.deadline, atTime)}`
  return ['', `Pots that anyone can join, in part or whole, until ${until}`, ...formatColumns(rows).map(indented)]
}

function holdingLines(holdings: readonly TriedHolding[], token: Token): string[] {
  if (holdings.length === 0) return ['none']
  return formatColumns(
    holdings.map((holding) => [receiptName(holding), formatAmount(holding.amount, token), trialText(holding, token)]),
  )
}

/** What a claim would do now, in words. */
export function trialText({ trial }: Pick<TriedHolding, 'trial'>, token: Token): string {
  if (trial.kind === 'refused') return CLAIM_REFUSALS[trial.errorName] ?? trial.errorName
  return trial.paid === 0n ? 'lost: pays nothing' : `pays ${formatAmount(trial.paid, token)}`
}

function indented(line: string): string {
  return `  ${line}`
}
