import { appealStake, potNeed } from '#protocol/bond.ts'
import { MAX_LEADERS } from '#protocol/fixing.ts'
import type { FixingView } from './fixing-view.ts'

/** A pot that can be joined now, with what it holds and what fills it. */
export type OpenPot = {
  readonly kind: 'stake' | 'appeal'
  /** Undefined: any value that is separated from every candidate. */
  readonly value: bigint | undefined
  readonly filled: bigint
  readonly need: bigint
}

/** Every pot that can be joined: those that hold something, those of every candidate, and that of a new value. */
export function openPots({ snapshot, pots }: FixingView): OpenPot[] {
  const { phase, candidates, leaderIndex, facts, staked, fixing } = snapshot
  if (phase !== 'active') return []
  const stakeOn = (value: bigint | undefined): bigint =>
    candidates.find((candidate) => candidate.value === value)?.stake ?? 0n
  const started = pots.map(({ value }) => value)
  const idle = candidates.filter((_, i) => i !== leaderIndex).map(({ value }) => value)
  const values = [...new Set([...started, ...idle]), undefined]
  const kinds = [
    ...(facts.round < MAX_LEADERS ? ['stake' as const] : []),
    ...(facts.round >= 2 ? ['appeal' as const] : []),
  ]
  return kinds.flatMap((kind) =>
    values.map((value) => ({
      kind,
      value,
      filled: pots.find((pot) => pot.kind === kind && pot.value === value)?.filled ?? 0n,
      need: kind === 'stake' ? potNeed(staked, stakeOn(value)) : appealStake(staked) + fixing.arbitrationFee,
    })),
  )
}
