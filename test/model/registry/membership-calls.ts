import type { Address, Hex } from 'viem'
import { ZERO_ADDRESS } from '../receipts.ts'
import { Refused, type Words } from '../result.ts'
import type { BlsSigned, RegistryAction, Secret, Signed } from './action.ts'
import { possessionDigest, registrationDigest, rotationDigest } from './digests.ts'
import { keyOf, sumOf } from './keys.ts'
import { type Member, NEVER } from './membership.ts'
import { type RegistryModel, fieldName } from './registry-model.ts'
import type { RegistryRules } from './rules.ts'

type Named<Name extends RegistryAction['name']> = RegistryAction & { readonly name: Name }

const MAX_PEER_ID_BYTES = 64n

/** joining, with everyone's consent, which holds for a while. */
export function register(model: RegistryModel, sender: Address, action: Named<'register'>): Words {
  const { owner, signer, secret, peerId, stake, deadline } = action
  const { membership, deployed, domain, now, rules } = model
  if (owner === ZERO_ADDRESS) throw new Refused('ReporterAddressZero', [fieldName('owner')])
  const length = BigInt(peerId.length / 2 - 1)
  if (length < 1n || length > MAX_PEER_ID_BYTES) {
    throw new Refused('PeerIdLengthOutOfBounds', [length, 1n, MAX_PEER_ID_BYTES])
  }
  if (stake < deployed.minStake) throw new Refused('StakeBelowMin', [stake, deployed.minStake])
  if (!rules.isConsentValid(now, deadline)) throw new Refused('ConsentExpired', [now, deadline])
  const digest = registrationDigest(domain, action)
  const isConsenting = sender === owner || consents(model, owner, action.ownerConsent, digest)
  if (!isConsenting) throw new Refused('ConsentMissing', [owner, digest])
  requireSigner(model, undefined, owner, signer, action.signerConsent, digest)
  requirePossession(model, owner, secret, action.possession)
  model.pull(sender, stake)
  const index = membership.nextIndex()
  const activeTime = membership.changeTime(now)
  const credentials = [{ signer, secret, fromTime: activeTime }]
  membership.join({ index, owner, activeTime, peerId, inactiveTime: NEVER, stake, credentials })
  model.emit('Registered', BigInt(index), owner, signer, peerId, stake, activeTime, keyOf(secret))
  return [BigInt(index)]
}

export function topUp(model: RegistryModel, sender: Address, { index, amount }: Named<'topUp'>): Words {
  const member = ownStaying(model, sender, index)
  if (amount === 0n) throw new Refused('EmptyAmount')
  model.pull(sender, amount)
  member.stake += amount
  model.emit('ToppedUp', BigInt(index), amount, member.stake)
  return []
}

/** signer and key together, at most once in two epochs. */
export function rotate(model: RegistryModel, sender: Address, action: Named<'rotate'>): Words {
  const { index, signer, secret } = action
  const { membership, domain } = model
  const member = ownStaying(model, sender, index)
  const since = member.credentials.at(-1)?.fromTime ?? 0n
  const end = membership.epochStart(model.rules.rotationEpoch(membership.epoch(since)))
  if (model.now < end) throw new Refused('RotationTooSoon', [model.now, end])
  const digest = rotationDigest(domain, { index, owner: sender, signer, secret })
  requireSigner(model, member, sender, signer, action.signerConsent, digest)
  requirePossession(model, sender, secret, action.possession)
  const fromTime = membership.changeTime(model.now)
  membership.rotate(member, { signer, secret, fromTime })
  model.emit('Rotated', BigInt(index), signer, keyOf(secret), fromTime)
  return []
}

export function startLeaving(model: RegistryModel, sender: Address, { index }: Named<'startLeaving'>): Words {
  model.end(ownStaying(model, sender, index))
  return []
}

