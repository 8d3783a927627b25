import type { Address, Hex } from 'viem'
import { OWNER_MOODS } from '../accounts.ts'
import { ZERO_ADDRESS } from '../receipts.ts'
import type { RegistryAction, RegistryStep, Secret } from './action.ts'
import { possessionDigest, registrationDigest, rotationDigest } from './digests.ts'
import type { Draft } from './draft.ts'
import { type Member, NEVER } from './membership.ts'
import { SECRETS } from './secrets.ts'

export type Move = Pick<RegistryStep, 'sender' | 'action' | 'mood'>
type Register = RegistryAction & { readonly name: 'register' }
type Rotate = RegistryAction & { readonly name: 'rotate' }

const OTHER_DIGEST: Hex = `0x${'ab'.repeat(32)}`

/** Somebody registers; now and then with something missing. */
export function registerMove(draft: Draft): Move {
  const { random, world, stage } = draft
  const { membership, deployed } = stage.registry
  const owner = anyOwner(draft)
  const free = world.signers.filter((signer) => membership.memberOf(signer) === undefined)
  const signer = free.length > 0 ? random.pick(free) : random.pick(world.signers)
  const { now } = stage.registry
  const deadline = random.weighed([[6, now + 86_400n], [2, now], [1, now + 1n], [1, NEVER]]) // prettier-ignore
  const stake = deployed.minStake + random.pick([0n, 1n, random.between(0n, 10n ** 18n)])
  const peerId: Hex = `0x${'5a'.repeat(random.pick([1, 34, 38, 64]))}`
  const secret = secretFor(draft, owner)
  const proper = withConsents(draft, { owner, signer, secret, peerId, stake, deadline })
  const action = random.chance(draft.faults) ? spoiltRegister(draft, proper) : proper
  const sender = random.chance(75) ? owner : random.pick([...world.owners, ...world.parties.slice(0, 2)])
  const isAsked = owner === world.contractOwner && sender !== owner
  return { sender, action, ...(isAsked && random.chance(40) ? { mood: random.pick(OWNER_MOODS) } : {}) }
}

function withConsents(
  { stage }: Draft,
  registration: Pick<Register, 'owner' | 'signer' | 'secret' | 'peerId' | 'stake' | 'deadline'>,
): Register {
  const { owner, signer, secret } = registration
  const { domain } = stage.registry
  const digest = registrationDigest(domain, registration)
  return {
    name: 'register',
    ...registration,
    possession: { secrets: [secret], digest: possessionDigest(domain, owner, secret), use: 'possession' },
    signerConsent: { by: signer, digest },
    ownerConsent: { by: owner, digest },
  }
}

function spoiltRegister(draft: Draft, proper: Register): Register {
  const { random, world, stage } = draft
  const { owner, signer } = proper
  const { membership, deployed, now } = stage.registry
  const taken = world.signers.filter((other) => membership.memberOf(other) !== undefined)
  const others = world.owners.filter((other) => other !== owner)
  const change = random.pick<() => Partial<Register>>([
    () => ({ owner: ZERO_ADDRESS }),
    () => ({ signer: ZERO_ADDRESS }),
    () => ({ signer: owner }),
    () => (taken.length === 0 ? { signer: owner } : { signer: random.pick(taken) }),
    () => ({ peerId: random.pick<Hex>(['0x', `0x${'5a'.repeat(65)}`]) }),
    () => ({ stake: deployed.minStake - 1n }),
    () => ({ deadline: random.pick([now - 1n, now - 1n, 0n]) }),
  ])
  if (random.chance(45)) return withConsents(draft, { ...proper, ...change() })
  return {
    ...proper,
    ...random.pick<() => Partial<Register>>([
      () => ({ signerConsent: { by: random.pick(others), digest: OTHER_DIGEST } }),
      () => ({ signerConsent: { by: signer, digest: OTHER_DIGEST } }),
      () => ({ signerConsent: 'malformed' }),
      () => ({ ownerConsent: { by: random.pick(others), digest: OTHER_DIGEST } }),
      () => ({ ownerConsent: 'malformed' }),
      () => ({ possession: spoiltPossession(draft, owner, proper.secret) }),
    ])(),
  }
}

