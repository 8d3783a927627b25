import type { Address, Hex } from 'viem'
import type { BlsSigned, Quorum, RegistryStep } from './action.ts'
import { type Registration, possessionDigest, registrationDigest, reportDigest, rotationDigest } from './digests.ts'
import { type History, RegistryStage, type RegistryWorld } from './history.ts'
import { NEVER } from './membership.ts'
import type { RegistryRules } from './rules.ts'
import { SECRETS } from './secrets.ts'
import { settlingSteps } from './slashing-settle.ts'
import { LIE, type SlashingCase } from './slashing-cases.ts'
import { type Accused, type Pairing, afterItsTime, besideItsOwn, beyondItsTerm, forged } from './slashing-signers.ts'

/** What the first honest reporter does around the maturity. */
export const LIVES = ['stays', 'rotates before', 'rotates after', 'leaves before', 'leaves after'] as const
export type Life = (typeof LIVES)[number]

/** A history, and which of its steps accuse the honest of what they did not do. */
export type Script = { readonly history: History; readonly accusations: ReadonlyMap<number, string> }

/** Of seven places the attacker has five, just enough for a quorum. */
const HONEST_PLACES = [0, 3]
const PLACES = [0, 1, 2, 3, 4, 5, 6]
const ALL_PLACES = 0x7fn
const LIARS = 0x76n
const ROTATED = 7
const NEWCOMERS = [7, 8]
const SETTLED_AFTER = 5n * 86_400n
const ROOT: Hex = `0x${'c0'.repeat(32)}`
const PEER: Hex = '0x0024080112205a6b'

/** Everything in one part of the search, from the registrations to accusations after everybody's unbonding. */
export function storyOf(
  world: RegistryWorld,
  part: { readonly registry: number; readonly life: Life; readonly cases: readonly SlashingCase[] },
  rules: RegistryRules,
): Script {
  const deployed = world.registries[part.registry]
  if (deployed === undefined) throw new RangeError(`Expected registry ${part.registry}.`)
  const maturity = deployed.startTime + 3n * deployed.epochDuration + 1_000n
  const fixings = part.cases.map(({ fixing }) => ({ ...fixing, maturity }))
  const story = new Story(world, { seed: 0, registry: part.registry, fixings, steps: [] }, rules, part)
  story.found()
  story.liveUntil(maturity)
  story.report(maturity + 1n)
  story.settle(maturity)
  const end = maturity + SETTLED_AFTER
  story.accuse(end)
  story.equivocate(end)
  story.accuseNewcomers(end)
  return { history: { ...story.history, steps: story.steps }, accusations: story.accusations }
}

class Story {
  readonly steps: RegistryStep[] = []
  readonly accusations = new Map<number, string>()
  readonly history: History
  private readonly world: RegistryWorld
  private readonly stage: RegistryStage
  private readonly part: { readonly life: Life; readonly cases: readonly SlashingCase[] }
  private readonly honest: Address
  private readonly liar: Address
  private readonly elsewhere: Address

  constructor(
    world: RegistryWorld,
    history: History,
    rules: RegistryRules,
    part: { readonly life: Life; readonly cases: readonly SlashingCase[] },
  ) {
    const [honest = world.sink, liar = world.sink] = world.owners
    this.world = world
    this.history = history
    this.stage = new RegistryStage(world, history, rules)
    this.part = part
    this.honest = honest
    this.liar = liar
    this.elsewhere = world.registries.find((_, index) => index !== history.registry)?.address ?? world.sink
  }

  /** Seven register; the attacker tries to take the first one's signer and key with what it has published. */
  found(): void {
    const time = this.world.startTime
    const signer = this.signerAt(0)
    const stolen = { owner: this.liar, signer, secret: SECRETS[1] ?? 0n }
    this.try('steal a signer', this.registering(time, stolen, this.honestRegistration()))
    for (const place of PLACES) {
      const owner = HONEST_PLACES.includes(place) ? this.honest : this.liar
      this.do(this.registering(time, { owner, signer: this.signerAt(place), secret: SECRETS[place] ?? 0n }))
    }
    const theft = { owner: this.liar, signer: this.signerAt(8), secret: SECRETS[0] ?? 0n }
    const digest = possessionDigest(this.domain, this.honest, theft.secret)
    const replayed: BlsSigned = { secrets: [theft.secret], digest, use: 'possession' }
    this.try('steal a key', this.registering(time, theft, undefined, replayed))
  }

