import type { Address, Hex } from 'viem'
import type { Action } from '../action.ts'
import { momentAt } from '../moments.ts'
import { INVALID } from '../terms.ts'
import type { BlsSigned, Quorum, RegistryAction } from './action.ts'
import { reportDigest } from './digests.ts'
import type { Draft } from './draft.ts'
import { equivocation } from './equivocation-moves.ts'
import type { Move } from './member-moves.ts'
import { SECRETS } from './secrets.ts'

const ROOT: Hex = `0x${'c0'.repeat(32)}`
const PLENTY = 1n << 80n

/** What somebody does about a fixing, mostly what its phase asks for. */
export function fixingMove(draft: Draft, fixing: number): Move {
  const { random, stage } = draft
  const { oracle, registry } = stage
  const phase = oracle.dispute(fixing).phase(oracle.now)
  const isPublished = registry.membership.rosters.size > 0 && isRosterKnown(draft, fixing)
  const isLate = phase === 'Settled'
  const isOpen = phase === 'Open'
  const reward = registry.reportedOf(fixing).reward
  const atDeadline = momentAt(oracle.dispute(fixing), oracle.now)?.name.startsWith('deadline') === true
  if (atDeadline && random.chance(70)) return deadlineMove(draft, fixing)
  const action = random.weighed<() => RegistryAction | Action>([
    [isPublished || phase === 'Pending' ? 1 : 8, () => publishing(draft, fixing)],
    [isPublished && !isLate ? 8 : 3, () => ({ name: 'attest', ...quorum(draft, fixing) })],
    [isOpen ? 6 : 1, () => ({ name: 'proposeAttested', ...quorum(draft, fixing), maxBond: bondFor(draft) })],
    [reward === 0n && !isLate ? 5 : 2, () => ({ name: 'fundReporters', fixing, amount: amountOf(draft) })],
    [isLate && reward > 0n ? 9 : 2, () => rewardClaim(draft, fixing)],
    [isLate && reward > 0n ? 4 : 2, () => rewardRefund(draft, fixing)],
    [isLate ? 8 : 1, () => ({ name: 'slashAttestation', ...slashing(draft, fixing) })],
    [1, () => equivocation(draft, fixing)],
    [phase === 'Pending' || isLate ? 0 : 4, () => oracleMove(draft, fixing)],
  ])()
  return { sender: senderOf(draft, fixing, action), action }
}

/** What the deadline ends, or makes possible. */
function deadlineMove(draft: Draft, fixing: number): Move {
  const action = draft.random.pick<() => RegistryAction>([
    () => ({ name: 'attest', ...quorum(draft, fixing) }),
    () => ({ name: 'fundReporters', fixing, amount: amountOf(draft) }),
    () => rewardClaim(draft, fixing),
    () => rewardRefund(draft, fixing),
  ])()
  return { sender: senderOf(draft, fixing, action), action }
}

function senderOf({ random, world, stage }: Draft, fixing: number, action: RegistryAction | Action): Address {
  if (action.name === 'rule') {
    const current = stage.oracle.dispute(fixing).currentArbitrator(stage.oracle.now)
    return random.chance(95) ? current : random.pick(world.parties)
  }
  const funded = [...stage.registry.reportedOf(fixing).funded.keys()]
  if (action.name === 'refundReward' && funded.length > 0 && random.chance(80)) return random.pick(funded)
  return random.pick([...world.owners, world.contractOwner, ...world.parties.slice(0, 2), ...poorAndSigners(world)])
}

function poorAndSigners({ parties, signers }: Draft['world']): Address[] {
  return [...parties.slice(-1), ...signers.slice(0, 2)]
}

function publishing({ random, stage }: Draft, fixing: number): RegistryAction {
  const { now } = stage.oracle
  const { maturity } = stage.oracle.fixing(fixing)
  const { membership, deployed } = stage.registry
  const start = membership.minRosterTime(now)
  const time = random.weighed([
    [12, maturity],
    [2, now],
    [1, now + 1n],
    [3, start],
    [1, start - 1n],
    [1, deployed.startTime - 1n],
  ])
  return { name: 'publishRoster', time }
}

export function isRosterKnown({ stage }: Draft, fixing: number): boolean {
  const { maturity } = stage.oracle.fixing(fixing)
  const { deployed, membership } = stage.registry
  return maturity >= deployed.startTime && membership.rosterOf(maturity) !== undefined
}

/** A report with a signature; mostly enough of the right signers over the right words. */
export function quorum(draft: Draft, fixing: number): Quorum {
  const { random, stage, world, pool } = draft
  const { maturity } = stage.oracle.fixing(fixing)
  const { membership, rules } = stage.registry
  const secrets = membership.secretsAt(maturity)
  const places = secrets.length
  const need = Number(rules.quorum(BigInt(places)))
  const count = Math.min(places, random.weighed([[5, need], [4, places], [4, need + 1], [1, need - 1]])) // prettier-ignore
  const chosen = random.shuffle([...secrets.keys()]).slice(0, count)
  const signers = chosen.reduce((mask, place) => mask | (1n << BigInt(place)), 0n)
  const beyond = random.chance(3) ? 1n << BigInt(random.pick([places, 255])) : 0n
  const value = random.chance(2) ? 0n : random.pick(pool)
  const report = { value, observationsRoot: ROOT, proposer: random.pick([...world.owners, ...world.signers]) }
  const own = chosen.map((place) => secrets[place] ?? 0n)
  const signature = signatureOf(draft, fixing, report, own)
  return { fixing, report, signature, signers: signers | beyond }
}

