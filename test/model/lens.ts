import type { Abi, Address, Hex } from 'viem'
import { wordsOf } from './abi.ts'
import { encode } from './arena.ts'
import type { Difference } from './judge.ts'

/** A view, and what a model answers, as ABI words. */
export type Look<Model> = {
  readonly what: string
  readonly to: Address
  readonly data: Hex
  readonly expected: (model: Model) => bigint[]
}

/** Calldata that has a ModelViewer ask all of `looks`; `abi` is its. */
export function lookData(abi: Abi, looks: readonly { readonly to: Address; readonly data: Hex }[]): Hex {
  return encode(abi, 'look', [looks.map(({ to }) => to), looks.map(({ data }) => data)])
}

/** The words of each answer: the viewer gives how many, and these. */
export function answersIn(data: Hex): bigint[][] {
  // Where the bytes begin, and how long they are, comes first.
  const words = wordsOf(data).slice(2)
  const answers: bigint[][] = []
  for (let at = 0; at < words.length; at += 1 + Number(words[at])) {
    answers.push(words.slice(at + 1, at + 1 + Number(words[at])))
  }
  return answers
}

/** The first view that answers otherwise than the model as it stands. */
export function compareLooks<Model>(
  looks: readonly Look<Model>[],
  model: Model,
  answers: readonly (readonly bigint[])[],
): Difference | undefined {
  for (const [at, { what, expected }] of looks.entries()) {
    const [want, was] = [expected(model).join(), answers[at]?.join() ?? '']
    if (want !== was) return { what, expected: want, got: was }
  }
  return undefined
}
