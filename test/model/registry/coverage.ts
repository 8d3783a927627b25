import { momentAt } from '../moments.ts'
import type { Result } from '../result.ts'
import { INVALID } from '../terms.ts'
import { type RegistryAction, type RegistryStep, isRegistryAction } from './action.ts'
import type { History, RegistryStage } from './history.ts'
import { sumOf } from './keys.ts'
import { NEVER } from './membership.ts'
import { type RegistryModel, bitsIn, isAmong, placesIn } from './registry-model.ts'

type Before = {
  readonly members: number
  readonly standing: bigint
  readonly paid: ReadonlySet<bigint>
  readonly owner: string | undefined
  /** Edges of its term at which a signer is accused. */
  readonly edges: readonly string[]
}

/** Counts what one history reaches: call `before` and `after` around every step. */
export class RegistryCoverage {
  readonly counts = new Map<string, number>()
  private readonly stage: RegistryStage
  private readonly history: History
  /** What a slash or a registration is about to change. */
  private was: Before | undefined

  constructor(stage: RegistryStage, history: History) {
    this.stage = stage
    this.history = history
  }

  before({ time, action }: RegistryStep): void {
    if (action === undefined || !isRegistryAction(action)) return
    this.stage.oracle.now = time
    const { membership } = this.stage.registry
    const reported = 'fixing' in action ? this.stage.registry.reportedOf(action.fixing) : undefined
    this.was = {
      members: membership.members.length,
      standing: reported?.count ?? 0n,
      paid: new Set(reported?.paid),
      owner: 'index' in action ? membership.members[action.index]?.owner : undefined,
      edges: action.name === 'slashEquivocation' ? edgesOf(this.stage.registry, action) : [],
    }
    for (const moment of this.momentsOf(action)) this.add(`${action.name} at ${moment}`)
  }

  after(step: RegistryStep, result: Result | undefined): void {
    const { action } = step
    if (action === undefined || result === undefined || !isRegistryAction(action)) return
    this.add(result.ok ? `${action.name} succeeds` : `${action.name}: ${result.error}`)
    if (action.name === 'slashAttestation' && !result.ok && result.error === 'NotWrong')
      this.noteNotWrong(action.fixing)
    for (const edge of this.was?.edges ?? []) this.add(`${edge}: ${result.ok ? 'slashed' : result.error}`)
    if (action.name === 'rotate' && !result.ok && result.error === 'SignerTaken') this.noteTaken(action, result.args[1])
    if (result.ok) this.noteSuccess(step, action, result)
    else if (action.name === 'register' && result.error === 'ConsentMissing') this.noteConsent(step, result.args[0])
  }

  private noteSuccess(step: RegistryStep, action: RegistryAction, { returns }: Result & { readonly ok: true }): void {
    switch (action.name) {
      case 'register':
        return this.noteRegister(step, action)
      case 'rotate':
        return this.noteRotate(action.index, action.signer)
      case 'withdraw':
        return this.noteWithdraw(step, returns[0])
      case 'claimRewards':
        this.noteTogether(action)
        return this.noteVerdict('claimRewards', action.fixing, action.value)
      case 'publishRoster':
        return this.noteRoster(action.time)
      case 'attest':
      case 'proposeAttested':
        return this.noteQuorum(action)
      case 'claimReward':
        return this.noteVerdict('claimReward', action.fixing, action.value)
      case 'refundReward':
        return this.noteVerdict('refundReward', action.fixing, action.value)
      case 'slashAttestation':
        return this.noteVerdict('slashAttestation', action.fixing, action.report.value)
      default:
        return undefined
    }
  }

  /** Instants at which an action may begin or end to be possible, with the distance in seconds. */
  private momentsOf(action: RegistryAction): string[] {
    const { membership, deployed, now, rules } = this.stage.registry
    const near = (name: string, time: bigint): string[] => {
      const offset = now - time
      return offset < -1n || offset > 1n ? [] : [`${name} ${offset > 0n ? '+' : ''}${offset}`]
    }
    const epoch = membership.epoch(now)
    const starts = [epoch, epoch + 1n].filter((each) => each > 0n)
    const epochs = starts.flatMap((each) => near('epoch start', membership.epochStart(each)))
    if (action.name === 'register') return [...epochs, ...near('consent end', action.deadline)]
    if ('index' in action) {
      const member = membership.members[action.index]
      const since = member?.credentials.at(-1)?.fromTime
      const ends = member === undefined || member.inactiveTime === NEVER ? [] : [member.inactiveTime]
      const unbonded = ends.flatMap((end) => near('unbonding end', end + deployed.unbondingDelay))
      const rotation = since === undefined ? undefined : rules.rotationEpoch(membership.epoch(since))
      const rotatable = rotation === undefined ? [] : near('rotation', membership.epochStart(rotation))
      return action.name === 'withdraw' ? unbonded : action.name === 'rotate' ? rotatable : epochs
    }
    if (!('fixing' in action)) return epochs
    const dispute = this.stage.oracle.dispute(action.fixing)
    const moment = momentAt(dispute, now)
    if (moment === undefined) return []
    return [`${moment.name.replace(/ \d$/, '')} ${moment.offset > 0 ? '+' : ''}${moment.offset}`]
  }