function signatureOf(draft: Draft, fixing: number, report: Quorum['report'], own: readonly bigint[]): BlsSigned {
  const { random, stage, world } = draft
  const { maturity } = stage.oracle.fixing(fixing)
  const { domain, membership, deployed } = stage.registry
  const epoch = maturity < deployed.startTime ? 0n : membership.epoch(maturity)
  const id = stage.oracle.id(fixing)
  const digest = reportDigest(domain, epoch, id, report)
  const proper = { secrets: own, digest, use: 'signature' as const }
  if (!random.chance(draft.faults)) return proper
  const elsewhere = world.registries.find(({ address }) => address !== domain.registry)?.address ?? domain.registry
  const otherId = stage.oracle.id((fixing + 1) % stage.oracle.fixings.length)
  const { value, proposer } = report
  return random.pick<BlsSigned>([
    'no point',
    { ...proper, secrets: own.slice(1) },
    { ...proper, secrets: [...own, random.pick(SECRETS)] },
    { ...proper, secrets: [] },
    { ...proper, digest: reportDigest(domain, epoch + 1n, id, report) },
    { ...proper, digest: reportDigest(domain, epoch, otherId, report) },
    { ...proper, digest: reportDigest({ ...domain, registry: elsewhere }, epoch, id, report) },
    { ...proper, digest: reportDigest({ ...domain, chainId: 1n }, epoch, id, report) },
    { ...proper, digest: reportDigest(domain, epoch, id, { ...report, value: value + 1n }) },
    { ...proper, digest: reportDigest(domain, epoch, id, { ...report, proposer: world.sink }) },
    { ...proper, digest: reportDigest(domain, epoch, id, { ...report, observationsRoot: `0x${proposer.slice(2).padEnd(64, '0')}` }) }, // prettier-ignore
  ])
}

function bondFor({ random }: Draft): bigint {
  return random.weighed([
    [8, PLENTY],
    [2, 10n ** 9n],
    [1, 10n ** 9n - 1n],
  ])
}

function amountOf({ random }: Draft): bigint {
  return random.weighed([
    [8, random.between(1n, 10n ** 18n)],
    [2, 1n],
    [1, 0n],
    [1, (1n << 96n) - 1n],
    [1, 1n << 96n],
  ])
}

/** What stands, or something near it. */
function standing({ random, pool, stage }: Draft, fixing: number): { value: bigint; signers: bigint } {
  const { value, signers } = stage.registry.reportedOf(fixing)
  return random.weighed([
    [16, { value, signers }],
    [1, { value: random.pick(pool), signers }],
    [1, { value, signers: signers ^ 1n }],
  ])
}

export function rewardClaim(draft: Draft, fixing: number): RegistryAction {
  const { random, stage } = draft
  const { value, signers } = standing(draft, fixing)
  if (random.chance(60)) return { name: 'claimReward', fixing, value, signers, place: anyPlace(draft) }
  const some = random.between(0n, 1n << BigInt(stage.registry.membership.members.length))
  const places = random.weighed([
    [5, signers],
    [4, signers & some],
    [1, some],
    [1, signers | (1n << 255n)],
  ])
  return { name: 'claimRewards', fixing, value, signers, places }
}

function rewardRefund(draft: Draft, fixing: number): RegistryAction {
  return { name: 'refundReward', fixing, ...standing(draft, fixing) }
}

function anyPlace({ random, stage }: Draft): bigint {
  const most = Math.max(1, stage.registry.membership.members.length)
  return random.chance(2) ? 256n : BigInt(random.below(most + (random.chance(10) ? 1 : 0)))
}

/** A report that was attested before, or any. */
export function slashing(draft: Draft, fixing: number): Quorum & { place: bigint } {
  const { random, steps } = draft
  const known = steps.flatMap(({ action }): Quorum[] => {
    const isQuorum = action?.name === 'attest' || action?.name === 'proposeAttested'
    return isQuorum && action.fixing === fixing && action.signature !== 'no point' ? [action] : []
  })
  const from = known.length > 0 && random.chance(75) ? random.pick(known) : quorum(draft, fixing)
  const { report, signature, signers } = from
  return { fixing, report, signature, signers, place: anyPlace(draft) }
}

function oracleMove({ random, stage, pool, world }: Draft, fixing: number): Action {
  const { oracle } = stage
  const dispute = oracle.dispute(fixing)
  const value = random.pick(pool)
  const reported = stage.registry.reportedOf(fixing).value
  switch (dispute.phase(oracle.now)) {
    case 'Open': {
      if (dispute.isRequestable(oracle.now)) return { name: 'request', fixing }
      return { name: 'propose', fixing, value, maxBond: PLENTY }
    }
    case 'Active': {
      const round = dispute.round
      const name = round >= 2 && random.chance(70) ? 'appeal' : 'contribute'
      return { name, fixing, round, value, amount: PLENTY }
    }
    case 'Arbitration':
      return {
        name: 'rule',
        fixing,
        value: random.weighed([
          [8, value],
          [2, reported === 0n ? value : reported],
          [2, INVALID],
        ]),
      }
    default:
      return { name: 'fund', fixing, amount: BigInt(world.parties.length) }
  }
}
