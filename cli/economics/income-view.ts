import { formatUnits } from 'viem'
import {
  breakEvenOf,
  type Cost,
  type Income,
  incomeOf,
  returnPpmOf,
  type Revenue,
  sensitivityOf,
} from '#protocol/income.ts'
import { dearestAttested, type IncomeTerms, isAttested, leastAttested } from '#protocol/income-terms.ts'
import { ceilingOf, floorOf, type Rational } from '#protocol/rational.ts'
import { formatColumns, formatEth, formatGwei, formatPercent } from '../format.ts'
import type { Io } from '../io.ts'
import { formatTable } from '../table.ts'

/** Gas prices and rewards beside the given ones, as multiples. */
const MULTIPLES: readonly Rational[] = [
  { n: 1n, d: 4n },
  { n: 1n, d: 2n },
  { n: 1n, d: 1n },
  { n: 2n, d: 1n },
  { n: 4n, d: 1n },
]
const MICRO = 6

/** A year for people: amounts in ETH, cut to six decimals; tables on a terminal, else lines. */
export function renderIncome(terms: IncomeTerms, { isTerminal }: Pick<Io, 'isTerminal'>): string {
  const income = incomeOf(terms)
  const columns = isTerminal ? tableOf : linesOf
  const { fixings, reward, reporters, gasPrice } = terms
  return [
    `A reporter's year: ${fixings} fixings with ${shown(reward)} ETH for ${reporters} reporters, gas at ${formatGwei(gasPrice)} gwei.`,
    '',
    columns(['', 'ETH', ''], partsOf(terms, income)),
    '',
    verdictOf(terms, income),
    ...(isAttested(terms) ? claimLines(terms, income) : []),
    ...attestLines(terms),
    '',
    'What breaks even, all else unchanged:',
    ...breakEvenLines(terms),
    '',
    'Net ETH a year, by gas price in gwei and by reward in ETH:',
    sensitivityText(terms, columns),
  ].join('\n')
}

/** The same for scripts: wei as decimal strings, revenue rounded down, costs up, the net once and down. */
export function incomeDocument(terms: IncomeTerms): Record<string, unknown> {
  const income = incomeOf(terms)
  const { paid, signers, turns, revenue, costs, net, locked } = income
  const { reward, gasPrice, fixings } = breakEvenOf(terms)
  return {
    version: 1,
    terms: Object.fromEntries(Object.entries<bigint>(terms).map(([field, term]) => [field, term.toString()])),
    paid: decimal(paid),
    signers: decimal(signers),
    turns: decimal(turns),
    attested: isAttested(terms),
    cutOff: { reward: leastAttested(terms).toString(), gasPrice: dearestAttested(terms)?.toString() ?? null },
    revenue: roundedBy(revenue, floorOf),
    costs: roundedBy(costs, ceilingOf),
    net: floorOf(net).toString(),
    locked: locked.toString(),
    returnPpm: Number(returnPpmOf(income)),
    breakEven: {
      reward: reward?.toString() ?? null,
      gasPrice: gasPrice?.toString() ?? null,
      fixings: fixings?.toString() ?? null,
    },
    sensitivity: gridOf(terms).map(({ gasPrice: price, nets }) => ({
      gasPrice: price.toString(),
      nets: nets.map((one) => ({ reward: one.reward.toString(), net: one.net.toString() })),
    })),
  }
}

type Columns = (head: readonly string[], rows: readonly (readonly string[])[]) => string

/** Every part of the year with what it is made of. */
function partsOf(terms: IncomeTerms, { paid, signers, turns, revenue, costs, net, locked }: Income): string[][] {
  const { stake, years, rosters, claimGas } = terms
  const disputes = `${decimal({ n: terms.fixings * terms.disputedPpm, d: 1_000_000n })} disputes`
  const gains: Readonly<Record<Revenue, string>> = {
    rewards: `${decimal(paid)} shares, each 1/${decimal(signers)} of a reward`,
    proposals: `${decimal(turns)} turns at ${shown(terms.proposalReward)} ETH`,
    disputes: `${disputes}, ${shown(terms.disputeStake)} ETH at ${formatPercent(terms.disputeReturnPpm)}`,
  }
  const losses: Readonly<Record<Cost, string>> = {
    registration: `gas, once in ${years} years`,
    rosters: `gas, a share of ${rosters} rosters`,
    proposing: `gas, ${decimal(turns)} turns and their claims`,
    claiming: `gas, ${decimal(paid)} shares at ${claimGas}`,
    disputing: `gas, ${disputes} and their claims`,
    server: `12 months at ${shown(terms.server)} ETH`,
    slashing: `${formatPercent(terms.slashingPpm)} of ${shown(stake)} ETH`,
    interest: `${formatPercent(terms.interestPpm)} of ${shown(locked)} ETH`,
  }
  return [
    ...entriesOf(gains).map(([name, note]) => [name, shown(floorOf(revenue[name])), note]),
    ...entriesOf(losses).map(([name, note]) => [name, shown(-ceilingOf(costs[name])), note]),
    ['net', shown(floorOf(net)), ''],
  ]
}

