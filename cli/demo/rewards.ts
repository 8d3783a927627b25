import type { Attestation } from '#client/attestation.ts'
import { readReporters } from '#client/roster.ts'
import { claimRewards, readRewardsPaid, refundReward } from '#client/rewards.ts'
import { placesIn } from '#protocol/cosigning.ts'
import { formatEth } from '../format.ts'
import type { World } from './world.ts'

const TIMEOUT_MS = 120_000
const STEP_SECONDS = 30

/**
 * The attesters' reward: nodes claim their owners' shares by themselves, those of the dead are claimed for them; without
 * an attestation Bob takes it back. Returns what each place was paid, wei.
 */
export async function shareReward(
  world: World,
  attestation: Attestation | undefined,
): Promise<ReadonlyMap<number, bigint>> {
  const { wallets, people, deployments, chain, fixing, fixingId, tell, conductor, signal } = world
  const { registry } = deployments
  const bob = await wallets.of(people.bob)
  if (attestation === undefined) {
    const refunded = await refundReward(bob, registry, fixing, { value: 0n, signers: 0n }, { signal })
    tell.at(await conductor.now(), `Nobody attested: bob takes back ${formatEth(refunded)} ETH put up for reporters`)
    return new Map()
  }
  await untilLivingClaimed(world, attestation)
  const paid = await readRewardsPaid(chain, registry, fixingId, 0n)
  const places = placesIn(attestation.signers).filter((place) => !paid.has(place))
  if (places.length > 0) await claimRewards(bob, registry, fixing, { ...attestation, places }, { signal })
  const rewards = await readRewardsPaid(chain, registry, fixingId, 0n)
  const total = [...rewards.values()].reduce((sum, amount) => sum + amount, 0n)
  tell.at(
    await conductor.now(),
    `${rewards.size} owners were paid ${formatEth(total)} ETH for what their reporters attested`,
  )
  return rewards
}

async function untilLivingClaimed(world: World, { signers }: Attestation): Promise<void> {
  const { chain, deployments, fixing, fixingId, reporters, conductor, tell, signal } = world
  const roster = await readReporters(chain, deployments.registry, fixing.maturity)
  const isAlive = (place: number): boolean =>
    reporters.living.some(({ person }) => person.account.address === roster[place]?.signer)
  let missing: readonly number[] = []
  const look = async (): Promise<true | undefined> => {
    const paid = await readRewardsPaid(chain, deployments.registry, fixingId, 0n)
    missing = placesIn(signers).filter((place) => isAlive(place) && !paid.has(place))
    return missing.length === 0 || undefined
  }
  const what = 'every node to claim its share of the reward'
  const soFar = (): string => `${missing.length} missing`
  const waiting = { what, look, soFar, timeoutMs: TIMEOUT_MS, stepSeconds: STEP_SECONDS, signal }
  await conductor.untilOrTell(waiting, tell)
}
