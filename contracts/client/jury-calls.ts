import type { Address, Hex } from 'viem'
import { juryArbitratorAbi as abi } from '#protocol/abi/jury-arbitrator.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { commitmentOf, MOST_STAKES, type Vote } from '#protocol/jury.ts'
import { callOf } from './call-of.ts'
import type { Call } from './send.ts'

/** A vote of one seat. Without its salt nothing can be revealed: keep that before this is sent. */
export type SeatVote = Omit<Vote, 'chainId' | 'jury'>

/** What a commitment or a reveal takes at most, gas, rounded up: test/client/jury-gas.test.ts compares. */
export const VOTE_GAS = 100_000n

/** What reveals a vote. */
export type Opening = Pick<SeatVote, 'fixingId' | 'seat' | 'value' | 'salt'>

/** Takes `count` stakes of the account, what it has idle and then bond token approved to the jury. */
export function stakeSeatsCall(jury: Address, count: number): Call {
  return callOf(jury, abi, 'stake', [BigInt(count)])
}

/** Puts the stakes of `juror` that have warmed up into the pool. */
export function admitCall(jury: Address, juror: Address): Call {
  return callOf(jury, abi, 'admit', [juror])
}

/** Puts the first `count` of the stakes that rounds have returned into the pool again, or all if there are fewer; at most {@link MOST_STAKES}. */
export function readmitCall(jury: Address, count: number): Call {
  return callOf(jury, abi, 'readmit', [BigInt(count)])
}

/** What puts the first `count` of them into the pool, however many they are. */
export function readmitCalls(jury: Address, count: number): Call[] {
  const parts = Array.from({ length: Math.ceil(count / MOST_STAKES) }, (_, i) => count - i * MOST_STAKES)
  return parts.map((left) => readmitCall(jury, Math.min(left, MOST_STAKES)))
}

/** Makes the account's stakes that are to come into the pool idle. */
export function stayOutCall(jury: Address): Call {
  return callOf(jury, abi, 'stayOut', [])
}

/** Takes the account's stakes at `places` of the pool out of it. */
export function unstakeSeatsCall(jury: Address, places: readonly number[]): Call {
  const descending = places.toSorted((a, b) => b - a).map(BigInt)
  return callOf(jury, abi, 'unstake', [descending])
}

/** Pays the account what it has idle. */
export function withdrawIdleCall(jury: Address): Call {
  return callOf(jury, abi, 'withdraw', [])
}

/** Lets `voter` commit for the account; the zero address lets nobody. */
export function setVoterCall(jury: Address, voter: Address): Call {
  return callOf(jury, abi, 'setVoter', [voter])
}

/** Opens the case of a fixing that waits for the jury, or opens it again once it hung. */
export function openCaseCall(jury: Address, fixing: Fixing): Call {
  return callOf(jury, abi, 'open', [fixing])
}

/** Draws the jurors by the RLP of the header of the case's seed block. */
export function drawCall(jury: Address, fixing: Fixing, header: Hex): Call {
  return callOf(jury, abi, 'draw', [fixing, header])
}

/** Gives a case whose seed block the chain has forgotten another one. */
export function reseedCall(jury: Address, fixing: Fixing): Call {
  return callOf(jury, abi, 'reseed', [fixing])
}

/** Ends a case that cannot be ruled on in time any more. */
export function closeCaseCall(jury: Address, fixing: Fixing): Call {
  return callOf(jury, abi, 'close', [fixing])
}

/** Ends the round: rules, pays and slashes. */
export function resolveCall(jury: Address, fixing: Fixing): Call {
  return callOf(jury, abi, 'resolve', [fixing])
}

/** Commits a seat to a vote. The account is the seat's juror or its voter. */
export function commitCall(chainId: number, jury: Address, vote: SeatVote): Call {
  const commitment = commitmentOf({ ...vote, chainId, jury })
  return callOf(jury, abi, 'commit', [vote.fixingId, vote.seat, commitment])
}

/** Reveals what a seat committed to; anyone who knows the salt may. */
export function revealCall(jury: Address, { fixingId, seat, value, salt }: Opening): Call {
  return callOf(jury, abi, 'reveal', [fixingId, seat, value, salt])
}
