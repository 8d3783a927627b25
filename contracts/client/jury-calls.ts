import { type Address, encodeFunctionData, type Hex } from 'viem'
import { juryArbitratorAbi as abi } from '#protocol/abi/jury-arbitrator.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { commitmentOf, type Vote } from '#protocol/jury.ts'
import type { Call } from './send.ts'

/** A vote of one seat. Without its salt nothing can be revealed: keep that before this is sent. */
export type SeatVote = Omit<Vote, 'chainId' | 'jury'>

/** What a commitment or a reveal takes at most, gas, rounded up: test/client/jury-gas.test.ts compares. */
export const VOTE_GAS = 100_000n

/** What reveals a vote. */
export type Opening = Pick<SeatVote, 'fixingId' | 'seat' | 'value' | 'salt'>

/** Takes `count` stakes of the account, what it has idle and then bond token approved to the jury. */
export function stakeSeatsCall(jury: Address, count: number): Call {
  return { name: 'stake', to: jury, data: encodeFunctionData({ abi, functionName: 'stake', args: [BigInt(count)] }) }
}

/** Puts the stakes of `juror` that have warmed up into the pool. */
export function admitCall(jury: Address, juror: Address): Call {
  return { name: 'admit', to: jury, data: encodeFunctionData({ abi, functionName: 'admit', args: [juror] }) }
}

/** Makes the account's stakes that are to come into the pool idle. */
export function stayOutCall(jury: Address): Call {
  return { name: 'stayOut', to: jury, data: encodeFunctionData({ abi, functionName: 'stayOut', args: [] }) }
}

/** Takes the account's stakes at `places` of the pool out of it. */
export function unstakeSeatsCall(jury: Address, places: readonly number[]): Call {
  const descending = places.toSorted((a, b) => b - a).map(BigInt)
  return { name: 'unstake', to: jury, data: encodeFunctionData({ abi, functionName: 'unstake', args: [descending] }) }
}

/** Pays the account what it has idle. */
export function withdrawIdleCall(jury: Address): Call {
  return { name: 'withdraw', to: jury, data: encodeFunctionData({ abi, functionName: 'withdraw', args: [] }) }
}

/** Lets `voter` commit for the account; the zero address lets nobody. */
export function setVoterCall(jury: Address, voter: Address): Call {
  return { name: 'setVoter', to: jury, data: encodeFunctionData({ abi, functionName: 'setVoter', args: [voter] }) }
}

/** Opens the case of a fixing that waits for the jury, or opens it again once it hung. */
export function openCaseCall(jury: Address, fixing: Fixing): Call {
  return { name: 'open', to: jury, data: encodeFunctionData({ abi, functionName: 'open', args: [fixing] }) }
}

/** Draws the jurors by the RLP of the header of the case's seed block. */
export function drawCall(jury: Address, fixing: Fixing, header: Hex): Call {
  return { name: 'draw', to: jury, data: encodeFunctionData({ abi, functionName: 'draw', args: [fixing, header] }) }
}

/** Gives a case whose seed block the chain has forgotten another one. */
export function reseedCall(jury: Address, fixing: Fixing): Call {
  return { name: 'reseed', to: jury, data: encodeFunctionData({ abi, functionName: 'reseed', args: [fixing] }) }
}

/** Ends a case that cannot be ruled on in time any more. */
export function closeCaseCall(jury: Address, fixing: Fixing): Call {
  return { name: 'close', to: jury, data: encodeFunctionData({ abi, functionName: 'close', args: [fixing] }) }
}

/** Ends the round: rules, pays and slashes. */
export function resolveCall(jury: Address, fixing: Fixing): Call {
  return { name: 'resolve', to: jury, data: encodeFunctionData({ abi, functionName: 'resolve', args: [fixing] }) }
}

/** Commits a seat to a vote. The account is the seat's juror or its voter. */
export function commitCall(chainId: number, jury: Address, vote: SeatVote): Call {
  const commitment = commitmentOf({ ...vote, chainId, jury })
  const data = encodeFunctionData({ abi, functionName: 'commit', args: [vote.fixingId, vote.seat, commitment] })
  return { name: 'commit', to: jury, data }
}

/** Reveals what a seat committed to; anyone who knows the salt may. */
export function revealCall(jury: Address, { fixingId, seat, value, salt }: Opening): Call {
  const data = encodeFunctionData({ abi, functionName: 'reveal', args: [fixingId, seat, value, salt] })
  return { name: 'reveal', to: jury, data }
}
