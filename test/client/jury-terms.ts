import { parseEther } from 'viem'
import type { JuryTerms } from '#client/jury.ts'

/** Terms of the smallest jury there can be, whose rounds last a day and a half; a test that needs others changes these. */
export const SMALL_JURY: JuryTerms = {
  seats: 3,
  quorum: 2,
  leastPool: 3,
  leastSeparationPpm: 1_000,
  warmUp: 86_400,
  seatStake: parseEther('0.5'),
  seatFee: parseEther('0.002'),
  commitTime: 86_400,
  revealTime: 43_200,
}
