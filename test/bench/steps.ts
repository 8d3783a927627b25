/** What another oracle or vault was measured to cost for the same, gas. See docs/gas.md for how. */
export type Peer = { readonly name: string; readonly gas: number }

/** One thing that is measured. */
export type Step = {
  readonly step: string
  /** What its minimum writes, beside the token transfer and the event. */
  readonly writes: string
  /** At most this, gas; `percent` of the minimum of the same run; left out: no goal was set. */
  readonly goal?: number | { readonly percent: number }
  /** The cheapest of the peers that can do it. */
  readonly peer?: Peer
}

const OOV3 = 'UMA OOv3'
const REALITY = 'Reality.eth v3'
const CTF = 'Gnosis CTF'
const SCRIBE = 'Scribe, estimated'

const PROPOSE_GOAL = 95_000
const FILL_GOAL = 110_000
const READ_GOAL = 25_000
const CLAIM_GOAL = 55_000
/** The whole of it: a quorum of a hundred verified without ten, and its value proposed. */
const ATTEST_GOAL = 300_000
const VAULT_GOAL = { percent: 115 }

/** An answer that doubles the last one's bond. */
const FILL_PEER = { name: REALITY, gas: 72_188 }

/** Sums of other steps, by name. */
export const SUMS: Readonly<Record<string, readonly string[]>> = {
  'undisputed life: create, propose, settle, claim': ['create', 'propose', 'settle, undisputed', 'claim, undisputed'],
}

/** Everything that is measured, in the order of the table; peers as measured side by side under the same rules. */
export const STEPS: readonly Step[] = [
  { step: 'create', writes: 'nothing', goal: 35_000, peer: { name: REALITY, gas: 82_164 } },
  { step: 'propose, first ever', writes: 'head, receipt' },
  { step: 'propose', writes: 'head, receipt', goal: PROPOSE_GOAL, peer: { name: REALITY, gas: 125_572 } },
  { step: 'propose, reading an open interest', writes: 'head, receipt' },
  { step: 'fund, first of a fixing', writes: 'pot, receipt' },
  { step: 'fund, again', writes: 'pot, receipt' },
  { step: 'contribute, first of a pot', writes: 'pot, receipt' },
  { step: 'contribute, second of a pot', writes: 'pot, receipt' },
  { step: 'contribute, third of a pot', writes: 'pot, receipt', goal: 80_000 },
  { step: 'contribute, again to a pot', writes: 'pot, receipt' },
  { step: "contribute, completes a crowd's pot", writes: 'head, new candidate, pot, receipt' },
  {
    step: 'contribute, fills a pot alone, round 1, new value',
    writes: 'head, new candidate, receipt',
    goal: FILL_GOAL,
    peer: FILL_PEER,
  },
  {
    step: 'contribute, fills a pot alone, round 2, old value',
    writes: 'head, receipt',
    goal: FILL_GOAL,
    peer: FILL_PEER,
  },
  {
    step: 'contribute, fills a pot alone, round 3, new value',
    writes: 'head, new candidate, receipt',
    goal: FILL_GOAL,
    peer: FILL_PEER,
  },
  { step: 'appeal, fills a pot alone, round 2, new value', writes: 'head, appeal, receipt' },
  { step: 'appeal, fills a pot alone, round 4, old value', writes: 'head, appeal, receipt' },
  { step: 'request', writes: 'arbitration, receipt' },
  { step: 'rule, requested', writes: 'ruling' },
  { step: 'rule, three candidates', writes: 'ruling' },
  { step: 'rule, five candidates', writes: 'ruling' },
  { step: 'settle, undisputed', writes: 'nothing: no transaction', goal: 0, peer: { name: REALITY, gas: 0 } },
  { step: 'settlementOf, undisputed', writes: 'nothing', goal: READ_GOAL, peer: { name: REALITY, gas: 28_644 } },
  { step: 'settlementOf, disputed', writes: 'nothing', goal: READ_GOAL, peer: { name: REALITY, gas: 28_644 } },
  { step: 'settlementOf, ruled', writes: 'nothing', goal: READ_GOAL, peer: { name: REALITY, gas: 28_644 } },
  { step: 'claim, undisputed', writes: 'receipt', goal: CLAIM_GOAL, peer: { name: OOV3, gas: 62_847 } },
  { step: 'claim, winner after one dispute', writes: 'receipt', goal: CLAIM_GOAL },
  {
    step: 'claim, winner after four rounds and a ruling',
    writes: 'receipt',
    goal: CLAIM_GOAL,
    peer: { name: `${REALITY}, after 10 rounds, with its withdrawal`, gas: 85_264 + 40_903 },
  },
  { step: 'claim, sponsor of the winner', writes: 'receipt', goal: CLAIM_GOAL },
  { step: 'claim, request', writes: 'receipt', goal: CLAIM_GOAL },
  { step: 'claim, fund', writes: 'receipt', goal: CLAIM_GOAL },
  { step: 'claim, loser', writes: 'receipt, no transfer' },
  { step: 'collect, after a timeout', writes: 'that it happened, in a slot in use' },
  { step: 'collect, after a ruling', writes: 'that it happened, in a slot in use' },
  {
    step: 'undisputed life: create, propose, settle, claim',
    writes: 'the sum of the four',
    goal: 180_000,
    peer: { name: OOV3, gas: 248_164 },
  },
  {
    step: 'split, first of a holder',
    writes: 'both legs, open interest',
    goal: VAULT_GOAL,
    peer: { name: CTF, gas: 115_048 },
  },
  { step: 'split, again', writes: 'both legs, open interest', goal: VAULT_GOAL, peer: { name: CTF, gas: 80_848 } },
  { step: 'merge', writes: 'both legs, open interest', goal: VAULT_GOAL, peer: { name: CTF, gas: 78_063 } },
  {
    step: 'redeem, all of one leg',
    writes: 'one leg, open interest',
    goal: VAULT_GOAL,
    peer: { name: CTF, gas: 61_172 },
  },
  { step: 'redeem, part of one leg', writes: 'one leg, open interest', goal: VAULT_GOAL },
  { step: 'redeem, all of both legs', writes: 'both legs, open interest', goal: VAULT_GOAL },
  { step: 'register', writes: 'a member, its key proven' },
  { step: 'publish the roster of 100', writes: 'the keys, into code' },
  { step: 'fund reporters', writes: 'reward, funder' },
  { step: 'attest, 90 of 100 reporters', writes: 'what was reported, in a slot in use; a signature verified' },
  {
    step: 'propose attested, 90 of 100 reporters',
    writes: 'the same; head, receipt',
    goal: ATTEST_GOAL,
    peer: { name: SCRIBE, gas: 586_000 },
  },
  {
    step: 'propose attested, 90 of 100 reporters, no reward',
    writes: 'the same, but what was reported in a new slot',
    goal: ATTEST_GOAL,
    peer: { name: SCRIBE, gas: 586_000 },
  },
  {
    step: 'propose attested, 90 of 100 reporters, of an older roster',
    writes: 'as with the latest roster',
    goal: ATTEST_GOAL,
    peer: { name: SCRIBE, gas: 586_000 },
  },
  { step: 'claim the rewards of 88', writes: '88 bits, in a slot in use; transfers to 88 owners' },
  { step: 'claim a reward', writes: 'a bit, in a slot in use' },
]
