import type { Address } from 'viem'
import type { Account } from '../accounts.ts'
import type { World } from '../game.ts'
import { Model } from '../model.ts'
import { play as playOracle } from '../play.ts'
import { Refused, type Result, type Words } from '../result.ts'
import { RULES } from '../rules.ts'
import type { Fixing } from '../terms.ts'
import { type RegistryAction, type RegistryStep, isRegistryAction } from './action.ts'
import { attest, claimReward, claimRewards, fundReporters, proposeAttested, refundReward } from './attestation-calls.ts'
import type { Deployed } from './membership.ts'
import { publishRoster, register, rotate, startLeaving, topUp, withdraw } from './membership-calls.ts'
import { RegistryModel } from './registry-model.ts'
import type { RegistryRules } from './rules.ts'
import { slashAttestation, slashEquivocation } from './slashing-calls.ts'

/** Everything that happens to one registry and its fixings, as plain values. */
export type History = {
  readonly seed: number
  /** Which of the world's registries. */
  readonly registry: number
  readonly fixings: readonly Fixing[]
  readonly steps: readonly RegistryStep[]
}

/** The accounts and contracts that every history is made with. */
export type RegistryWorld = World & {
  readonly registries: readonly Deployed[]
  /** Shows what any contract answers and has as code. */
  readonly mirror: Address
  /** An owner that is a contract. */
  readonly contractOwner: Address
  /** Owners and signers, by address. */
  readonly accounts: ReadonlyMap<Address, Account>
  readonly owners: readonly Address[]
  readonly signers: readonly Address[]
  /** The first time that histories may use, seconds. */
  readonly startTime: bigint
}

/** The models of a registry and of its oracle, changed step by step. */
export class RegistryStage {
  readonly oracle: Model
  readonly registry: RegistryModel
  private skew = 0n

  constructor(
    world: RegistryWorld,
    { registry, fixings }: Pick<History, 'registry' | 'fixings'>,
    rules: RegistryRules,
  ) {
    const surroundings = { readInterest: () => undefined, skew: () => this.skew, refuses: () => false }
    this.oracle = new Model(world, fixings, world.funds, surroundings, RULES)
    const deployed = world.registries[registry]
    if (deployed === undefined) throw new RangeError(`Expected registry ${registry} in the world.`)
    this.registry = new RegistryModel(this.oracle, deployed, world.contractOwner, rules)
  }

  /** Plays a step; undefined if it is only a look. */
  play({ time, sender, action, skew = 0n, mood = 'approves' }: RegistryStep): Result | undefined {
    this.oracle.now = time
    this.skew = skew
    this.registry.weather = { skew, mood }
    if (action === undefined) return undefined
    if (!isRegistryAction(action)) return playOracle(this.oracle, sender, action)
    this.oracle.takeEvents()
    this.registry.takeEvents()
    try {
      const returns = perform(this.registry, sender, action)
      return { ok: true, returns, events: [...this.registry.takeEvents(), ...this.oracle.takeEvents()] }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { ok: false, error: error.error, args: error.args }
    }
  }
}

function perform(model: RegistryModel, sender: Address, action: RegistryAction): Words {
  switch (action.name) {
    case 'register':
      return register(model, sender, action)
    case 'topUp':
      return topUp(model, sender, action)
    case 'rotate':
      return rotate(model, sender, action)
    case 'startLeaving':
      return startLeaving(model, sender, action)
    case 'withdraw':
      return withdraw(model, sender, action)
    case 'publishRoster':
      return publishRoster(model, action)
    case 'attest':
      return attest(model, action)
    case 'proposeAttested':
      return proposeAttested(model, sender, action)
    case 'fundReporters':
      return fundReporters(model, sender, action)
    case 'claimReward':
      return claimReward(model, action)
    case 'claimRewards':
      return claimRewards(model, action)
    case 'refundReward':
      return refundReward(model, sender, action)
    case 'slashEquivocation':
      return slashEquivocation(model, sender, action)
    case 'slashAttestation':
      return slashAttestation(model, sender, action)
  }
}