/** Someone else's proof, another use's, a proof of nothing, or no point at all. */
function spoiltPossession({ random, stage, world }: Draft, owner: Address, secret: Secret): Register['possession'] {
  const { domain } = stage.registry
  const digest = possessionDigest(domain, owner, secret)
  const elsewhere = world.registries.find(({ address }) => address !== domain.registry)?.address ?? domain.registry
  const other = possessionDigest({ ...domain, registry: elsewhere }, owner, secret)
  return random.pick<Register['possession']>([
    'no point',
    { secrets: [secret], digest, use: 'signature' },
    { secrets: [secret], digest: other, use: 'possession' },
    { secrets: [], digest, use: 'possession' },
  ])
}

/** The owner of a reporter, or somebody else, does what owners do; whoever likes withdraws. */
export function memberMove(draft: Draft): Move {
  const { random, world, stage } = draft
  const { members } = stage.registry.membership
  const index = random.chance(4) ? members.length : random.below(Math.max(1, members.length))
  const member = members[index]
  const owner = member === undefined ? random.pick(world.owners) : member.owner
  const sender = random.chance(10) ? anyOwner(draft) : owner
  const isDue = member !== undefined && isUnbonded(draft, member)
  const action = random.weighed<() => RegistryAction>([
    [3, () => ({ name: 'topUp', index, amount: random.pick([0n, 1n, random.between(1n, 10n ** 18n)]) })],
    [isNearEpoch(draft) ? 10 : 4, () => rotation(draft, sender, index)],
    [2, () => ({ name: 'startLeaving', index })],
    [isDue ? 12 : 1, () => ({ name: 'withdraw', index })],
  ])
  const move = { sender, action: action() }
  const isStranger = move.action.name === 'withdraw' && random.chance(40)
  return isStranger ? { ...move, sender: random.pick([...world.parties.slice(0, 2), ...world.owners]) } : move
}

/** Whether an epoch began now or a second ago, or begins in a second. */
function isNearEpoch({ stage }: Draft): boolean {
  const { membership, deployed, now } = stage.registry
  return (now + 1n - membership.epochStart(membership.epoch(now + 1n))) % deployed.epochDuration <= 2n
}

/** Whether a member's stake can go back now, or in a second. */
export function isUnbonded({ stage }: Draft, { inactiveTime }: Member): boolean {
  const { deployed, now } = stage.registry
  return inactiveTime !== NEVER && inactiveTime + deployed.unbondingDelay <= now + 1n
}

function rotation(draft: Draft, owner: Address, index: number): Rotate {
  const { random, world, stage } = draft
  const { membership, domain } = stage.registry
  const former = membership.members[index]?.credentials.map(({ signer }) => signer) ?? []
  const free = world.signers.filter((signer) => membership.memberOf(signer) === undefined)
  const signer = random.pick([...free, ...former, random.pick(world.signers)])
  const secret = secretFor(draft, owner)
  const digest = rotationDigest(domain, { index, owner, signer, secret })
  const proof = { secrets: [secret], digest: possessionDigest(domain, owner, secret), use: 'possession' as const }
  const proper: Rotate = {
    name: 'rotate',
    index,
    signer,
    secret,
    possession: proof,
    signerConsent: { by: signer, digest },
  }
  if (!random.chance(draft.faults)) return proper
  return {
    ...proper,
    ...random.pick<() => Partial<Rotate>>([
      () => ({ signer: ZERO_ADDRESS }),
      () => ({ signer: owner }),
      () => ({ signerConsent: { by: signer, digest: OTHER_DIGEST } }),
      () => ({ possession: spoiltPossession(draft, owner, secret) }),
      () => ({ secret: 0n }),
    ])(),
  }
}

function anyOwner({ random, world }: Draft): Address {
  return random.pick([...world.owners, world.contractOwner])
}

/** Mostly one of a few of each owner's own, so that proofs of possession are soon all known. */
function secretFor({ random, world }: Draft, owner: Address): Secret {
  const place = [...world.owners, world.contractOwner].indexOf(owner)
  const own = SECRETS.filter((_, at) => at % 4 === Math.max(0, place))
  return random.chance(3) ? 0n : random.pick(own)
}
