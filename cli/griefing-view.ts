import Table from 'cli-table3'
import { boughtRulings, lieRoutes, type BoughtRuling, type Leader, type LieRoute } from '#protocol/corruption.ts'
import { crowdOf, delaysOf, honestCapitalOf, worstCaseSeconds, type GriefingTerms } from '#protocol/griefing.ts'
import { formatDuration, formatEth } from './format.ts'

/** What `assize griefing` was asked: terms, how many fixings mature together, and the honest capital, wei. */
export type GriefingQuery = {
  readonly terms: GriefingTerms
  readonly fixings: bigint
  readonly capital: bigint | undefined
  /** What corrupting the cheaper of arbitrator and backup costs, wei. */
  readonly corruption: bigint | undefined
}

/** The tables as text for people; amounts in ETH, cut to four decimals. */
export function renderGriefing({ terms, fixings, capital, corruption }: GriefingQuery): string {
  const { bond, firstAnswer, total, lockedSeconds } = honestCapitalOf(terms)
  const first = formatDuration(BigInt(terms.firstWindow))
  return [
    `Bond d ${formatEth(bond)} ETH, arbitration fee F ${formatEth(terms.arbitrationFee)} ETH, open interest ${formatEth(terms.openInterest)} ETH.`,
    `Settled at the latest ${formatDuration(worstCaseSeconds(terms))} after maturity; undisputed ${first} after the proposal.`,
    '',
    'What a delay costs one party that plays both sides (gone, whoever wins):',
    delayTable(terms),
    'Two silent arbitrators (expiry) settle INVALID and give everything back: such a delay costs only the use of the capital.',
    '',
    `Honest capital: ${formatEth(total)} ETH (5 d + F) answers anything; of it ${formatEth(firstAnswer)} ETH (2 d) within ${first} of a lie.`,
    `It can be locked for ${formatDuration(lockedSeconds)}.`,
    '',
    'Where a lie wins by the clock, a lie being proposed first:',
    lieTable(lieRoutes(terms, 'lie')),
    'Where a lie wins by the clock after an honest proposal:',
    lieTable(lieRoutes(terms, 'truth')),
    `With ${formatEth(total)} ETH or more a lie is settled by an arbitrator or not at all: it costs what corrupting the arbitrator costs.`,
    '',
    ...corruptionLines(terms, corruption),
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
    delays: delaysOf(terms),
    boughtRulings: {
      afterLie: boughtRulings(terms, 'lie'),
      afterTruth: boughtRulings(terms, 'truth'),
      ...(corruption === undefined ? {} : { corruption, netCost: corruption - mostGained(terms) }),
    },
    lies: { afterLie: lieRoutes(terms, 'lie'), afterTruth: lieRoutes(terms, 'truth') },
    crowd: capital === undefined ? { fixings, total: crowd.total, firstAnswers: crowd.firstAnswers } : crowd,
  }
  // The only bigints that scripts can read as numbers are times.
  return JSON.parse(
    JSON.stringify(document, (key, value: unknown) => {
      if (typeof value !== 'bigint') return value
      return key.toLowerCase().endsWith('seconds') ? Number(value) : value.toString()
    }),
  )
}

function delayTable(terms: GriefingTerms): string {
  const table = tableOf(['leaders', 'ends by', 'settled after', 'cost ETH', 'staked ETH'])
  for (const { round, end, cost, capital, seconds } of delaysOf(terms)) {
    table.push([round, end, formatDuration(seconds), formatEth(cost), formatEth(capital)])
  }
  return table.toString()
}

function lieTable(routes: readonly LieRoute[]): string {
  const table = tableOf(['honest capital below ETH', 'attacker stakes ETH', 'and gains ETH', 'leaders'])
  for (const { below, capital, gain, leaders } of routes) {
    table.push([formatEth(below), formatEth(capital), formatEth(gain), leaders.map(nameOf).join(' → ')])
  }
  return table.toString()
}

/** What corruption costs: its price less what the game pays for the ruling. */
function corruptionLines(terms: GriefingTerms, corruption: bigint | undefined): readonly string[] {
  const gain = mostGained(terms)
  const lines = [
    'A corrupted arbitrator (or backup, if the arbitrator lets its turn pass: the cheaper of the two counts) settles any lie.',
    'What the game pays for such a ruling, besides whatever the lie is worth:',
    bribeTable([...boughtRulings(terms, 'lie'), ...boughtRulings(terms, 'truth')]),
  ]
  if (corruption === undefined) {
    return [
      ...lines,
      `A lie costs the price of corruption less ${formatEth(gain)} ETH; give the price with --corruption.`,
    ]
  }
  const net = corruption - gain
  if (net <= 0n) return [...lines, `At ${formatEth(corruption)} ETH corruption pays for itself: nothing is guarded.`]
  return [
    ...lines,
    `At ${formatEth(corruption)} ETH a lie costs ${formatEth(net)} ETH: it pays whoever gains more by it, and no open interest above that is guarded.`,
  ]
}

/** The most that the game pays for a bought ruling, whoever proposed, wei. */
function mostGained(terms: GriefingTerms): bigint {
  const gains = (['lie', 'truth'] as const).flatMap((opening) => boughtRulings(terms, opening).map(({ gain }) => gain))
  return gains.reduce((most, gain) => (gain > most ? gain : most), 0n)
}

function bribeTable(rulings: readonly BoughtRuling[]): string {
  const table = tableOf(['attacker stakes ETH', 'honest side loses ETH', 'attacker gains ETH', 'appeal by', 'leaders'])
  for (const { capital, honestLoss, gain, appealBy, leaders } of rulings) {
    const names = leaders.map(nameOf).join(' → ')
    table.push([formatEth(capital), formatEth(honestLoss), formatEth(gain), appealBy, names])
  }
  return table.toString()
}

function crowdLines(terms: GriefingTerms, fixings: bigint, capital: bigint | undefined): readonly string[] {
  if (fixings === 1n && capital === undefined) return []
  const { total, firstAnswers, defended, undefended, lieCapital } = crowdOf(terms, fixings, capital ?? 0n)
  const first = formatDuration(BigInt(terms.firstWindow))
  const lines = [
    '',
    `${fixings} fixings that mature together need ${formatEth(total)} ETH, of it ${formatEth(firstAnswers)} ETH within ${first}.`,
  ]
  if (capital === undefined) return lines
  const verdict =
    undefended === 0n
      ? 'No lie wins by the clock.'
      : `In the other ${undefended} a lie can win, for bonds of ${formatEth(lieCapital)} ETH that come back.`
  return [...lines, `${formatEth(capital)} ETH defends ${defended} of them against any attacker. ${verdict}`]
}

function nameOf({ value, by }: Leader): string {
  return value === 'truth' && by === 'attacker' ? 'truth (by the attacker)' : value
}

function tableOf(head: string[]): Table.Table {
  return new Table({
    head,
    colAligns: head.map((name) => (['leaders', 'ends by', 'appeal by'].includes(name) ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
}