/** anyone may send a stake back and vacate the index. */
export function withdraw(model: RegistryModel, sender: Address, { index }: Named<'withdraw'>): Words {
  const member = model.membership.members[index]
  if (member === undefined) throw new Refused('NoReporter', [BigInt(index)])
  if (member.inactiveTime === NEVER) throw new Refused('NotLeaving', [BigInt(index)])
  const end = model.rules.withdrawableTime(member.inactiveTime, model.deployed.unbondingDelay)
  if (model.now < end) throw new Refused('UnbondingRunning', [model.now, end])
  model.pay(model.rules.payee(member.owner, sender), member.stake)
  model.membership.vacate(member)
  model.emit('StakeWithdrawn', BigInt(index), member.owner, member.stake)
  return [member.stake]
}

/** once for every change of the reporters, while their keys are remembered. */
export function publishRoster(model: RegistryModel, { time }: Named<'publishRoster'>): Words {
  const { membership, now } = model
  const sinceTime = membership.sinceTime(time)
  if (time > now || sinceTime === now) throw new Refused('RosterNotFinal', [time, now])
  const minTime = membership.minRosterTime(now)
  if (time < minTime) throw new Refused('RosterTooOld', [time, minTime])
  const known = membership.rosters.get(sinceTime)
  if (known !== undefined) throw new Refused('RosterAlreadyPublished', [sinceTime, known.address])
  if (membership.at(time).length === 0) throw new Refused('NoReporters', [time])
  const roster = membership.publish(time)
  model.emit('RosterPublished', sinceTime, roster.address, BigInt(roster.members.length))
  return [roster.address]
}

/** Whether `signed` is a signature of `account` over `digest`. */
export function isSignedBy(signed: Signed, account: Address, digest: Hex): boolean {
  return signed !== 'malformed' && signed.by === account && signed.digest === digest
}

/** Whether the sum of `secrets` signed `digest` for `use`: signatures of a message are equal iff their secrets are. */
export function isBlsSigned(
  rules: RegistryRules,
  secrets: readonly Secret[],
  digest: Hex,
  use: 'signature' | 'possession',
  signed: BlsSigned,
): boolean {
  const secret = sumOf(secrets)
  if (secret === 0n) return false
  if (signed === 'no point') throw new Refused('PairingFailed')
  return rules.isSameDigest(signed.digest, digest) && signed.use === use && sumOf(signed.secrets) === secret
}

function consents(model: RegistryModel, owner: Address, signed: Signed, digest: Hex): boolean {
  if (owner === model.contractOwner) return model.weather.mood === 'approves'
  return isSignedBy(signed, owner, digest)
}

function requireSigner(
  model: RegistryModel,
  member: Member | undefined,
  owner: Address,
  signer: Address,
  signed: Signed,
  digest: Hex,
): void {
  if (signer === ZERO_ADDRESS) throw new Refused('ReporterAddressZero', [fieldName('signer')])
  if (signer === owner) throw new Refused('SignerIsOwner', [signer])
  const other = model.membership.memberOf(signer)
  const signers = member?.credentials.map((each) => each.signer) ?? []
  const isFree = other === undefined || (other === member && model.rules.maySignAgain(signer, signers))
  if (!isFree) throw new Refused('SignerTaken', [signer, BigInt(other.index)])
  if (!isSignedBy(signed, signer, digest)) throw new Refused('ConsentMissing', [signer, digest])
}

function requirePossession(model: RegistryModel, owner: Address, secret: Secret, signed: BlsSigned): void {
  const digest = possessionDigest(model.domain, owner, secret)
  if (!isBlsSigned(model.rules, [secret], digest, 'possession', signed))
    throw new Refused('PossessionUnproven', [digest])
}

function ownStaying(model: RegistryModel, sender: Address, index: number): Member {
  const member = model.membership.members[index]
  if (member?.owner !== sender) throw new Refused('NotReporterOwner', [sender, member?.owner ?? ZERO_ADDRESS])
  if (member.inactiveTime !== NEVER) throw new Refused('AlreadyLeaving', [BigInt(index), member.inactiveTime])
  return member
}
