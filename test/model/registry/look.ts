import {
  type Abi,
  type Address,
  type Hex,
  encodeErrorResult,
  encodeFunctionData,
  encodeFunctionResult,
  keccak256,
} from 'viem'
import { Refused } from '../result.ts'
import type { Call } from '../rpc.ts'
import { word } from '../terms.ts'
import type { RegistryArena } from './arena.ts'
import { keyPoint } from './calldata.ts'
import type { RegistryStage } from './history.ts'
import { keyOf } from './keys.ts'
import type { Member } from './membership.ts'

/** One view: what the registry is asked (nothing for code and tokens), and what the answer must be. */
export type Sight = { readonly label: string; readonly data?: Hex; readonly answer: Hex }

/** Everything there is to see of the registry, the code of its rosters and everybody's tokens, as the model stands. */
export function sightsOf(arena: RegistryArena, stage: RegistryStage): Sight[] {
  const { membership } = stage.registry
  const { now } = stage.oracle
  const seer = new Seer(arena, stage)
  seer.see('reporterCount', [], () => BigInt(membership.members.length))
  for (const time of [now, membership.deployed.startTime - 1n]) seer.see('epoch', [time], () => membership.epoch(time))
  const times = timesOf(stage)
  for (const time of times) {
    seer.see('rosterAt', [time], () => {
      const sinceTime = membership.sinceTime(time)
      return [sinceTime, membership.rosters.get(sinceTime)?.address ?? ZERO]
    })
  }
  // All of them at every step would be much to read.
  const other = times[Number(now % BigInt(times.length))] ?? now
  for (const time of new Set([now, other])) {
    seer.see('reportersAt', [time], () => membership.at(time).map((member) => seer.reporter(member, time)))
  }
  for (const [index, member] of membership.members.entries()) {
    if (member !== undefined && membership.at(now).includes(member)) continue
    seer.see('reporterAt', [index, now], () => (member === undefined ? VACANT(index) : seer.reporter(member, now)))
  }
  for (const [fixing, { value, signers, count, reward }] of stage.registry.reported.entries()) {
    const id = stage.oracle.id(fixing)
    const digest = count === 0n ? `0x${'00'.repeat(19)}` : keccak256(`0x${word(value)}${word(signers)}`).slice(0, 40)
    seer.see('attestationOf', [id], () => [count, digest])
    seer.see('rewardOf', [id], () => reward)
  }
  const codeHashes = [...membership.rosters.values()].map(({ codeHash }) => codeHash.slice(2))
  const balances = accountsOf(arena).map((account) => word(stage.oracle.fundsOf(account)))
  return [
    ...seer.sights,
    { label: 'code of the rosters', answer: `0x${codeHashes.join('')}` },
    { label: 'tokens', answer: `0x${balances.join('')}` },
  ]
}

/** The look that makes the contracts answer `sights`. */
export function lookCall({ world, artifacts }: RegistryArena, stage: RegistryStage, sights: readonly Sight[]): Call {
  const { deployed, membership } = stage.registry
  const calls = sights.flatMap(({ data }) => (data === undefined ? [] : [data]))
  const rosters = [...membership.rosters.values()].map(({ address }) => address)
  const args = [deployed.address, calls, rosters, world.token, accountsOf({ world })]
  const data = encodeFunctionData({ abi: artifacts.mirror.abi, functionName: 'look', args })
  return { from: world.sink, to: world.mirror, data }
}

/** All accounts that tokens move between. */
function accountsOf({ world }: Pick<RegistryArena, 'world'>): Address[] {
  return [...world.funds.keys(), ...world.registries.map(({ address }) => address), world.oracle, world.sink]
}

/** Times that keys are remembered for: now, the bounds of the last, this and the next epoch, and the maturities. */
function timesOf({ oracle, registry }: RegistryStage): bigint[] {
  const { membership } = registry
  const { now } = oracle
  const earliest = membership.minRosterTime(now)
  const next = membership.epochStart(membership.epoch(now) + 1n)
  const maturities = oracle.fixings.map(({ maturity }) => maturity).filter((maturity) => maturity >= earliest)
  return [...new Set([now, earliest, next, next - 1n, ...maturities])]
}

const ZERO: Address = '0x0000000000000000000000000000000000000000'
const VACANT = (index: number): object => {
  const key = keyPoint(keyOf(0n))
  return { index, owner: ZERO, signer: ZERO, activeTime: 0n, inactiveTime: 0n, stake: 0n, peerId: '0x', key }
}

/** Collects views with the model's answers, encoded. */
class Seer {
  readonly sights: Sight[] = []
  private readonly stage: RegistryStage
  private readonly abi: Abi

  constructor(arena: RegistryArena, stage: RegistryStage) {
    this.stage = stage
    this.abi = arena.artifacts.registry.abi
  }

  see(functionName: string, args: readonly unknown[], answer: () => unknown): void {
    const data = this.cached(`${functionName}(${args.join()})`, () => {
      return encodeFunctionData({ abi: this.abi, functionName, args })
    })
    const label = `${functionName}(${args.join(', ')})`
    this.sights.push({ label, data, answer: this.answer(functionName, answer) })
  }

  reporter(member: Member, time: bigint): object {
    const { index, owner, activeTime, inactiveTime, stake, peerId } = member
    const { signer, secret } = this.stage.registry.membership.credentialsAt(member, time)
    return { index, owner, signer, activeTime, inactiveTime, stake, peerId, key: keyPoint(keyOf(secret)) }
  }

  private answer(functionName: string, answer: () => unknown): Hex {
    try {
      return encodeFunctionResult({ abi: this.abi, functionName, result: answer() })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return encodeErrorResult({ abi: this.abi, errorName: error.error, args: error.args })
    }
  }

  private cached(name: string, encode: () => Hex): Hex {
    const known = CALLS.get(name) ?? encode()
    CALLS.set(name, known)
    return known
  }
}

const CALLS = new Map<string, Hex>()
