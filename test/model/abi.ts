import { type Abi, type AbiParameter, type Hex, encodeFunctionData, toEventSelector, toFunctionSelector } from 'viem'
import type { Action } from './action.ts'
import { type Fixing, KINDS } from './terms.ts'

/** A log as a simulated call reports it. */
export type RawLog = { readonly address: Hex; readonly topics: readonly Hex[]; readonly data: Hex }

/** The words of ABI-encoded data, whole ones only. */
export function wordsOf(data: Hex, skipBytes = 0): bigint[] {
  const digits = data.slice(2 + 2 * skipBytes)
  return Array.from({ length: Math.floor(digits.length / 64) }, (_, at) =>
    BigInt(`0x${digits.slice(64 * at, 64 * at + 64)}`),
  )
}

/** Names for what contracts emit and revert with, from their ABIs. */
export class Dictionary {
  private readonly errors = new Map<string, string>()
  private readonly events = new Map<string, { readonly name: string; readonly inputs: readonly AbiParameter[] }>()

  constructor(abis: readonly Abi[]) {
    for (const item of abis.flat()) {
      if (item.type === 'error') this.errors.set(toFunctionSelector(signature(item)), item.name)
      if (item.type === 'event') this.events.set(toEventSelector(signature(item)), item)
    }
  }

  /** `Name(arguments)` of revert data, `Nothing()` if there is none, or the data itself if no ABI knows it. */
  errorText(data: Hex): string {
    if (data === '0x') return text('Nothing', [])
    const name = this.errors.get(data.slice(0, 10))
    return name === undefined ? `unknown ${data}` : text(name, wordsOf(data, 4))
  }

  /** `Name(arguments)` of a log, arguments in order of declaration: all of ours are static. */
  logText({ topics, data }: RawLog): string {
    const event = this.events.get(topics[0] ?? '')
    if (event === undefined) return `unknown ${topics.join()} ${data}`
    const indexed = topics.slice(1).map(BigInt)
    const plain = wordsOf(data)
    const isIndexed = event.inputs.map((input) => 'indexed' in input && input.indexed === true)
    const words = isIndexed.map((fromTopic) => (fromTopic ? indexed.shift() : plain.shift()))
    return text(
      event.name,
      [...words, ...plain].map((word) => word ?? 0n),
    )
  }

  /** The selector of a known error, as a number. */
  selectorOf(name: string): bigint {
    const found = [...this.errors].find(([, known]) => known === name)
    return found === undefined ? 0n : BigInt(found[0])
  }
}

/** The one form in which both sides' calls, errors and events are compared and printed. */
export function text(name: string, words: readonly bigint[]): string {
  return `${name}(${words.map((word) => (word < 1n << 64n ? String(word) : `0x${word.toString(16)}`)).join(', ')})`
}

/** The model's arguments as words; a struct's encoding counts as many as it has. */
export function asWords(args: readonly (bigint | boolean | Hex)[]): bigint[] {
  return args.flatMap((arg) => {
    if (typeof arg === 'bigint') return [arg]
    if (typeof arg === 'boolean') return [arg ? 1n : 0n]
    return arg.length > 66 ? wordsOf(arg) : [BigInt(arg)]
  })
}

/** The calldata of an action. */
export function encodeAction(abi: Abi, fixings: readonly Fixing[], action: Action): Hex {
  return encodeFunctionData({ abi, functionName: action.name, args: argumentsOf(fixings, action) })
}

function argumentsOf(fixings: readonly Fixing[], action: Action): readonly unknown[] {
  const fixing = 'fixing' in action ? fixings[action.fixing] : undefined
  switch (action.name) {
    case 'create':
    case 'request':
    case 'collect':
      return [fixing]
    case 'fund':
      return [fixing, action.amount]
    case 'propose':
      return [fixing, action.value, action.maxBond]
    case 'contribute':
    case 'appeal':
      return [fixing, action.round, action.value, action.amount]
    case 'rule':
      return [fixing, action.value]
    case 'claim':
      return [fixing, KINDS.indexOf(action.kind), action.round, action.value]
    case 'transfer':
    case 'approve':
      return [action.to, action.id, action.amount]
    case 'transferFrom':
      return [action.from, action.to, action.id, action.amount]
    case 'setOperator':
      return [action.to, action.approved]
  }
}

function signature(item: { readonly name: string; readonly inputs: readonly AbiParameter[] }): string {
  return `${item.name}(${item.inputs.map(typeText).join(',')})`
}

function typeText(input: AbiParameter): string {
  if (!('components' in input)) return input.type
  return `(${input.components.map(typeText).join(',')})${input.type.slice('tuple'.length)}`
}
