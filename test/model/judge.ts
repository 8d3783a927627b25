import { type RawLog, asWords, text, wordsOf } from './abi.ts'
import type { Arena } from './arena.ts'
import { type Game, type Played, Stage } from './game.ts'
import { type Sight, expectLook } from './look.ts'
import { Audit } from './properties.ts'
import type { ModelEvent, Result } from './result.ts'
import type { CallResult } from './rpc.ts'
import { RULES, type Rules } from './rules.ts'
import type { Performed } from './scene.ts'
import { viewOf } from './scenes.ts'

/** Where model and contract part: `expected` is the model's word, `got` the contract's. */
export type Mismatch = { readonly step: number; readonly what: string; readonly expected: string; readonly got: string }

export type Difference = Omit<Mismatch, 'step'>

/**
 * Compares what the chain did with a model that follows `rules`: after every step the result or the error with its
 * arguments, every event, every view, every balance; and the properties of section 5 along the way.
 */
export function judge(
  arena: Arena,
  game: Game,
  performed: readonly Performed[],
  rules: Rules = RULES,
): Mismatch | undefined {
  const stage = new Stage(arena.world, game.fixings, rules)
  const audit = new Audit(stage)
  for (const [index, step] of game.steps.entries()) {
    const got = performed[index]
    const played = stage.play(step)
    const sights = expectLook(stage, viewOf(arena, game, stage), arena.dictionary)
    const broken = audit.after(step, played)
    const difference = (got && compare(arena, played, sights, got)) ?? asDifference(broken)
    if (difference !== undefined) return { step: index, ...difference }
  }
  const left = asDifference(audit.atEnd())
  return left && { step: game.steps.length - 1, ...left }
}

function asDifference(broken: string | undefined): Difference | undefined {
  return broken === undefined ? undefined : { what: 'property', expected: 'every property of section 5', got: broken }
}

function compare(
  arena: Arena,
  { result, struck }: Played,
  sights: readonly Sight[],
  got: Performed,
): Difference | undefined {
  const difference = result && got.action && compareCall(arena, result, struck, got.action)
  if (difference !== undefined) return difference
  if (got.broken !== undefined) return { what: 'setting or looking', expected: 'success', got: got.broken }
  return compareSights(sights, wordsOf(got.look).slice(2))
}

function compareCall(arena: Arena, result: Result, struck: readonly Result[], got: CallResult): Difference | undefined {
  const { dictionary, world } = arena
  const expectedCall = resultText(result)
  const gotCall = got.success ? text('returned', wordsOf(got.data)) : dictionary.errorText(got.data)
  if (expectedCall !== gotCall) return { what: 'call', expected: expectedCall, got: gotCall }
  const own = got.logs.filter(({ address }) => address.toLowerCase() === world.oracle)
  const moved = struck.flatMap((strike) => (strike.ok ? strike.events : []))
  const events = [...(result.ok ? result.events : []), ...moved]
  return compareEvents(arena, events, own) ?? compareStrikes(arena, struck, got.logs)
}

const RECEIPT_EVENT = /^(Transfer|Approval|OperatorSet)\(/

/** The protocol's own events in order; those of the receipts, whose place among them is open, in any. */
function compareEvents(
  { dictionary }: Arena,
  wanted: readonly ModelEvent[],
  logs: readonly RawLog[],
): Difference | undefined {
  const expected = inOrder(wanted.map(({ name, args }) => text(name, asWords(args))))
  const got = inOrder(logs.map((log) => dictionary.logText(log)))
  return expected === got ? undefined : { what: 'events', expected, got }
}

function inOrder(texts: readonly string[]): string {
  const receipts = texts.filter((line) => RECEIPT_EVENT.test(line)).toSorted()
  return [...texts.filter((line) => !RECEIPT_EVENT.test(line)), ...receipts].join('\n')
}

function compareStrikes(
  { dictionary, world }: Arena,
  struck: readonly Result[],
  logs: readonly RawLog[],
): Difference | undefined {
  const actors: readonly string[] = world.actors
  const got = logs
    .filter(({ address }) => actors.includes(address.toLowerCase()))
    .map(({ data }) => {
      const [, success, , length = 0n] = wordsOf(data)
      const bytes = `0x${data.slice(2 + 4 * 64, 2 + 4 * 64 + 2 * Number(length))}` as const
      return success === 1n ? text('returned', wordsOf(bytes)) : dictionary.errorText(bytes)
    })
  const expected = struck.map(resultText)
  if (expected.join('\n') === got.join('\n')) return undefined
  return { what: 'calls from a hook', expected: expected.join('\n'), got: got.join('\n') }
}

function resultText(result: Result): string {
  return result.ok ? text('returned', asWords(result.returns)) : text(result.error, asWords(result.args))
}

function compareSights(sights: readonly Sight[], words: readonly bigint[]): Difference | undefined {
  if (sights.length !== words.length) {
    return { what: 'look', expected: `${sights.length} words`, got: `${words.length} words` }
  }
  const index = sights.findIndex(({ value }, place) => value !== words[place])
  const sight = sights[index]
  return sight && { what: sight.label(), expected: String(sight.value), got: String(words[index]) }
}