  private noteRegister({ sender }: RegistryStep, action: RegistryAction & { readonly name: 'register' }): void {
    const { membership, contractOwner, now } = this.stage.registry
    this.add(membership.epoch(now) === 0n ? 'register at once in epoch 0' : 'register from the next epoch on')
    if (membership.members.length === this.was?.members) this.add('register uses a vacated index again')
    const isContract = action.owner === contractOwner
    if (sender !== action.owner) this.add(`register for ${isContract ? 'a contract' : 'an owner'} that consents`)
    const others = membership.members.filter((member) => member?.credentials.at(-1)?.secret === action.secret)
    if (others.length > 1) this.add('register a key for the second time')
  }

  private noteConsent({ mood }: RegistryStep, who: unknown): void {
    if (who === this.stage.registry.contractOwner) this.add(`the contract that owns ${mood ?? 'approves'}`)
  }

  private noteRotate(index: number, signer: string): void {
    const { membership, now } = this.stage.registry
    const member = membership.members[index]
    const signers = member?.credentials.map((each) => each.signer) ?? []
    if (signers.at(-2) === signer) this.add('rotate with the signer that stays')
    if (membership.epoch(member?.activeTime ?? now) > 0n) this.add('rotate a later member')
  }

  private noteTaken({ index, signer }: RegistryAction & { readonly name: 'rotate' }, holder: unknown): void {
    const credentials = this.stage.registry.membership.members[index]?.credentials ?? []
    const isFormer = credentials.some((each) => each.signer === signer)
    if (isFormer && holder === BigInt(index)) this.add('rotate to a former signer of its own: SignerTaken')
  }

  private noteWithdraw({ sender }: RegistryStep, amount: unknown): void {
    const who = sender === this.was?.owner ? 'its owner' : 'a stranger'
    this.add(`withdraw by ${who} of ${amount === 0n ? 'nothing' : 'a stake'}`)
  }

  private noteTogether({ fixing, places }: RegistryAction & { readonly name: 'claimRewards' }): void {
    const { paid } = this.stage.registry.reportedOf(fixing)
    const before = this.was?.paid ?? new Set()
    const asked = placesIn(places)
    const now = asked.filter((place) => paid.has(place) && !before.has(place))
    this.add(`claimRewards pays ${now.length > 1 ? 'several' : now.length}`)
    if (asked.some((place) => before.has(place))) this.add('claimRewards leaves out who was paid')
    if (asked.some((place) => !paid.has(place))) this.add('claimRewards leaves out who is gone')
    if (now.length > 0 && asked.some((place) => !paid.has(place))) this.add('claimRewards pays some, others are gone')
  }

  private noteRoster(time: bigint): void {
    const { membership, now } = this.stage.registry
    const ahead = membership.epoch(now) - membership.epoch(time)
    this.add(`publishRoster of ${ahead === 0n ? 'this' : 'the previous'} epoch`)
    const since = membership.sinceTime(time)
    const isOlder = [...membership.rosters.keys()].some((other) => other > since)
    if (isOlder) this.add('publishRoster older than one that is published')
    const members = membership.rosters.get(since)?.members ?? []
    if (members.some(({ credentials }) => credentials.length > 1)) this.add('publishRoster after a rotation')
    const isFormer = members.some((member) => membership.credentialsAt(member, time) !== member.credentials.at(-1))
    if (isFormer) this.add('publishRoster with keys that are rotated away')
    if (members.some(({ inactiveTime }) => inactiveTime !== NEVER)) this.add('publishRoster with one that leaves')
    if (members.some(({ stake }) => stake === 0n)) this.add('publishRoster with one that was slashed')
    this.add(`publishRoster of ${members.length}`)
  }

  private noteQuorum(action: RegistryAction & { readonly name: 'attest' | 'proposeAttested' }): void {
    const { oracle, registry } = this.stage
    const { maturity } = oracle.fixing(action.fixing)
    const roster = registry.membership.rosterOf(maturity)
    const places = roster?.members.length ?? 0
    const count = bitsIn(action.signers)
    this.add(count === BigInt(places) ? 'a quorum of all' : 'a quorum without some')
    if (count === registry.rules.quorum(BigInt(places))) this.add('the least quorum')
    const standing = this.was?.standing ?? 0n
    if (standing > 0n) this.add(`${action.name} ${count > standing ? 'replaces fewer' : 'changes nothing'}`)
    const secrets = roster?.members.map((member) => registry.membership.credentialsAt(member, maturity).secret) ?? []
    const own = secrets.filter((_, place) => isAmong(action.signers, BigInt(place)))
    if (new Set(own).size < own.length) this.add('a quorum with the same key twice')
    if (sumOf(secrets) === 0n) this.add('a quorum of a roster whose keys cancel')
    const isLater = [...registry.membership.rosters.keys()].some((since) => since > maturity)
    if (isLater) this.add('a quorum of a roster that is not the latest')
    if (action.report.value === INVALID) this.add('a report of INVALID')
    if (this.stage.oracle.dispute(action.fixing).settlement(registry.now) !== undefined)
      this.add('a report after the expiry')
    if (this.history.fixings.length > 1) this.add('a report beside other fixings')
  }

