import type { Advice, Caution } from '#protocol/advice.ts'
import { bondShareOf, type Needs } from '#protocol/parameters.ts'
import { formatDuration, formatEth, formatPercent } from '../format.ts'

/** A caution in words, with the figures that it is about. */
export function cautionText(caution: Caution, needs: Needs, advice: Advice): string {
  const { crowd, honest, corruption, parameters } = advice
  const first = formatDuration(BigInt(parameters.firstWindow))
  const isOne = needs.fixings === 1n
  const each = isOne ? 'the fixing' : `${needs.fixings} fixings`
  switch (caution) {
    case 'capital-lacks':
      return `Capital: ${each} ${isOne ? 'needs' : 'need'} ${formatEth(crowd.total)} ETH of honest people, who would stake ${formatEth(needs.capital ?? 0n)} ETH: a lie wins for stakes of ${formatEth(crowd.lieCapital)} ETH that come back.`
    case 'capital-unknown':
      return `Capital: with less than ${formatEth(crowd.total)} ETH of honest people, ${formatEth(crowd.firstAnswers)} ETH of it within ${first}, a lie wins by the clock. Say what there is with --capital.`
    case 'bond-below-share':
      return `Bond: ${formatEth(honest.bond)} ETH, not the ${formatEth(bondShareOf(needs))} ETH that ${formatPercent(BigInt(needs.bondSharePpm))} would be, which nobody could answer: a lie risks less.`
    case 'unsecured':
      return `Corruption: lies in ${each} gain ${formatEth(needs.fixings * needs.value)} ETH and cost ${formatEth(corruption.netCost)} ETH: not secured. Take less, or name dearer arbitrators.`
    case 'corruption-unknown':
      return 'Corruption: nothing guards more than the cheaper of arbitrator and backup costs, summed over all fixings that they serve. Say it with --corruption.'
    case 'inflatable':
      return `Bond: another ${formatEth(needs.value)} ETH of open interest, made before maturity and undone after the proposal, doubles the share that it follows.`
    case 'unreported':
      return `Bond: nothing ties it to what is at stake. Stop at ${formatEth(needs.value)} ETH yourself, or name a source with --open-interest.`
    case 'hurried':
      return `Time: within ${first} people asleep and on the way see nothing, and ${formatEth(honest.firstAnswer)} ETH must move.`
  }
}
