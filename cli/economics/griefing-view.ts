import { boughtRulings, lieRoutes, type BoughtRuling, type Leader, type LieRoute } from '#protocol/corruption.ts'
import { corruptionOf, type Crowd, crowdOf } from '#protocol/crowd.ts'
import { worstCaseSeconds } from '#protocol/fixing.ts'
import { type Delay, delaysOf, delaysWithoutProposal, honestCapitalOf, type GriefingTerms } from '#protocol/griefing.ts'
import { formatDuration, formatEth } from '../format.ts'
import type { Io } from '../io.ts'
import { formatTable, type Rows } from '../table.ts'
import { plainDocument } from './plain-document.ts'

/** What `assize griefing` was asked: terms, how many fixings mature together under one arbitrator, the honest capital, wei. */
export type GriefingQuery = {
  readonly terms: GriefingTerms
  readonly fixings: bigint
  readonly capital: bigint | undefined
  /** What corrupting the cheaper of arbitrator and backup costs, wei. */
  readonly corruption: bigint | undefined
}

/** The tables as text for people; amounts in ETH, cut to four decimals. */
export function renderGriefing(
  { terms, fixings, capital, corruption }: GriefingQuery,
  io: Pick<Io, 'isTerminal'>,
): string {
  const { bond, firstAnswer, total, lockedSeconds } = honestCapitalOf(terms)
  const first = formatDuration(BigInt(terms.firstWindow))
  return [
    `Bond d ${formatEth(bond)} ETH, arbitration fee F ${formatEth(terms.arbitrationFee)} ETH, open interest ${formatEth(terms.openInterest)} ETH.`,
    `Settled at the latest ${formatDuration(worstCaseSeconds(terms))} after maturity; undisputed ${first} after the proposal.`,
    '',
    'What a delay costs one party that plays both sides (gone, whoever wins):',
    delayTable(terms, io),
    '0 leaders: nobody proposes, counted from maturity; the last two are requests. Who makes d dearer than anyone can pay',
    'brings that about: anyone can propose, and end it, only with d.',
    'Two silent arbitrators (expiry) settle INVALID and give everything back: such a delay costs only the use of the capital.',
    '',
    `Honest capital: ${formatEth(total)} ETH (5 d + F) answers anything; of it ${formatEth(firstAnswer)} ETH (2 d) within ${first} of a lie.`,
    `It can be locked for ${formatDuration(lockedSeconds)}.`,
    '',
    'Where a lie wins by the clock, a lie being proposed first:',
    lieTable(lieRoutes(terms, 'lie'), io),
    'Where a lie wins by the clock after an honest proposal:',
    lieTable(lieRoutes(terms, 'truth'), io),
    `With ${formatEth(total)} ETH or more a lie is settled by an arbitrator or not at all: it costs what corrupting the arbitrator costs.`,
    '',
    ...corruptionLines({ terms, fixings, corruption }, io),
    ...crowdLines(terms, fixings, capital),
  ].join('\n')
}

/** The same for scripts: wei as decimal strings, times in seconds. */
export function griefingDocument({ terms, fixings, capital, corruption }: GriefingQuery): Record<string, unknown> {
  const crowd = crowdOf(terms, fixings, capital ?? 0n)
  const document = {
    version: 1,
    honest: honestCapitalOf(terms),
    worstCaseSeconds: worstCaseSeconds(terms),
    delaysWithoutProposal: delaysWithoutProposal(terms),
    delays: delaysOf(terms),
    boughtRulings: {
      afterLie: boughtRulings(terms, 'lie'),
      afterTruth: boughtRulings(terms, 'truth'),
      ...(corruption === undefined ? {} : { corruption, fixings, ...corruptionOf(terms, fixings, corruption) }),
    },
    lies: { afterLie: lieRoutes(terms, 'lie'), afterTruth: lieRoutes(terms, 'truth') },
    crowd: capital === undefined ? { fixings, total: crowd.total, firstAnswers: crowd.firstAnswers } : crowd,
  }
  return plainDocument(document)
}

function delayTable(terms: GriefingTerms, io: Pick<Io, 'isTerminal'>): string {
  return formatTable(delayRows([...delaysWithoutProposal(terms), ...delaysOf(terms)]), io)
}

/** What each delay costs, in the order given. */
export function delayRows(delays: readonly Delay[]): Rows {
  const rows = delays.map(({ round, end, cost, capital, seconds }) => [
    `${round}`,
    end,
    formatDuration(seconds),
    formatEth(cost),
    formatEth(capital),
  ])
  return { head: ['leaders', 'ends by', 'settled after', 'cost ETH', 'staked ETH'], rows, text: ['leaders', 'ends by'] }
}

