import type { Fixing } from '#protocol/fixing.ts'
import { type End, longestLock, type Prospect, type Staking } from '#protocol/prospects.ts'
import { formatAmount, formatColumns, formatDuration, formatGain, type Token } from '../format.ts'

/** What is staked on what. */
export type Stake = {
  /** The value as it was typed. */
  readonly name: string
  readonly amount: bigint
  readonly fixing: Fixing
  readonly token: Token
  /** How long the value can be disputed once it leads, seconds. */
  readonly window: number
  readonly staking: Staking
}

/** Who can decide it, and every way it can end with what comes back. */
export function prospectLines(prospects: readonly Prospect[], stake: Stake): string[] {
  const { amount, fixing, token } = stake
  const rows = prospects.map(({ end, paid, isLeast }) => [
    endText(end, stake),
    `${isLeast && paid > 0n ? 'at least ' : ''}${formatAmount(paid, token)}`,
    formatGain(paid, amount, token),
  ])
  return [
    `trust     ${fixing.arbitrator}, then ${fixing.backup}, rule on a dispute: stake only where you trust both`,
    `locked    ${lockText(stake)}`,
    '',
    ...formatColumns([['How it can end', 'comes back', 'gain'], ...rows]).map((line) => `  ${line}`),
    '',
  ]
}

/** Until when nobody gets it back, whatever happens. */
function lockText({ name, fixing, window, staking }: Stake): string {
  const most = `at most ${formatDuration(longestLock(fixing, staking))}`
  if (staking.kind === 'appeal') return `until the ruling: ${most} from when the pot is full`
  return `${formatDuration(BigInt(window))} from when ${name} leads if nobody disputes it, ${most}`
}

/** The prospects for scripts, base units as decimal strings. */
export function prospectsDocument(prospects: readonly Prospect[]): Record<string, unknown>[] {
  return prospects.map(({ end, paid, isLeast }) => ({ end, paid: paid.toString(), isLeast }))
}

function endText(end: End, { name, window }: Stake): string {
  const texts: Readonly<Record<End, string>> = {
    unfilled: 'the pot does not fill in time',
    undisputed: `${name} leads for ${formatDuration(BigInt(window))}, undisputed`,
    right: `${name} is disputed, and wins`,
    noWinner: 'the ruling is near no candidate',
    expiry: 'nobody rules',
    wrong: 'another value wins',
  }
  return texts[end]
}
