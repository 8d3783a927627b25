import type { Hex } from 'viem'
import type { Chain } from '#client/chain.ts'
import type { CosignedReport } from '#client/cosigned-report.ts'
import type { Recruit } from '#client/registration.ts'
import { readEpoch } from '#client/roster.ts'
import { blsSign, sumOfSignatures } from '#protocol/bls.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { type Report, reportDigest } from '#protocol/report.ts'
import { accountOf, ETHER, recruitOf, type Stage } from './chain-fixture.ts'

/** What the reporters of these tests sign. */
export const ATTESTED = 2_500n * ETHER
const ROOT: Hex = `0x${'5a'.repeat(32)}`

/** Four reporters, who are registered in this order. */
export const RECRUITS: readonly Recruit[] = ['first', 'second', 'third', 'fourth'].map((name, i) =>
  recruitOf(name, { peerId: `0x002${i}`, stake: BigInt(i + 1) * ETHER }),
)

/** What the reporters of `places` co-sign: that of all four if none are named. */
export async function cosigned(
  chain: Chain,
  { deployments: { registry, oracle } }: Stage,
  fixing: Fixing,
  places: readonly number[] = [0, 1, 2, 3],
): Promise<CosignedReport> {
  const epoch = await readEpoch(chain, registry, fixing.maturity)
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  const proposer = accountOf('proposer').address
  const report: Report = { epoch, fixingId: id, value: ATTESTED, observationsRoot: ROOT, proposer }
  const digest = reportDigest({ chainId: chain.chainId, registry }, report)
  const partials = places.map((place) => blsSign(RECRUITS[place]?.blsSecret ?? new Uint8Array(), digest, 'signature'))
  const signers = places.reduce((bits, place) => bits | (1n << BigInt(place)), 0n)
  return { report, signature: sumOfSignatures(partials), signers }
}
