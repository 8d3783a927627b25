import { type Abi, type AbiEvent, type Hex, keccak256, toHex } from 'viem'
import { type Dictionary, type RawLog, asWords, text, wordsOf } from './abi.ts'
import type { Difference } from './judge.ts'
import type { ModelEvent, Result } from './result.ts'
import type { CallResult } from './rpc.ts'
import { word } from './terms.ts'

/** What is needed to read what a call did: its contracts' ABIs, and whose events count, in small letters. */
export type CallReader = {
  readonly dictionary: Dictionary
  readonly abi: Abi
  readonly emitters: ReadonlySet<string>
}

/** Compares what a call did with what the model says: what it returned or the error with its arguments, and every event. */
export function compareCall(
  { dictionary, abi, emitters }: CallReader,
  result: Result,
  got: CallResult,
): Difference | undefined {
  const expectedCall = result.ok ? text('returned', asWords(result.returns)) : text(result.error, asWords(result.args))
  const gotCall = got.success ? text('returned', wordsOf(got.data)) : dictionary.errorText(got.data)
  if (expectedCall !== gotCall) return { what: 'call', expected: expectedCall, got: gotCall }
  const expected = result.ok ? result.events.map((event) => logText(logOf(abi, event))) : []
  const logs = got.logs.filter(({ address }) => emitters.has(address.toLowerCase())).map(logText)
  if (expected.toSorted().join('\n') === logs.toSorted().join('\n')) return undefined
  return { what: 'events', expected: expected.join('\n'), got: logs.join('\n') }
}

/** A log whose order among those of one call is not specified, as one line. */
function logText({ topics, data }: Pick<RawLog, 'topics' | 'data'>): string {
  return `${topics.join()} ${data}`
}

/** How an event of the model is logged: arguments as words, in the ABI's order; bytes and strings come after all others. */
function logOf(abi: Abi, { name, args }: ModelEvent): Pick<RawLog, 'topics' | 'data'> {
  const event = abi.find((item): item is AbiEvent => item.type === 'event' && item.name === name)
  if (event === undefined) throw new RangeError(`Expected an event ${name}.`)
  const topics = event.inputs.flatMap((input, at) => (input.indexed === true ? [topicOf(args[at])] : []))
  const plain = event.inputs.flatMap((input, at) => {
    return input.indexed === true ? [] : [{ isBytes: input.type === 'bytes' || input.type === 'string', arg: args[at] }]
  })
  const sizes = plain.map(({ isBytes, arg }) => (isBytes ? 1 : asWords([arg ?? 0n]).length))
  let offset = 32 * sizes.reduce((sum, size) => sum + size, 0)
  let tail = ''
  const heads = plain.map(({ isBytes, arg }) => {
    if (!isBytes)
      return asWords([arg ?? 0n])
        .map(word)
        .join('')
    const digits = String(arg).slice(2)
    const head = word(BigInt(offset))
    const padded = digits.padEnd(64 * Math.ceil(digits.length / 64), '0')
    tail += word(BigInt(digits.length / 2)) + padded
    offset += 32 + padded.length / 2
    return head
  })
  return { topics: [keccak256(toHex(signatureOf(event))), ...topics], data: `0x${heads.join('')}${tail}` }
}

function topicOf(arg: ModelEvent['args'][number] | undefined): Hex {
  return `0x${asWords([arg ?? 0n])
    .map(word)
    .join('')}`
}

type Input = { readonly type: string; readonly components?: readonly Input[] }

function signatureOf({ name, inputs }: AbiEvent): string {
  return `${name}(${inputs.map((input) => typeText(input as Input)).join(',')})` // the ABI's own format
}

function typeText({ type, components }: Input): string {
  return components === undefined ? type : `(${components.map(typeText).join(',')})${type.slice('tuple'.length)}`
}
