import type { Fixing } from '#protocol/fixing.ts'
import { formatAmount, formatDuration, formatPercent, formatTime, type Token } from '../format.ts'

const NOBODY = /^0x0{40}$/

/** The parameters as lines for people, in the order of their use. */
export function parameterLines(fixing: Fixing, token: Token): string[] {
  const time = (seconds: number): string => formatDuration(BigInt(seconds))
  const openInterest = NOBODY.test(fixing.openInterest) ? 'none' : fixing.openInterest
  return [
    `index     ${fixing.indexId}`,
    `maturity  ${formatTime(fixing.maturity)}`,
    `rulings   ${fixing.arbitrator}, after ${time(fixing.arbitrationLimit)} ${fixing.backup}`,
    `bond      at least ${formatAmount(fixing.minBond, token)}, ${formatPercent(fixing.bondPpm)} of the open interest (${openInterest})`,
    `fee       ${formatAmount(fixing.arbitrationFee, token)} for the ruling`,
    `windows   ${time(fixing.firstWindow)}, then ${time(fixing.window)} for every later leader; grace ${time(fixing.proposalGrace)}`,
    `distance  candidates ${formatPercent(fixing.separationPpm)} apart, a ruling counts within ${formatPercent(fixing.bandPpm)}`,
  ]
}

/** The parameters for scripts: amounts in base units as decimal strings, times in seconds. */
export function parametersDocument(fixing: Fixing): Record<string, unknown> {
  return {
    ...fixing,
    maturity: Number(fixing.maturity),
    minBond: fixing.minBond.toString(),
    arbitrationFee: fixing.arbitrationFee.toString(),
  }
}
