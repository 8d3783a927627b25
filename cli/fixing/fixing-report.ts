import type { Address } from 'viem'
import type { Security } from '#client/security.ts'
import { formatValue } from '#protocol/decimal.ts'
import { worstCase } from '#protocol/fixing.ts'
import type { Connection } from '../chain/connection.ts'
import { parameterLines, parametersDocument } from './fixing-parameters.ts'
import type { FoundFixing } from './fixing-source.ts'
import { renderView, viewDocument } from './fixing-view.ts'
import { type Held, receiptDocument, receiptName, trialText } from './held.ts'
import { formatAmount, formatColumns, formatIndexValue, formatMoment, type Token } from '../format.ts'
import type { Io } from '../io.ts'
import { type NextStep, nextSteps } from './next-steps.ts'
import { openPots } from './open-pots.ts'
import { ownLead, ownLeadLines } from './own-lead.ts'
import type { Proposable } from './proposable.ts'
import { securityDocument, securityLines } from './security-view.ts'

/** Everything that `assize fixing show` shows. */
export type FullView = FoundFixing & {
  readonly holder: Address | undefined
  readonly holdings: readonly Held[]
  /** Undefined in phases that have no proposal. */
  readonly proposable: Proposable | undefined
  readonly security: Security
}

/** Everything as text for people. */
export function renderFull(full: FullView, connection: Connection, io: Pick<Io, 'isTerminal'>): string {
  const { token } = connection
  const { view, fixing, holdings, holder } = full
  const { snapshot } = view
  const parts = [
    renderView(view, token, io),
    ...proposableLines(full, token),
    '',
    'Parameters',
    ...parameterLines(fixing, token).slice(2).map(indented),
    indented(`settled   at the latest ${formatMoment(worstCase(fixing), snapshot.atTime)}`),
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
      openPots: openPots(full.view).map(({ kind, value, filled, need }) => ({
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

function nextStepsOf({ view, holdings, proposable }: FullView, connection: Connection): NextStep[] {
  const isClaimable = holdings.some(({ trial }) => trial.kind === 'paid' && trial.paid > 0n)
  return nextSteps(view.snapshot, connection, {
    claimable: isClaimable ? 'something' : 'nothing',
    proposal: proposable?.kind === 'refused' ? 'refused' : 'possible',
  })
}

/** A receipt for scripts, with what a claim pays. */
function holdingDocument(held: Held): Record<string, unknown> {
  const { trial } = held
  return {
    ...receiptDocument(held),
    pays: trial.kind === 'paid' ? trial.paid.toString() : null,
    refusal: trial.kind === 'refused' ? trial.errorName : null,
  }
}

function potLines(full: FullView, token: Token): string[] {
  const pots = openPots(full.view)
  if (pots.length === 0) return []
  const { facts, atTime } = full.view.snapshot
  const rows = pots.map(({ kind, value, filled, need }) => [
    kind === 'stake' ? 'make it lead' : 'appeal',
    value === undefined ? 'a new value' : formatIndexValue(value),
    `${formatAmount(filled, token)} of ${formatAmount(need, token)}`,
    `${formatAmount(need - filled, token)} missing`,
  ])
  const until = formatMoment(facts.deadline, atTime)
  return ['', `Pots that anyone can join, in part or whole, until ${until}`, ...formatColumns(rows).map(indented)]
}

function holdingLines(holdings: readonly Held[], token: Token): string[] {
  if (holdings.length === 0) return ['none']
  return formatColumns(
    holdings.map((holding) => [receiptName(holding), formatAmount(holding.amount, token), trialText(holding, token)]),
  )
}

function indented(line: string): string {
  return `  ${line}`
}
