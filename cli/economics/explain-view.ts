import { type Address, formatEther } from 'viem'
import type { Advice } from '#protocol/advice.ts'
import { delaysWithoutProposal } from '#protocol/griefing.ts'
import type { BondReason, Needs, Parameters } from '#protocol/parameters.ts'
import { cautionText } from './explain-cautions.ts'
import { formatDuration, formatEth, formatPercent } from '../format.ts'
import type { Io } from '../io.ts'
import { formatTable } from '../table.ts'
import { delayRows } from './griefing-view.ts'
import { plainDocument } from './plain-document.ts'

/** What the protocol asked, what it was told, and what it has named already. */
export type Explained = {
  readonly needs: Needs
  readonly advice: Advice
  readonly names: {
    readonly index: string | undefined
    readonly maturity: bigint | undefined
    readonly arbitrator: Address | undefined
    readonly backup: Address | undefined
    readonly openInterest: Address | undefined
  }
}

/** The advice as text for people; amounts in ETH, cut to four decimals. */
export function renderExplained(explained: Explained, io: Pick<Io, 'isTerminal'>): string {
  const { needs, advice } = explained
  const { parameters, worstSeconds, honest, delays } = advice
  const [, ...disputed] = delays.filter(({ end }) => end === 'timeout')
  const calm = timeOf(parameters.firstWindow)
  return [
    `For ${formatEth(needs.value)} ETH at stake a proposal bonds d = ${formatEth(honest.bond)} ETH: ${reasonText(advice.bondReason, needs)}.`,
    '',
    parameterTable(explained, io),
    '',
    `Settled ${calm} after a proposal that nobody disputes, and after a dispute without a ruling by ${timeOf(Number(disputed.at(-1)?.seconds ?? 0n))};`,
    `at the latest ${formatDuration(worstSeconds)} after maturity, without anyone's transaction.`,
    '',
    'What a lie costs step by step. All that it stakes is lost if the honest side answers:',
    stepTable(advice, io),
    'What a delay costs one party that plays both sides; it is gone, whoever wins:',
    formatTable(delayRows([...delaysWithoutProposal(advice.terms), ...delays]), io),
    corruptionLine(explained),
    quorumLine(explained),
    '',
    'Look after:',
    ...[...advice.cautions.map((caution) => cautionText(caution, needs, advice)), ...consumerLines(advice)].map(
      (text) => `- ${text}`,
    ),
    '',
    `Next: ${nextCommand(explained)}`,
  ].join('\n')
}

/** The same for scripts: wei as decimal strings, times in seconds. */
export function explainDocument(explained: Explained): Record<string, unknown> {
  const { needs, advice } = explained
  const { crowd, corruption, cautions, terms, ...rest } = advice
  const { fixings, total, firstAnswers } = crowd
  const { gain, gainAsArbitrator } = corruption
  return plainDocument({
    version: 1,
    needs,
    ...rest,
    delaysWithoutProposal: delaysWithoutProposal(terms),
    crowd: needs.capital === undefined ? { fixings, total, firstAnswers } : crowd,
    corruption: needs.corruption === undefined ? { gain, gainAsArbitrator } : corruption,
    cautions: cautions.map((code) => ({ code, text: cautionText(code, needs, advice) })),
    consumer: consumerLines(advice),
    next: nextCommand(explained),
  })
}

