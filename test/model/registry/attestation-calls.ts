import type { Address } from 'viem'
import { Refused, type Words } from '../result.ts'
import { propose } from '../staking.ts'
import type { Quorum, RegistryAction } from './action.ts'
import { reportDigest } from './digests.ts'
import { isBlsSigned } from './membership-calls.ts'
import { type RegistryModel, type Reported, bitsIn, isAmong, placesIn } from './registry-model.ts'

type Named<Name extends RegistryAction['name']> = RegistryAction & { readonly name: Name }

const MAX_REWARD = (1n << 96n) - 1n
/** What Solidity panics with when a sum does not fit. */
const OVERFLOW = 0x11n

/** */
export function attest(model: RegistryModel, action: Named<'attest'>): Words {
  model.requireUnsettled(action.fixing)
  const count = verify(model, action)
  const standing = model.reportedOf(action.fixing).count
  if (!model.rules.replaces(count, standing)) throw new Refused('AttestedByMore', [count, standing])
  record(model, action, count)
  return []
}

/** the caller pays the bond, the report's proposer gets the receipts. */
export function proposeAttested(model: RegistryModel, sender: Address, action: Named<'proposeAttested'>): Words {
  const { fixing, report, maxBond } = action
  const { oracle, deployed, weather } = model
  const count = verify(model, action)
  model.requireFunds(sender, maxBond)
  const before = new Map(oracle.funds)
  model.move(sender, deployed.address, maxBond)
  oracle.funds.set(deployed.address, oracle.fundsOf(deployed.address) + weather.skew)
  let bond: bigint
  try {
    bond = BigInt(propose(oracle, deployed.address, fixing, report.value, maxBond)[0] ?? 0n)
  } catch (error) {
    for (const [holder, held] of before) oracle.funds.set(holder, held)
    throw error
  }
  model.pay(sender, maxBond - bond)
  if (model.rules.replaces(count, model.reportedOf(fixing).count)) record(model, action, count)
  const receipt = oracle.receiptId(fixing, { kind: 'Stake', round: 0, value: report.value })
  oracle.receipts.transfer(deployed.address, report.proposer, receipt, bond)
  return [bond]
}

/** */
export function fundReporters(
  model: RegistryModel,
  sender: Address,
  { fixing, amount }: Named<'fundReporters'>,
): Words {
  if (amount === 0n) throw new Refused('EmptyAmount')
  model.requireUnsettled(fixing)
  const reported = model.reportedOf(fixing)
  if (amount > MAX_REWARD) throw new Refused('SafeCastOverflowedUintDowncast', [96n, amount])
  if (reported.reward + amount > MAX_REWARD) throw new Refused('Panic', [OVERFLOW])
  model.pull(sender, amount)
  reported.reward += amount
  reported.funded.set(sender, (reported.funded.get(sender) ?? 0n) + amount)
  model.emit('ReportersFunded', model.oracle.id(fixing), sender, amount)
  return []
}

/** one signer's share, to its owner. */
export function claimReward(model: RegistryModel, action: Named<'claimReward'>): Words {
  const { fixing, value, signers, place } = action
  const { maturity } = model.oracle.fixing(fixing)
  const reported = requireEarned(model, fixing, value, signers)
  if (!model.rules.isAttester(signers, place)) throw new Refused('NotAttester', [place])
  if (reported.paid.has(place)) throw new Refused('RewardAlreadyPaid', [model.oracle.id(fixing), place])
  const { owner } = model.memberAt(place, maturity)
  return [payShare(model, fixing, place, owner)]
}

/** the shares of many places; whoever was paid before or is gone is left out. */
export function claimRewards(model: RegistryModel, { fixing, value, signers, places }: Named<'claimRewards'>): Words {
  const { maturity } = model.oracle.fixing(fixing)
  const reported = requireEarned(model, fixing, value, signers)
  const asked = placesIn(places)
  const stranger = asked.find((place) => !model.rules.isAttester(signers, place))
  if (stranger !== undefined) throw new Refused('NotAttester', [stranger])
  let sum = 0n
  for (const place of asked) {
    const member = model.memberIfThere(place, maturity)
    const isDue = model.rules.isDue({ isPaid: reported.paid.has(place), isThere: member !== undefined })
    if (isDue && member !== undefined) sum += payShare(model, fixing, place, member.owner)
  }
  return [sum]
}

