import { type AbiEvent, type Abi, type Hex, keccak256, toHex } from 'viem'
import { type RawLog, asWords, text, wordsOf } from '../abi.ts'
import type { Mismatch } from '../judge.ts'
import type { ModelEvent, Result } from '../result.ts'
import type { CallResult } from '../rpc.ts'
import { word } from '../terms.ts'
import type { RegistryArena } from './arena.ts'
import { type History, RegistryStage } from './history.ts'
import { sightsOf } from './look.ts'
import { RegistryAudit } from './properties.ts'
import { REGISTRY_RULES, type RegistryRules } from './rules.ts'
import type { Performed } from './scenes.ts'

type Difference = Omit<Mismatch, 'step'>

/**
 * Compares what the chain did with a model that follows `rules`: after every step the result or the error with its
 * arguments, every event, every view, the code of every roster, every balance; and the invariants along the way.
 */
export function judge(
  arena: RegistryArena,
  history: History,
  performed: readonly Performed[],
  rules: RegistryRules = REGISTRY_RULES,
): Mismatch | undefined {
  const stage = new RegistryStage(arena.world, history, rules)
  const audit = new RegistryAudit(stage)
  for (const [index, step] of history.steps.entries()) {
    const got = performed[index]
    const result = stage.play(step)
    const difference = (got && compare(arena, stage, result, got)) ?? asDifference(audit.after(step, result))
    if (difference !== undefined) return { step: index, ...difference }
  }
  const left = asDifference(audit.atEnd())
  return left && { step: history.steps.length - 1, ...left }
}

function asDifference(broken: string | undefined): Difference | undefined {
  return broken === undefined ? undefined : { what: 'invariant', expected: 'every invariant', got: broken }
}

function compare(
  arena: RegistryArena,
  stage: RegistryStage,
  result: Result | undefined,
  got: Performed,
): Difference | undefined {
  const difference = result && got.action && compareCall(arena, result, got.action)
  if (difference !== undefined) return difference
  if (got.broken !== undefined) return { what: 'setting or looking', expected: 'success', got: got.broken }
  const sights = sightsOf(arena, stage)
  const at = sights.findIndex(({ answer }, index) => answer !== got.answers[index])
  const sight = sights[at]
  if (sight !== undefined) return { what: sight.label, expected: sight.answer, got: got.answers[at] ?? 'nothing' }
  if (sights.length === got.answers.length) return undefined
  return { what: 'look', expected: `${sights.length} answers`, got: `${got.answers.length} answers` }
}

function compareCall(arena: RegistryArena, result: Result, got: CallResult): Difference | undefined {
  const { dictionary, world, artifacts } = arena
  const expectedCall = result.ok ? text('returned', asWords(result.returns)) : text(result.error, asWords(result.args))
  const gotCall = got.success ? text('returned', wordsOf(got.data)) : dictionary.errorText(got.data)
  if (expectedCall !== gotCall) return { what: 'call', expected: expectedCall, got: gotCall }
  const isOurs = new Set([world.oracle, ...world.registries.map(({ address }) => address)])
  const abi = [...artifacts.registry.abi, ...artifacts.oracle.abi]
  const expected = result.ok ? result.events.map((event) => logText(logOf(abi, event))) : []
  const logs = got.logs.filter(({ address }) => isOurs.has(address.toLowerCase() as Hex)).map(logText)
  if (expected.toSorted().join('\n') === logs.toSorted().join('\n')) return undefined
  return { what: 'events', expected: expected.join('\n'), got: logs.join('\n') }
}

/** A log whose order among those of one call is not specified, as one line. */
function logText({ topics, data }: Pick<RawLog, 'topics' | 'data'>): string {
  return `${topics.join()} ${data}`
}

/** How an event of the model is logged: arguments as words, in the ABI's order; `bytes` come after all others. */
function logOf(abi: Abi, { name, args }: ModelEvent): Pick<RawLog, 'topics' | 'data'> {
  const event = abi.find((item): item is AbiEvent => item.type === 'event' && item.name === name)
  if (event === undefined) throw new RangeError(`Expected an event ${name}.`)
  const topics = event.inputs.flatMap((input, at) => (input.indexed === true ? [topicOf(args[at])] : []))
  const plain = event.inputs.flatMap((input, at) => {
    return input.indexed === true ? [] : [{ isBytes: input.type === 'bytes', arg: args[at] }]
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
