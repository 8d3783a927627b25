import type { Address, Hex } from 'viem'
import { Refused, type Words } from '../result.ts'
import { fixingIdOf } from '../terms.ts'
import type { Observation, RegistryAction, Signed } from './action.ts'
import { verify } from './attestation-calls.ts'
import { observationDigest } from './digests.ts'
import type { Member } from './membership.ts'
import type { RegistryModel } from './registry-model.ts'

type Named<Name extends RegistryAction['name']> = RegistryAction & { readonly name: Name }

/** two different observations of the fixing that is brought, by the signer of its maturity. */
export function slashEquivocation(
  model: RegistryModel,
  sender: Address,
  { brought, first, firstSigned, second, secondSigned }: Named<'slashEquivocation'>,
): Words {
  const { membership, rules, deployed, now, oracle } = model
  const { chainId, oracle: address } = oracle.deployment
  const id = fixingIdOf(chainId, address, brought)
  const one = signerOf(model, first, firstSigned)
  const two = signerOf(model, second, secondSigned)
  const isSame = observationDigest(model.domain, first) === observationDigest(model.domain, second)
  const pair = { isSameSigner: one === two, isOfFixing: first.fixingId === id && second.fixingId === id, isSame }
  if (one === undefined || !rules.isOffence(pair)) throw new Refused('NotEquivocation')
  const member = membership.memberOf(one)
  if (member === undefined) throw new Refused('SignerUnknown', [one])
  const term = membership.termOf(member, one)
  const isHeld = rules.isItsTerm(brought.maturity, term) && rules.isAnswering(now, term, deployed.unbondingDelay)
  if (!isHeld) throw new Refused('NotItsTerm', [one, brought.maturity])
  return slash(model, sender, member, id)
}

/** */
export function slashAttestation(model: RegistryModel, sender: Address, action: Named<'slashAttestation'>): Words {
  const { fixing, report, place, signers } = action
  const { arbitrator, backup, bandPpm, maturity } = model.oracle.fixing(fixing)
  const { deployed, rules, now } = model
  const dispute = model.oracle.dispute(fixing)
  const verdict = {
    isOwnCourt: arbitrator === deployed.arbitrator && backup === deployed.backup,
    how: dispute.outcome(now),
    settlement: dispute.settlement(now),
    value: report.value,
    bandPpm,
    minBandPpm: deployed.minBandPpm,
  }
  if (!rules.isWrong(verdict)) throw new Refused('NotWrong', [model.oracle.id(fixing)])
  verify(model, action)
  if (!rules.isAttester(signers, place)) throw new Refused('NotAttester', [place])
  return slash(model, sender, model.memberAt(place, maturity), model.oracle.id(fixing))
}

/** All of the stake: a fifth to the prover, the rest to nobody. */
function slash(model: RegistryModel, prover: Address, member: Member, id: Hex): Words {
  const index = BigInt(member.index)
  const { stake } = member
  if (stake === 0n) throw new Refused('NothingToSlash', [index])
  const keys = member.credentials.slice(-2).map(({ signer }) => signer)
  if (prover === member.owner || keys.includes(prover)) throw new Refused('ProverIsOffender', [prover])
  model.end(member)
  member.stake = 0n
  const reward = model.rules.proverShare(stake)
  model.pay(prover, reward)
  model.pay(model.oracle.deployment.sink, stake - reward)
  model.emit('Slashed', index, id, prover, stake, reward)
  return [reward]
}

/** Who signed an observation; undefined for a signature of something else, which is as good as nobody's. */
function signerOf(model: RegistryModel, observation: Observation, signed: Signed): Address | undefined {
  if (signed === 'malformed') throw new Refused('ECDSAInvalidSignatureLength', [64n])
  return model.rules.isSameDigest(signed.digest, observationDigest(model.domain, observation)) ? signed.by : undefined
}