  liveUntil(maturity: bigint): void {
    const { epochDuration } = this.stage.registry.deployed
    if (this.part.life === 'rotates before') this.rotate(maturity - 2n * epochDuration)
    if (this.part.life === 'leaves before') this.leave(0, maturity - 1n)
    if (this.part.life === 'rotates after') this.rotate(maturity + 1n)
    if (this.part.life === 'leaves after') this.leave(0, maturity + 1n)
  }

  /** All co-sign the honest value of every fixing, which is attested; then the honest are accused before any settlement. */
  report(time: bigint): void {
    const { maturity = 0n } = this.history.fixings[0] ?? {}
    this.do({ time, sender: this.liar, action: { name: 'publishRoster', time: maturity } })
    for (const fixing of this.history.fixings.keys()) {
      this.do({ time, sender: this.liar, action: { name: 'attest', ...this.honestQuorum(fixing) } })
      this.accusation('before the settlement', time, this.honestQuorum(fixing), 0)
    }
  }

  settle(maturity: bigint): void {
    for (const step of settlingSteps(this.world, this.part.cases, maturity)) this.do(step)
  }

  /** The honest report; the same with another value, for another fixing or registry; a lie in which they had no part. */
  accuse(time: bigint): void {
    const count = this.history.fixings.length
    for (const fixing of this.history.fixings.keys()) {
      const own = this.honestQuorum(fixing)
      for (const place of HONEST_PLACES) this.accusation('for the truth', time, own, place)
      const lie = { ...own.report, value: LIE }
      this.accusation('for another value', time, { ...own, report: lie }, 0)
      const other = this.honestQuorum((fixing + 1) % count)
      this.accusation('for another fixing', time, { ...other, fixing, report: lie }, 0)
      this.accusation('for another registry', time, this.quorum(fixing, LIE, ALL_PLACES, this.elsewhere), 0)
      const alone = this.quorum(fixing, LIE, LIARS)
      this.accusation('as one of the liars', time, { ...alone, signers: ALL_PLACES }, 0)
      this.accusation('at a place that did not sign', time, alone, 0)
      // And one of the liars, who may well be slashed.
      this.do({ time, sender: this.prover, action: { name: 'slashAttestation', ...alone, place: 1n } })
    }
  }

  /** What the first honest reporter signed is put beside its observation, and its key is used where it does not count. */
  equivocate(time: bigint): void {
    const { registry } = this.stage
    const { maturity = 0n } = this.history.fixings[0] ?? {}
    const rotation = { index: 0, owner: this.honest, signer: this.signerAt(ROTATED), secret: SECRETS[ROTATED] ?? 0n }
    const { report } = this.quorum(0, LIE, ALL_PLACES)
    const signed = [
      ['its registration', registrationDigest(this.domain, this.honestRegistration())],
      ['its rotation', rotationDigest(this.domain, rotation)],
      ['its report', reportDigest(this.domain, 3n, this.stage.oracle.id(0), report)],
    ] as const
    const [member] = registry.membership.members
    const current = member && registry.membership.credentialsAt(member, maturity).signer
    const liar = this.signerAt(1)
    const others = { elsewhere: this.elsewhere, liar, signed }
    this.tryAll(besideItsOwn(registry, this.accused(current ?? this.signerAt(0)), others, time))
    this.tryAll(beyondItsTerm(registry, this.accused(this.signerAt(0)), time))
  }

  /** Its key is found when what it signed counts no more: long after it was rotated out, or its reporter left. */
  private stealLate(): void {
    const { maturity = 0n } = this.history.fixings[0] ?? {}
    this.tryAll(afterItsTime(this.stage.registry, this.accused(this.signerAt(0)), maturity))
  }

  /** The liars withdraw, honest newcomers get their indices, and the liars' reports are brought up again. */
  accuseNewcomers(time: bigint): void {
    const { members } = this.stage.registry.membership
    for (const [index, member] of members.entries()) {
      if (member?.owner === this.liar && member.inactiveTime === NEVER) this.leave(index, time)
    }
    this.stealLate()
    const { unbondingDelay, epochDuration } = this.stage.registry.deployed
    const late = time + unbondingDelay + epochDuration
    for (const index of PLACES.filter((place) => !HONEST_PLACES.includes(place))) {
      this.do({ time: late, sender: this.liar, action: { name: 'withdraw', index } })
    }
    for (const [number, spare] of NEWCOMERS.entries()) {
      const secret = SECRETS[spare] ?? 0n
      const signer = this.signerAt(1 + number)
      this.do(this.registering(late, { owner: this.honest, signer, secret }))
      const { maturity = 0n } = this.history.fixings[0] ?? {}
      this.tryAll([forged(this.stage.registry, this.accused(signer), maturity, late)])
    }
    for (const fixing of this.history.fixings.keys()) {
      const alone = this.quorum(fixing, LIE, LIARS)
      for (const place of [5, 6]) this.accusation('at the index of a liar who is gone', late, alone, place)
      this.accusation('for the truth, late', late, this.honestQuorum(fixing), 3)
    }
  }