function verdictOf({ interestPpm }: IncomeTerms, income: Income): string {
  const earns = `Stake and capital of ${shown(income.locked)} ETH earn ${formatPercent(returnPpmOf(income))} a year`
  const elsewhere = `${formatPercent(interestPpm)} elsewhere`
  if (income.net.n < 0n) return `A loss. ${earns}, less than ${elsewhere}.`
  return `${earns}, against ${elsewhere}.`
}

/** A share that is worth less than its claim should stay where it is. */
function claimLines({ reward, claimGas, gasPrice }: IncomeTerms, { signers }: Income): string[] {
  const share = floorOf({ n: reward * signers.d, d: signers.n })
  const cost = claimGas * gasPrice
  const line = `A share of ${shown(share)} ETH costs ${shown(cost)} ETH of gas to claim`
  return [share < cost ? `${line}: it can wait for cheaper gas.` : `${line}.`]
}

/** Where nodes stop attesting: there are no rewards beyond it. */
function attestLines(terms: IncomeTerms): string[] {
  const dearest = dearestAttested(terms)
  if (dearest === undefined) return []
  const bounds = `a reward of ${shown(upToMicro(leastAttested(terms)))} ETH or more, or gas at ${formatGwei(dearest)} gwei or less`
  return isAttested(terms)
    ? [`Nodes attest while a share pays for the gas of it: ${bounds}.`]
    : [`Nobody attests, so there are no rewards: a share does not pay for the gas of it. It takes ${bounds}.`]
}

function breakEvenLines(terms: IncomeTerms): string[] {
  const { reward, gasPrice, fixings } = breakEvenOf(terms)
  return [
    reward === undefined ? '  no reward' : `  a reward of ${shown(upToMicro(reward))} ETH or more a fixing`,
    gasPrice === undefined ? '  no gas price' : `  gas at ${formatGwei(gasPrice)} gwei or less`,
    fixings === undefined ? '  no number of fixings' : `  ${fixings} fixings or more a year`,
  ]
}

type GridRow = {
  readonly gasPrice: bigint
  readonly nets: readonly { readonly reward: bigint; readonly net: bigint }[]
}

function gridOf(terms: IncomeTerms): readonly GridRow[] {
  const [prices, rewards] = [multiplesOf(terms.gasPrice), multiplesOf(terms.reward)]
  const nets = sensitivityOf(terms, prices, rewards)
  return prices.map((gasPrice, i) => ({
    gasPrice,
    nets: rewards.map((reward, j) => ({ reward, net: nets[i]?.[j] ?? 0n })),
  }))
}

/** Without what is the same: of 0 there is one. */
function multiplesOf(one: bigint): bigint[] {
  return [...new Set(MULTIPLES.map(({ n, d }) => (one * n) / d))]
}

function sensitivityText(terms: IncomeTerms, columns: Columns): string {
  const rows = gridOf(terms)
  const head = ['gas', ...(rows[0]?.nets ?? []).map(({ reward }) => shown(reward))]
  return columns(
    head,
    rows.map(({ gasPrice, nets }) => [formatGwei(gasPrice), ...nets.map(({ net }) => shown(net))]),
  )
}

/** Numbers to the right; the last column too, unless it is without a head. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return formatTable({ head, rows, text: [''] }, { isTerminal: true })
}

function linesOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isTitled = head[0] !== ''
  return formatColumns([...(isTitled ? [head] : []), ...rows])
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
}

/** To the next millionth of an ETH, so that what is shown suffices. */
function upToMicro(wei: bigint): bigint {
  const unit = 10n ** 12n
  return ceilingOf({ n: wei, d: unit }) * unit
}

function shown(wei: bigint): string {
  return formatEth(wei, MICRO)
}

/** A count with at most two decimals, cut. */
function decimal({ n, d }: Rational): string {
  return formatUnits((100n * n) / d, 2)
}

function roundedBy<Name extends string>(
  parts: Readonly<Record<Name, Rational>>,
  round: (part: Rational) => bigint,
): Record<string, string> {
  return Object.fromEntries(Object.entries<Rational>(parts).map(([name, part]) => [name, round(part).toString()]))
}

function entriesOf<Name extends string>(parts: Readonly<Record<Name, string>>): readonly (readonly [Name, string])[] {
  return Object.entries(parts) as [Name, string][] // its only keys
}
