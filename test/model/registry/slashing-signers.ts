import type { Address, Hex } from 'viem'
import { type Fixing, fixingIdOf } from '../terms.ts'
import type { Observation, RegistryStep, Signed } from './action.ts'
import { observationDigest } from './digests.ts'
import { NEVER } from './membership.ts'
import type { RegistryModel } from './registry-model.ts'
import { LIE } from './slashing-cases.ts'

/** Who accuses whom: `signer` is one that an honest reporter has or had. */
export type Accused = { readonly prover: Address; readonly signer: Address; readonly value: bigint }

/** Two observations that are brought, and why they could be taken for an offence. */
export type Pairing = { readonly what: string; readonly step: RegistryStep }

const ROOT: Hex = `0x${'c0'.repeat(32)}`

/** Whatever an honest signer signs, put beside its observation of a fixing; `signed` are its other digests by name. */
export function besideItsOwn(
  registry: RegistryModel,
  accused: Accused,
  { elsewhere, liar, signed }: { elsewhere: Address; liar: Address; signed: readonly (readonly [string, Hex])[] },
  time: bigint,
): Pairing[] {
  const { domain, oracle } = registry
  const [brought, another = brought] = oracle.fixings
  if (brought === undefined || another === undefined) return []
  const one = observationOf(registry, brought, accused.value, time)
  const two = { ...one, value: LIE }
  const other = observationOf(registry, another, accused.value, time)
  const by = accused.signer
  const digests: readonly (readonly [string, Hex])[] = [
    ...signed,
    ['an observation of another registry', observationDigest({ ...domain, registry: elsewhere }, two)],
    ['an observation of another chain', observationDigest({ ...domain, chainId: 1n }, two)],
    ['its own observation', observationDigest(domain, one)],
  ]
  const pair = (what: string, second: Observation, secondSigned: Signed): Pairing => {
    const firstSigned = { by, digest: observationDigest(domain, one) }
    const action = { name: 'slashEquivocation', brought, first: one, firstSigned, second, secondSigned } as const
    return { what, step: { time, sender: accused.prover, action } }
  }
  return [
    ...digests.map(([what, digest]) => pair(`for ${what}`, two, { by, digest })),
    pair('for the same twice', one, { by, digest: observationDigest(domain, one) }),
    pair('for two fixings', other, { by, digest: observationDigest(domain, other) }),
    pair("for a liar's observation", two, { by: liar, digest: observationDigest(domain, two) }),
  ]
}

/** The attacker has the key of `signer` and signs whatever it likes, for maturities for which the key does not count. */
export function beyondItsTerm(registry: RegistryModel, accused: Accused, time: bigint): Pairing[] {
  const { fromTime, endTime } = termOf(registry, accused.signer)
  const maturities = [0n, fromTime - 1n, endTime, endTime + 1n, time, time + registry.deployed.epochDuration, NEVER]
  const beyond = maturities.filter((maturity) => maturity < fromTime || (endTime <= maturity && maturity <= NEVER))
  return beyond.map((maturity) => forged(registry, accused, maturity, time))
}

/** The same for maturities for which it did count, once its term has been over for as long as a stake unbonds. */
export function afterItsTime(registry: RegistryModel, accused: Accused, maturity: bigint): Pairing[] {
  const { fromTime, endTime } = termOf(registry, accused.signer)
  if (endTime === NEVER) return []
  const end = endTime + registry.deployed.unbondingDelay
  const maturities = [fromTime, (fromTime + endTime) / 2n, endTime - 1n, maturity].filter((each) => each < endTime)
  return [end, end + 1n].flatMap((time) => maturities.map((each) => forged(registry, accused, each, time)))
}

/** Two different observations of a fixing of that maturity, both by the key of the accused. */
export function forged(registry: RegistryModel, accused: Accused, maturity: bigint, time: bigint): Pairing {
  const { fixings } = registry.oracle
  const [own] = fixings
  if (own === undefined) throw new RangeError('Expected a fixing.')
  const brought = { ...own, maturity }
  const first = observationOf(registry, brought, accused.value, time)
  const second = { ...first, value: LIE }
  const sign = (observation: Observation): Signed => {
    return { by: accused.signer, digest: observationDigest(registry.domain, observation) }
  }
  const signatures = { firstSigned: sign(first), secondSigned: sign(second) }
  const action = { name: 'slashEquivocation', brought, first, second, ...signatures } as const
  return { what: `by a stolen key for the maturity ${maturity}`, step: { time, sender: accused.prover, action } }
}

function termOf(
  { membership }: RegistryModel,
  signer: Address,
): { readonly fromTime: bigint; readonly endTime: bigint } {
  const member = membership.memberOf(signer)
  return member === undefined ? { fromTime: NEVER, endTime: NEVER } : membership.termOf(member, signer)
}

function observationOf({ oracle }: RegistryModel, fixing: Fixing, value: bigint, time: bigint): Observation {
  const { chainId, oracle: address } = oracle.deployment
  return { fixingId: fixingIdOf(chainId, address, fixing), value, observedAt: time, sourcesRoot: ROOT }
}