  private get domain(): { readonly chainId: bigint; readonly registry: Address } {
    return this.stage.registry.domain
  }

  private get prover(): Address {
    return this.world.parties[1] ?? this.world.sink
  }

  private do(step: RegistryStep): void {
    this.stage.play(step)
    this.steps.push(step)
  }

  private try(what: string, step: RegistryStep): void {
    this.accusations.set(this.steps.length, what)
    this.do(step)
  }

  private accusation(what: string, time: bigint, quorum: Quorum, place: number): void {
    this.try(what, { time, sender: this.prover, action: { name: 'slashAttestation', ...quorum, place: BigInt(place) } })
  }

  private tryAll(pairings: readonly Pairing[]): void {
    for (const { what, step } of pairings) this.try(what, step)
  }

  private accused(signer: Address): Accused {
    return { prover: this.prover, signer, value: this.part.cases[0]?.value ?? 0n }
  }

  private honestQuorum(fixing: number): Quorum {
    return this.quorum(fixing, this.part.cases[fixing]?.value ?? 0n, ALL_PLACES)
  }

  /** A report with the signatures of `signers` for a registry, this one unless told otherwise. */
  private quorum(fixing: number, value: bigint, signers: bigint, registry: Address = this.domain.registry): Quorum {
    const { membership } = this.stage.registry
    const { maturity = 0n } = this.history.fixings[fixing] ?? {}
    const report = { value, observationsRoot: ROOT, proposer: this.liar }
    const id = this.stage.oracle.id(fixing)
    const digest = reportDigest({ ...this.domain, registry }, membership.epoch(maturity), id, report)
    const members = membership.rosterOf(maturity)?.members ?? []
    const who = members.filter((_, place) => (signers >> BigInt(place)) & 1n)
    const secrets = who.map((member) => membership.credentialsAt(member, maturity).secret)
    return { fixing, report, signers, signature: { secrets, digest, use: 'signature' } }
  }

  private honestRegistration(): Registration {
    const { minStake } = this.stage.registry.deployed
    const secret = SECRETS[0] ?? 0n
    return { owner: this.honest, signer: this.signerAt(0), secret, peerId: PEER, stake: minStake, deadline: NEVER }
  }

  private registering(
    time: bigint,
    { owner, signer, secret }: Registering,
    consented?: Registration,
    replayed?: BlsSigned,
  ): RegistryStep {
    const { minStake } = this.stage.registry.deployed
    const registration = { owner, signer, secret, peerId: PEER, stake: minStake, deadline: NEVER }
    const digest = registrationDigest(this.domain, consented ?? registration)
    const own: BlsSigned = {
      secrets: [secret],
      digest: possessionDigest(this.domain, owner, secret),
      use: 'possession',
    }
    const signerConsent = { by: signer, digest }
    const proofs = { possession: replayed ?? own, signerConsent, ownerConsent: { by: owner, digest } }
    return { time, sender: owner, action: { name: 'register', ...registration, ...proofs } }
  }

  private rotate(time: bigint): void {
    const rotation = { index: 0, owner: this.honest, signer: this.signerAt(ROTATED), secret: SECRETS[ROTATED] ?? 0n }
    const possession: BlsSigned = {
      secrets: [rotation.secret],
      digest: possessionDigest(this.domain, this.honest, rotation.secret),
      use: 'possession',
    }
    const signerConsent = { by: rotation.signer, digest: rotationDigest(this.domain, rotation) }
    const { index, signer, secret } = rotation
    const action = { name: 'rotate', index, signer, secret, possession, signerConsent } as const
    this.do({ time, sender: this.honest, action })
  }

  private leave(index: number, time: bigint): void {
    const sender = this.stage.registry.membership.members[index]?.owner ?? this.liar
    this.do({ time, sender, action: { name: 'startLeaving', index } })
  }

  private signerAt(place: number): Address {
    return this.world.signers[place] ?? this.world.sink
  }
}

type Registering = { readonly owner: Address; readonly signer: Address; readonly secret: bigint }
