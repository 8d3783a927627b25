import { INVALID } from '../terms.ts'
import { REGISTRY_RULES, type RegistryRules } from './rules.ts'

/** A bug planted in the model: its rules with one of them wrong. A replay that does not notice is worth nothing. */
export type PlantedRegistryRules = { readonly bug: string; readonly rules: RegistryRules }

export const PLANTED_REGISTRY_RULES: readonly PlantedRegistryRules[] = [
  plant('whoever joins in a later epoch reports at once', {
    changeTime: (now) => now,
  }),
  plant('a reporter still reports in the second that it leaves', {
    isReporting: (time, active, inactive) => active <= time && time <= inactive,
  }),
  plant('keys can be rotated in every epoch', {
    rotationEpoch: (since) => since,
  }),
  plant('a stake goes back a second early', {
    withdrawableTime: (inactive, delay) => inactive + delay - 1n,
  }),
  plant('two thirds are enough', {
    quorum: (places) => (2n * places + 2n) / 3n,
  }),
  plant('as many signers replace those who stand', {
    replaces: (count, standing) => count >= standing,
  }),
  plant('attesting begins in the second of the maturity', {
    isAttestable: (now, maturity) => now >= maturity,
  }),
  plant('a share is rounded up', {
    share: (reward, count) => (reward + count - 1n) / count,
  }),
  plant('a settlement of INVALID pays whoever attested it', {
    isEarned: (value, settlement, bandPpm) =>
      settlement === INVALID ? value === INVALID : REGISTRY_RULES.isEarned(value, settlement, bandPpm),
  }),
  plant('a timeout slashes', {
    isWrong: (verdict) =>
      REGISTRY_RULES.isWrong({ ...verdict, how: verdict.how === 'Timeout' ? 'Ruling' : verdict.how }),
  }),
  plant('a ruling of INVALID slashes', {
    isWrong: (verdict) =>
      REGISTRY_RULES.isWrong({
        ...verdict,
        settlement: verdict.settlement === INVALID ? 3n * INVALID : verdict.settlement,
      }),
  }),
  plant('any court slashes', {
    isWrong: (verdict) => REGISTRY_RULES.isWrong({ ...verdict, isOwnCourt: true }),
  }),
  plant('a band must be wider than the least', {
    isWrong: (verdict) => REGISTRY_RULES.isWrong({ ...verdict, minBandPpm: verdict.minBandPpm + 1n }),
  }),
  plant('the prover gets a fifth, rounded up', {
    proverShare: (stake) => (stake + 4n) / 5n,
  }),
  plant('consents end a second early', {
    isConsentValid: (now, deadline) => now < deadline,
  }),
  plant('a former signer comes back', {
    maySignAgain: (signer, signers) => signers.includes(signer),
  }),
  plant('a stake goes to whoever withdraws it', {
    payee: (_owner, sender) => sender,
  }),
  plant('a share that was paid is paid again with others', {
    isDue: ({ isThere }) => isThere,
  }),
  plant('a signer answers for the second before its term', {
    isItsTerm: (maturity, { fromTime, endTime }) => fromTime - 1n <= maturity && maturity < endTime,
  }),
  plant('a signer answers for the second in which its term ends', {
    isItsTerm: (maturity, { fromTime, endTime }) => fromTime <= maturity && maturity <= endTime,
  }),
  plant('a signer answers a second too long', {
    isAnswering: (now, { endTime }, delay) => now <= endTime + delay,
  }),
  plant('a signer answers for good', {
    isAnswering: () => true,
  }),
  plant('whoever took a vacated index answers for the one before', {
    wasThere: () => true,
  }),
]

function plant(bug: string, changes: Partial<RegistryRules>): PlantedRegistryRules {
  return { bug, rules: { ...REGISTRY_RULES, ...changes } }
}