  private noteVerdict(
    name: 'claimReward' | 'claimRewards' | 'refundReward' | 'slashAttestation',
    fixing: number,
    value: bigint,
  ): void {
    const { oracle, registry } = this.stage
    const dispute = oracle.dispute(fixing)
    const settlement = dispute.settlement(oracle.now) ?? 0n
    const how = dispute.outcome(oracle.now)
    const isAttested = registry.reportedOf(fixing).count > 0n
    const kind = settlement === INVALID && how === 'Ruling' ? 'a ruling of INVALID' : how
    this.add(`${name} after ${kind}${isAttested ? '' : ' without attestation'}`)
    const { bandPpm } = oracle.fixing(fixing)
    const gap = settlement > value ? settlement - value : value - settlement
    const least = settlement < value ? settlement : value
    const edge = (least * bandPpm) / 1_000_000n
    if (settlement !== INVALID && isAttested && gap === edge && gap > 0n) this.add(`${name} at the band's edge`)
    if (settlement !== INVALID && isAttested && gap === edge + 1n) this.add(`${name} just outside the band`)
    if (name === 'slashAttestation' && !isAttested) this.add('slashAttestation of what nobody attested')
    if (name === 'slashAttestation') this.noteCourt(fixing)
  }

  private noteCourt(fixing: number): void {
    const { oracle } = this.stage
    const dispute = oracle.dispute(fixing)
    this.add(dispute.candidates.length === 0 ? 'slashed after a request' : 'slashed after an appeal')
    if (oracle.fixing(fixing).bandPpm === this.stage.registry.deployed.minBandPpm) this.add('slashed at the least band')
  }

  private noteNotWrong(fixing: number): void {
    const { oracle, registry } = this.stage
    const { arbitrator, backup, bandPpm } = oracle.fixing(fixing)
    const { deployed } = registry
    const dispute = oracle.dispute(fixing)
    const how = dispute.outcome(oracle.now)
    const courts = `${courtName(arbitrator, deployed)} and ${courtName(backup, deployed)}`
    const isNumber = dispute.settlement(oracle.now) !== INVALID
    if (courts !== 'own and own backup') return this.add(`not wrong: ${courts}${how === 'Ruling' ? ' ruled' : ''}`)
    if (bandPpm < deployed.minBandPpm) return this.add(`not wrong: a narrow band${how === 'Ruling' ? ' ruled' : ''}`)
    return this.add(`not wrong: ${how === 'Ruling' && !isNumber ? 'INVALID' : how}`)
  }

  private add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }
}

/** What is special about the maturity and the time of an accusation, by the term of the signer. */
function edgesOf(
  { membership, deployed, now }: RegistryModel,
  { brought, firstSigned }: RegistryAction & { readonly name: 'slashEquivocation' },
): string[] {
  const signer = firstSigned === 'malformed' ? undefined : firstSigned.by
  const member = signer && membership.memberOf(signer)
  if (signer === undefined || member === undefined || member.stake === 0n) return []
  const { fromTime, endTime } = membership.termOf(member, signer)
  const isRetired = signer !== member.credentials.at(-1)?.signer
  const who = endTime === NEVER ? 'a signer' : isRetired ? 'a retired signer' : "a leaver's signer"
  const { maturity } = brought
  const isIn = fromTime <= maturity && maturity < endTime
  const over = now - endTime - deployed.unbondingDelay
  return [
    ...(maturity === fromTime - 1n ? [`${who} a second before its term`] : []),
    ...(maturity === fromTime ? [`${who} as its term began`] : []),
    ...(maturity === endTime - 1n ? [`${who} as its term ended`] : []),
    ...(maturity === endTime ? [`${who} just after its term`] : []),
    ...(isIn && over === -1n ? [`${who} in the last second in which it answers`] : []),
    ...(isIn && over === 0n ? [`${who} when it answers no more`] : []),
  ]
}

function courtName(
  who: string,
  { arbitrator, backup }: { readonly arbitrator: string; readonly backup: string },
): string {
  if (who === arbitrator) return 'own'
  return who === backup ? 'own backup' : 'other'
}
