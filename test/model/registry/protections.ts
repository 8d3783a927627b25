import { INVALID } from '../terms.ts'
import { REGISTRY_RULES, type RegistryRules } from './rules.ts'

/** What keeps an honest reporter's stake, and the model without it: the search must then find a way to take it. */
export type Protection = { readonly what: string; readonly without: RegistryRules }

/** A number that is no settlement, and far from all. */
const FAR = 3n * INVALID

export const PROTECTIONS: readonly Protection[] = [
  {
    what: "both courts are the registry's own",
    without: without({ isWrong: (verdict) => REGISTRY_RULES.isWrong({ ...verdict, isOwnCourt: true }) }),
  },
  {
    what: 'the band is at least MIN_BAND_PPM',
    without: without({ isWrong: (verdict) => REGISTRY_RULES.isWrong({ ...verdict, minBandPpm: 0n }) }),
  },
  {
    what: 'only rulings slash',
    without: without({
      isWrong: (verdict) => REGISTRY_RULES.isWrong({ ...verdict, how: verdict.how === 'None' ? 'None' : 'Ruling' }),
    }),
  },
  {
    what: 'INVALID slashes nobody',
    without: without({
      isWrong: ({ settlement, ...verdict }) =>
        REGISTRY_RULES.isWrong({ ...verdict, settlement: settlement === INVALID ? FAR : settlement }),
    }),
  },
  {
    what: 'a ruling within the band slashes nobody',
    without: without({ isWrong: (verdict) => REGISTRY_RULES.isWrong({ ...verdict, value: FAR }) }),
  },
  { what: 'a place stands for who had it at the maturity', without: without({ wasThere: () => true }) },
  { what: 'only signers are slashed', without: without({ isAttester: () => true }) },
  { what: 'every digest has its type, fixing, registry and chain', without: without({ isSameDigest: () => true }) },
  {
    what: 'one signer signed both observations',
    without: without({ isOffence: (pair) => REGISTRY_RULES.isOffence({ ...pair, isSameSigner: true }) }),
  },
  {
    what: 'both observations are of one fixing',
    without: without({ isOffence: (pair) => REGISTRY_RULES.isOffence({ ...pair, isOfFixing: true }) }),
  },
  { what: 'a signer answers for its own term', without: without({ isItsTerm: () => true }) },
  { what: 'a signer answers no longer than a stake unbonds', without: without({ isAnswering: () => true }) },
  {
    what: 'the two observations differ',
    without: without({ isOffence: (pair) => REGISTRY_RULES.isOffence({ ...pair, isSame: false }) }),
  },
]

function without(changes: Partial<RegistryRules>): RegistryRules {
  return { ...REGISTRY_RULES, ...changes }
}
