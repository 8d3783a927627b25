import { momentAt } from '../moments.ts'
import type { Result } from '../result.ts'
import { INVALID } from '../terms.ts'
import { type RegistryAction, type RegistryStep, isRegistryAction } from './action.ts'
import type { History, RegistryStage } from './history.ts'
import { sumOf } from './keys.ts'
import { NEVER } from './membership.ts'
import { bitsIn, isAmong } from './registry-model.ts'

/** Counts what one history reaches: call `before` and `after` around every step. */
export class RegistryCoverage {
  readonly counts = new Map<string, number>()
  private readonly stage: RegistryStage
  private readonly history: History
  /** What a slash or a registration is about to change. */
  private was: { readonly rosters: number; readonly members: number; readonly standing: bigint } | undefined

  constructor(stage: RegistryStage, history: History) {
    this.stage = stage
    this.history = history
  }

  before({ time, action }: RegistryStep): void {
    if (action === undefined || !isRegistryAction(action)) return
    this.stage.oracle.now = time
    const { membership } = this.stage.registry
    const standing = 'fixing' in action ? this.stage.registry.reportedOf(action.fixing).count : 0n
    this.was = { rosters: membership.rosters.size, members: membership.members.length, standing }
    for (const moment of this.momentsOf(action)) this.add(`${action.name} at ${moment}`)
  }

  after(step: RegistryStep, result: Result | undefined): void {
    const { action } = step
    if (action === undefined || result === undefined || !isRegistryAction(action)) return
    this.add(result.ok ? `${action.name} succeeds` : `${action.name}: ${result.error}`)
    if (action.name === 'slashAttestation' && !result.ok && result.error === 'NotWrong')
      this.noteNotWrong(action.fixing)
    if (result.ok) this.noteSuccess(step, action)
    else if (action.name === 'register' && result.error === 'ConsentMissing') this.noteConsent(step, result.args[0])
  }

  private noteSuccess(step: RegistryStep, action: RegistryAction): void {
    switch (action.name) {
      case 'register':
        return this.noteRegister(step, action)
      case 'rotate':
        return this.noteRotate(action.index, action.signer)
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
    if (signers.slice(0, -1).some((former) => former === signer)) this.add('rotate to a former signer')
    if (membership.epoch(member?.activeTime ?? now) > 0n) this.add('rotate a later member')
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

  private noteVerdict(name: 'claimReward' | 'refundReward' | 'slashAttestation', fixing: number, value: bigint): void {
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

function courtName(
  who: string,
  { arbitrator, backup }: { readonly arbitrator: string; readonly backup: string },
): string {
  if (who === arbitrator) return 'own'
  return who === backup ? 'own backup' : 'other'
}