/** The command that creates such a fixing; words in capitals are still to be named. */
function nextCommand({ advice, names }: Explained): string {
  const { index = 'INDEX', maturity, arbitrator = 'ARBITRATOR', backup = 'BACKUP', openInterest } = names
  const flags = [
    ['--index', /^[\w./:-]+$/.test(index) ? index : `'${index.replaceAll("'", `'\\''`)}'`],
    ['--maturity', maturity === undefined ? 'MATURITY' : String(maturity)],
    ['--arbitrator', arbitrator],
    ['--backup', backup],
    ...(openInterest === undefined ? [] : [['--open-interest', openInterest]]),
    ...parameterFlags(advice.parameters),
  ]
  return ['assize fixing create', ...flags.flat()].join(' ')
}

/** Every parameter by the option of `fixing create` that sets it, exactly. */
function parameterFlags(parameters: Parameters): readonly (readonly [flag: string, value: string])[] {
  return [
    ['--min-bond', formatEther(parameters.minBond)],
    ['--bond-ppm', String(parameters.bondPpm)],
    ['--fee', formatEther(parameters.arbitrationFee)],
    ['--first-window', typedTime(parameters.firstWindow)],
    ['--window', typedTime(parameters.window)],
    ['--separation-ppm', String(parameters.separationPpm)],
    ['--band-ppm', String(parameters.bandPpm)],
    ['--grace', typedTime(parameters.proposalGrace)],
    ['--limit', typedTime(parameters.arbitrationLimit)],
  ]
}

function parameterTable(explained: Explained, io: Pick<Io, 'isTerminal'>): string {
  const against = reasonsOf(explained)
  const flags = parameterFlags(explained.advice.parameters)
  const rows = flags.map(([flag, value]) => [flag.slice(2), value, against[flag] ?? ''])
  return formatTable({ head: ['parameter', 'value', 'against'], rows, text: ['parameter', 'against'] }, io)
}

/** What each parameter protects against, in the figures of this fixing. */
function reasonsOf({ needs, advice }: Explained): Readonly<Record<string, string>> {
  const { honest, appeal, answerGain, parameters, precisionPpm, shading, lies } = advice
  const moved = `${formatPercent(precisionPpm)} from the truth: ${formatEth(shading)} ETH`
  const most = lies.reduce((stake, { capital }) => (capital > stake ? capital : stake), 0n)
  return {
    '--min-bond': `lies for nothing: d is at risk, and answering it earns ${formatEth(answerGain)} ETH`,
    '--bond-ppm':
      parameters.bondPpm === 0
        ? 'bonds made dear by open interest that nobody can lose'
        : `lies about more than was planned: d is ${formatPercent(BigInt(parameters.bondPpm))} of the open interest`,
    '--fee': `arbitrators that do not come: F with the ruling; an appeal takes ${formatEth(appeal[0])} to ${formatEth(appeal[1])} ETH with it`,
    '--first-window': `lies that nobody sees: ${formatEth(honest.firstAnswer)} ETH (2 d) must move within it`,
    '--window': `the same for each of the three leaders after it, who stake up to ${formatEth(most)} ETH`,
    '--separation-ppm': `disputes about noise of ${formatPercent(BigInt(needs.noisePpm))}; settles at most ${moved}`,
    '--band-ppm': 'honest winners who lose to the noise of the ruling',
    '--grace': `nobody proposing: then anyone may buy a ruling for F`,
    '--limit': 'an arbitrator that keeps silent: then the backup rules, after it INVALID',
  }
}

function stepTable({ lies, honest }: Advice, io: Pick<Io, 'isTerminal'>): string {
  const head = ['leaders', 'has staked ETH', 'wins, if honest people have less than ETH', 'and gains of theirs ETH']
  const rows = lies.map(({ leaders, capital, below, gain }) => [
    leaders.map(({ value }) => value).join(' → '),
    ...[capital, below, gain].map((amount) => formatEth(amount)),
  ])
  const last = ['against more', '', `${formatEth(honest.total)} (5 d + F)`, 'never by the clock']
  return formatTable({ head, rows: [...rows, last], text: ['leaders'] }, io)
}

function corruptionLine({ needs, advice }: Explained): string {
  const { gainAsArbitrator, netCost } = advice.corruption
  const gained = `${needs.fixings} x ${formatEth(gainAsArbitrator)} ETH that the game pays`
  if (needs.corruption === undefined) return `A bought ruling costs its price less ${gained}.`
  return `A bought ruling costs ${formatEth(needs.corruption)} ETH less ${gained}: ${formatEth(netCost)} ETH.`
}

function quorumLine({ needs, advice }: Explained): string {
  const { signers, stake, equivocators, equivocatorStake } = advice.quorum
  return (
    `A report needs ${signers} of ${needs.reporters} reporters, ${formatEth(stake)} ETH of stake; two that contradict each ` +
    `other cost ${equivocators} of them ${formatEth(equivocatorStake)} ETH. It settles nothing: anyone may dispute it.`
  )
}

/** What whoever reads the settlement must do, whatever the parameters. */
function consumerLines({ terms, delays }: Advice): readonly string[] {
  const [unproposed] = delaysWithoutProposal(terms)
  const expiries = delays.filter(({ end }) => end === 'expiry')
  const cheapest = expiries.reduce((least, one) => (one.capital < least.capital ? one : least), expiries[0] ?? NO_DELAY)
  return [
    `INVALID can come: if nobody proposes for ${formatDuration(unproposed?.seconds ?? 0n)}, or, for stakes of ${formatEth(cheapest.capital)} ETH that come back, if both arbitrators keep silent. Decide beforehand who gets what.`,
    'Secured: take deposits no further than SecurityLens.securedAt(fixing, oracle), which counts one fixing.',
    'Final: a settlement never changes, its block can. Off chain read it at a finalized block.',
  ]
}

const NO_DELAY = { capital: 0n }

function reasonText(reason: BondReason, { bondSharePpm, gasPrice, fixings }: Needs): string {
  switch (reason) {
    case 'share':
      return `${formatPercent(BigInt(bondSharePpm))} of it`
    case 'fee':
      return 'five halves of F, the least that pays sponsors 40 %'
    case 'gas':
      return `what makes answering a lie pay at ${formatEther(gasPrice, 'gwei')} gwei`
    case 'bound':
      return 'the least that there can be'
    case 'capital':
      return `what honest people can answer in ${fixings === 1n ? 'it' : `each of ${fixings} fixings`}`
  }
}

/** A time as it is typed: `36h`, `90min`. */
function typedTime(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const
  const [name, length] = units.find(([, one]) => seconds % one === 0) ?? ['s', 1]
  return `${seconds / length}${name}`
}

function timeOf(seconds: number): string {
  return formatDuration(BigInt(seconds))
}
