import type { OracleEvent } from '#client/fixing-log.ts'
import { placesIn } from '#protocol/cosigning.ts'
import { formatValue } from '#protocol/decimal.ts'
import { KIND_CODE, type Kind } from '#protocol/fixing.ts'
import type { Failure } from '../failure.ts'
import type { Chronicle } from './chronicle.ts'
import type { Ruling } from './council-session.ts'
import type { Findings } from './inspection.ts'

const KINDS: readonly Kind[] = ['stake', 'appeal', 'request', 'fund']

/** The one JSON document. Values are decimal strings in index units, amounts decimal strings in wei, times Unix seconds. */
export function summarize(
  findings: Findings,
  durationMs: number,
  failure: Failure | undefined,
): Record<string, unknown> {
  const { world, snapshot, reporting, ruling, values, funds, sheet } = findings
  const { fixing, series } = world
  return plain({
    version: 1,
    outcome: findings.outcome,
    exitCode: findings.exitCode,
    ...(failure === undefined ? {} : { error: failure }),
    index: { id: world.indexId, name: world.document.name, document: world.document },
    maturity: Number(fixing.maturity),
    fixing: { id: world.fixingId, ...fixing, maturity: Number(fixing.maturity), phase: snapshot.phase },
    series: { id: world.seriesId, strike: formatValue(series.strike), invalidSharePpm: series.invalidSharePpm },
    observations: observationsOf(findings),
    abstentions: reporting.abstentions,
    report: reporting.report === undefined ? null : { ...reporting.report, value: formatValue(reporting.report.value) },
    attestation: attestationOf(findings),
    candidates: snapshot.candidates.map(({ value, stake }) => ({
      value: formatValue(value),
      stake,
      who: stakersOf(findings.chronicle, value),
    })),
    ruling: ruling === undefined ? null : rulingOf(ruling),
    settlement: snapshot.settlement === undefined ? null : formatValue(snapshot.settlement),
    trueValue: values.trueValue === undefined ? null : formatValue(values.trueValue),
    recomputed: values.recomputed === undefined ? null : formatValue(values.recomputed),
    valueFaults: values.faults,
    payouts: findings.chronicle.events.flatMap((event) => payoutOf(findings.chronicle, event)),
    redemptions: findings.closing?.redemptions ?? [],
    unclaimed: (findings.closing?.unclaimed ?? []).map((receipt) => ({
      ...receipt,
      holder: findings.chronicle.nameOf(receipt.holder),
      value: receipt.value === 0n ? '0' : formatValue(receipt.value),
    })),
    balances: sheet.lines,
    flows: { oracle: sheet.oracle, vault: sheet.vault, registry: sheet.registry },
    dust: { oracle: sheet.oracle.dust, vault: sheet.vault.dust, registry: sheet.registry.dust },
    burnedFees: funds.burned,
    conserved: findings.fundsFaults.length === 0,
    fundsFaults: findings.fundsFaults,
    pids: findings.pids,
    durationMs: Math.round(durationMs),
  })
}

/** What was proposed with co-signatures, and what its signers' owners were paid. */
function attestationOf({ chronicle, closing, world }: Findings): Record<string, unknown> | null {
  const { attestation } = chronicle
  if (attestation === undefined) return null
  const { value, proposer, signers, count } = attestation
  return {
    value: formatValue(value),
    proposer: chronicle.nameOf(proposer),
    signers: placesIn(signers),
    count,
    of: world.reporters.all.length,
    rewards: [...(closing?.rewards ?? [])].map(([place, paid]) => ({ place, paid })),
  }
}

function rulingOf({ value, threshold, signatures }: Ruling): Record<string, unknown> {
  const signed = signatures.map(({ name, signature }) => ({ who: name, signature }))
  return { value: formatValue(value), threshold, signatures: signed }
}

function observationsOf({ world, reporting }: Findings): unknown[] {
  return reporting.observations.map((observation) => {
    const reporter = world.reporters.all.find(
      ({ person }) => person.account.address.toLowerCase() === observation.signer.toLowerCase(),
    )
    return {
      reporter: reporter?.person.name ?? observation.signer,
      pid: reporter?.firstPid ?? null,
      ...observation,
      value: formatValue(observation.value),
      observedAt: Number(observation.observedAt),
    }
  })
}

function stakersOf(chronicle: Chronicle, value: bigint): { who: string; amount: bigint }[] {
  const amounts = new Map<string, bigint>()
  for (const { eventName, args } of chronicle.events) {
    if ((eventName !== 'Proposed' && eventName !== 'Contributed') || args.value !== value) continue
    const who = chronicle.nameOf(eventName === 'Proposed' ? args.proposer : args.from)
    amounts.set(who, (amounts.get(who) ?? 0n) + (eventName === 'Proposed' ? args.bond : args.taken))
  }
  return [...amounts].map(([who, amount]) => ({ who, amount }))
}

function payoutOf(chronicle: Chronicle, { eventName, args }: OracleEvent): unknown[] {
  if (eventName !== 'Claimed') return []
  const { holder, kind, round, value, burned, paid } = args
  const name = KINDS.find((candidate) => KIND_CODE[candidate] === kind)
  return [
    { who: chronicle.nameOf(holder), kind: name, round, value: value === 0n ? '0' : formatValue(value), burned, paid },
  ]
}

/** The same with every bigint as a decimal string. */
function plain(value: unknown): Record<string, unknown> {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))
  return JSON.parse(text) as Record<string, unknown> // an object went in
}
