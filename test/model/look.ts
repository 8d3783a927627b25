import { type Address, type Hex, toFunctionSelector } from 'viem'
import type { Dictionary } from './abi.ts'
import type { Stage } from './game.ts'
import { Refused } from './result.ts'
import { type Fixing, KINDS, OUTCOMES, PHASES, fixingWords, keyText, word } from './terms.ts'

/** What a look takes in. */
export type View = {
  /** Fixings, by index; what follows belongs to them. */
  readonly fixings: readonly number[]
  /** Where a pot of any kind could be. */
  readonly pots: readonly { readonly fixing: number; readonly round: number; readonly value: bigint }[]
  /** Receipts, which every one of `holders` may have. */
  readonly ids: readonly bigint[]
  readonly holders: readonly Address[]
  /** Who may have tokens. */
  readonly accounts: readonly Address[]
}

/** One word that the contract must report, and what it is. */
export type Sight = { readonly label: () => string; readonly value: bigint }

const FIXING_TYPE =
  '(bytes32,uint64,address,address,address,uint128,uint128,uint32,uint32,uint32,uint32,uint32,uint32,uint32)'
const LOOK = toFunctionSelector(`look(${FIXING_TYPE}[],uint256[],uint256[],address[],address[])`)
const CANDIDATE_SLOTS = 5

/** The calldata of `ModelLens.look`, written out because it is by far the largest. */
export function encodeLook(fixings: readonly Fixing[], view: View): Hex {
  const tails = [
    view.fixings.map((index) => fixingWords(fixings[index] ?? missing(index))),
    view.pots.map(({ fixing, round, value }) => {
      return word((BigInt(view.fixings.indexOf(fixing)) << 136n) | (BigInt(round) << 128n) | value)
    }),
    view.ids.map(word),
    view.holders.map((holder) => word(BigInt(holder))),
    view.accounts.map((account) => word(BigInt(account))),
  ].map((list) => word(BigInt(list.length)) + list.join(''))
  let offset = 32n * BigInt(tails.length)
  const heads = tails.map((tail) => {
    const head = word(offset)
    offset += BigInt(tail.length / 2)
    return head
  })
  return `${LOOK}${heads.join('')}${tails.join('')}`
}

/** What the contract must report for `view` when the model stands as it does. */
export function expectLook(stage: Stage, view: View, dictionary: Dictionary): Sight[] {
  const { model } = stage
  const pots = view.pots.flatMap(({ fixing, round, value }): Sight[] =>
    KINDS.flatMap((kind) => {
      const key = { kind, round, value }
      const { filled, need } = model.dispute(fixing).potView(key, model.now)
      return [
        { label: () => `pot(${fixing}, ${keyText(key)}).filled`, value: filled },
        { label: () => `pot(${fixing}, ${keyText(key)}).need`, value: need },
      ]
    }),
  )
  const holdings = view.ids.flatMap((id) =>
    view.holders.map((holder) => {
      return { label: () => `balanceOf(${holder}, ${nameOf(stage, id)})`, value: model.receipts.balanceOf(holder, id) }
    }),
  )
  const funds = view.accounts.map((account) => ({ label: () => `token of ${account}`, value: model.fundsOf(account) }))
  return [...view.fixings.flatMap((fixing) => expectFixing(stage, fixing, dictionary)), ...pots, ...holdings, ...funds]
}

function nameOf(stage: Stage, id: bigint): string {
  const known = stage.keys.get(id)
  return known === undefined ? String(id) : `${known.fixing}, ${keyText(known.key)}`
}

function expectFixing({ model }: Stage, fixing: number, dictionary: Dictionary): Sight[] {
  const dispute = model.dispute(fixing)
  const { now } = model
  const settlement = dispute.settlement(now)
  const isKnown = dispute.round > 0 || dispute.arbitratedAt > 0n
  const winner = dispute.winner(now)
  const slots = Array.from({ length: CANDIDATE_SLOTS }, (_, index) => dispute.candidates[index])
  const words: [string, bigint][] = [
    ['fixingId', BigInt(model.id(fixing))],
    ['phase', BigInt(PHASES.indexOf(dispute.phase(now)))],
    ['worstCase', dispute.worstCase()],
    ['settlementOf.settled', settlement !== undefined && isKnown ? 1n : 0n],
    ['settlementOf.value', isKnown ? (settlement ?? 0n) : 0n],
    ['outcome', BigInt(OUTCOMES.indexOf(dispute.outcome(now)))],
    ['outcome.winner', winner === undefined ? 0n : (dispute.candidates[winner]?.value ?? 0n)],
    ['state.round', BigInt(dispute.round)],
    ['state.leader', dispute.leaderValue()],
    ['state.staked', dispute.staked],
    ['state.deadline', dispute.deadline],
    ['state.arbitratedAt', dispute.arbitratedAt],
    ['candidates.length', BigInt(dispute.candidates.length)],
    ...slots.flatMap((slot, index): [string, bigint][] => [
      [`candidates.values[${index}]`, slot?.value ?? 0n],
      [`candidates.stakes[${index}]`, slot?.stake ?? 0n],
    ]),
    ...expectSettlement(settlement, model.id(fixing), dictionary),
    ...expectBond(() => model.bond(fixing), dictionary),
  ]
  return words.map(([label, value]) => ({ label: () => `${label} of ${fixing}`, value }))
}

function expectSettlement(settlement: bigint | undefined, id: Hex, dictionary: Dictionary): [string, bigint][] {
  const isSettled = settlement !== undefined
  return [
    ['settlement succeeds', isSettled ? 1n : 0n],
    ['settlement or error', settlement ?? dictionary.selectorOf('NotSettled')],
    ['settlement error id', isSettled ? 0n : BigInt(id)],
  ]
}

function expectBond(quote: () => bigint, dictionary: Dictionary): [string, bigint][] {
  const words = (numbers: readonly bigint[]): [string, bigint][] =>
    Array.from({ length: 6 }, (_, index) => [`bond[${index}]`, numbers[index] ?? 0n])
  try {
    return words([1n, quote()])
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return words([0n, dictionary.selectorOf(error.error), ...error.args.map(BigInt)])
  }
}

function missing(index: number): never {
  throw new RangeError(`Expected fixing ${index} in the game.`)
}