/** what nobody earned. */
export function refundReward(model: RegistryModel, sender: Address, action: Named<'refundReward'>): Words {
  const { fixing, value, signers } = action
  const reported = model.reportedOf(fixing)
  const { bandPpm } = model.oracle.fixing(fixing)
  const id = model.oracle.id(fixing)
  const isAttested = reported.count > 0n
  if (isAttested) requireStanding(model, fixing, value, signers)
  const settlement = model.settlement(fixing)
  if (isAttested && model.rules.isEarned(value, settlement, bandPpm)) throw new Refused('RewardEarned', [id])
  const amount = reported.funded.get(sender) ?? 0n
  if (amount === 0n) throw new Refused('NothingFunded', [id, sender])
  model.pay(sender, amount)
  reported.funded.delete(sender)
  reported.paidOut += amount
  model.emit('RewardRefunded', id, sender, amount)
  return [amount]
}

/** Refuses unless more than two thirds of the reporters at the maturity signed; returns how many did. */
export function verify(model: RegistryModel, { fixing, report, signature, signers }: Quorum): bigint {
  const { membership, rules, now } = model
  const { maturity } = model.oracle.fixing(fixing)
  if (!rules.isAttestable(now, maturity)) throw new Refused('AttestedEarly', [now, maturity])
  if (report.value === 0n) throw new Refused('ReportedZero')
  const roster = membership.rosterOf(maturity)
  if (roster === undefined) throw new Refused('RosterMissing', [maturity])
  const places = BigInt(roster.members.length)
  if (signers >> places !== 0n) throw new Refused('SignerBeyondRoster', [signers, places])
  const count = bitsIn(signers)
  const quorum = rules.quorum(places)
  if (count < quorum) throw new Refused('QuorumMissed', [count, quorum])
  const digest = reportDigest(model.domain, membership.epoch(maturity), model.oracle.id(fixing), report)
  const who = roster.members.filter((_, place) => isAmong(signers, BigInt(place)))
  const secrets = who.map((member) => membership.credentialsAt(member, maturity).secret)
  if (!isBlsSigned(rules, secrets, digest, 'signature', signature)) throw new Refused('SignatureInvalid', [digest])
  return count
}

function record(model: RegistryModel, { fixing, report, signers }: Quorum, count: bigint): void {
  const { value, observationsRoot, proposer } = report
  Object.assign(model.reportedOf(fixing), { value, signers, count })
  model.emit('Attested', model.oracle.id(fixing), value, observationsRoot, proposer, signers)
}

/** What was attested, if it stands and the settlement pays for it. */
function requireEarned(model: RegistryModel, fixing: number, value: bigint, signers: bigint): Reported {
  requireStanding(model, fixing, value, signers)
  const { bandPpm } = model.oracle.fixing(fixing)
  const isEarned = model.rules.isEarned(value, model.settlement(fixing), bandPpm)
  if (!isEarned) throw new Refused('RewardNotEarned', [model.oracle.id(fixing)])
  return model.reportedOf(fixing)
}

/** Pays one share and returns it. */
function payShare(model: RegistryModel, fixing: number, place: bigint, owner: Address): bigint {
  const reported = model.reportedOf(fixing)
  const amount = model.rules.share(reported.reward, reported.count)
  model.pay(owner, amount)
  reported.paid.add(place)
  reported.paidOut += amount
  model.emit('RewardPaid', model.oracle.id(fixing), place, owner, amount)
  return amount
}

function requireStanding(model: RegistryModel, fixing: number, value: bigint, signers: bigint): void {
  const reported = model.reportedOf(fixing)
  const isStanding = reported.count > 0n && reported.value === value && reported.signers === signers
  if (!isStanding) throw new Refused('AttestationUnknown', [model.oracle.id(fixing)])
}