function lieTable(routes: readonly LieRoute[], io: Pick<Io, 'isTerminal'>): string {
  const head = ['honest capital below ETH', 'attacker stakes ETH', 'and gains ETH', 'leaders']
  const rows = routes.map(({ below, capital, gain, leaders }) => [
    ...[below, capital, gain].map((amount) => formatEth(amount)),
    leaders.map(nameOf).join(' → '),
  ])
  return formatTable({ head, rows, text: ['leaders'] }, io)
}

/** What corruption costs: its price less what the game pays for the rulings in all the fixings of the arbitrator. */
function corruptionLines(
  { terms, fixings, corruption }: Omit<GriefingQuery, 'capital'>,
  io: Pick<Io, 'isTerminal'>,
): readonly string[] {
  const { gain, gainAsArbitrator, netCost } = corruptionOf(terms, fixings, corruption ?? 0n)
  const fee = formatEth(terms.arbitrationFee)
  const lines = [
    'A corrupted arbitrator (or backup, if the arbitrator lets its turn pass: the cheaper of the two counts) settles any lie,',
    'in every fixing that it serves. What the game pays for such a ruling, besides whatever the lie is worth:',
    bribeTable([...boughtRulings(terms, 'lie'), ...boughtRulings(terms, 'truth')], io),
    `Whoever is the arbitrator, or shares its fees, has F as well: at most ${formatEth(gain)} + ${fee} = ${formatEth(gainAsArbitrator)} ETH a fixing.`,
    'A lie that was proposed first and wins has the reward pot too: count it with what the lie is worth.',
  ]
  const gained = `${countOf(fixings)} x ${formatEth(gainAsArbitrator)} ETH`
  if (corruption === undefined) {
    return [...lines, `Lies cost the price of corruption less ${gained}; give the price with --corruption.`]
  }
  const price = `At ${formatEth(corruption)} ETH, with ${gained} from the game,`
  if (netCost <= 0n) return [...lines, `${price} corruption pays for itself: nothing is guarded.`]
  return [
    ...lines,
    `${price} lies cost ${formatEth(netCost)} ETH: they pay whoever gains more by all of them together.`,
    'No open interest above that is guarded, summed over all fixings that this arbitrator or backup serves, these and others.',
  ]
}

function bribeTable(rulings: readonly BoughtRuling[], io: Pick<Io, 'isTerminal'>): string {
  const head = ['attacker stakes ETH', 'honest side loses ETH', 'attacker gains ETH', 'appeal by', 'leaders']
  const rows = rulings.map(({ capital, honestLoss, gain, appealBy, leaders }) => [
    ...[capital, honestLoss, gain].map((amount) => formatEth(amount)),
    appealBy,
    leaders.map(nameOf).join(' → '),
  ])
  return formatTable({ head, rows, text: ['appeal by', 'leaders'] }, io)
}

function crowdLines(terms: GriefingTerms, fixings: bigint, capital: bigint | undefined): readonly string[] {
  if (fixings === 1n && capital === undefined) return []
  const { total, firstAnswers } = crowdOf(terms, fixings, 0n)
  const together = fixings === 1n ? '1 fixing needs' : `${fixings} fixings that mature together need`
  const first = formatDuration(BigInt(terms.firstWindow))
  const lines = ['', `${together} ${formatEth(total)} ETH, of it ${formatEth(firstAnswers)} ETH within ${first}.`]
  return capital === undefined ? lines : [...lines, ...defenceLines(crowdOf(terms, fixings, capital), capital)]
}

/** What the capital defends, and what lies in the others stake. */
function defenceLines(crowd: Crowd, capital: bigint): readonly string[] {
  const { fixings, defended, undefended, rest, lieAgainstRest, lieCapital } = crowd
  const whole = fixings === 1n ? `${defended === 0n ? 'does not defend' : 'defends'} it` : `defends ${defended} of them`
  const line = `${formatEth(capital)} ETH ${whole} against any attacker.`
  if (undefended === 0n) return [`${line} No lie wins by the clock.`]
  const where = undefended === fixings ? '' : undefended === 1n ? ' in the other' : ` in the other ${undefended}`
  const lies = `A lie can win${where}, for stakes of ${formatEth(lieCapital)} ETH that come back.`
  if (rest === 0n || undefended === 1n) return [`${line} ${lies}`]
  return [
    `${line} ${lies}`,
    `Of it ${formatEth(lieAgainstRest)} ETH where the ${formatEth(rest)} ETH that are left answer.`,
  ]
}

function countOf(fixings: bigint): string {
  return `${fixings} ${fixings === 1n ? 'fixing' : 'fixings'}`
}

function nameOf({ value, by }: Leader): string {
  return value === 'truth' && by === 'attacker' ? 'truth (by the attacker)' : value
}
