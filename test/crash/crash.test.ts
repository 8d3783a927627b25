import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../node/temporary.ts'
import { Arena } from './arena.ts'
import { start } from './doomed.ts'
import type { Result } from './life.ts'
import { openNotes } from './notes.ts'
import { endsOf, faultsOf, tried, tryEnd, tryTwoEnds, writesFirst } from './survey.ts'

/** A few of the places; `npm run check:crashes` dies at all of them. */
const SAMPLE = ['after write guard #1', 'before publish observation #1', 'after eth_sendRawTransaction #1']

test('a node that dies on its way signs and pays once, and loses nothing', async ({ signal }) => {
  const arena = await Arena.open(signal)
  try {
    const undisturbed = await arena.live()
    expect(undisturbed.result).toMatchObject({
      calls: ['claim', 'claim', 'contribute', 'propose'],
      isAttestedAgain: false,
      equivocators: 0,
    })
    const ends = endsOf(undisturbed)
    const writes = [
      'write guard',
      'append signed.jsonl',
      'sync signed.jsonl',
      'write intents propose signed',
      'publish observation',
    ]
    for (const name of writes) {
      expect(ends).toContain(`before ${name} #1`)
      expect(ends).toContain(`after ${name} #1`)
    }
    const { length } = undisturbed.points
    process.stderr.write(
      `a life of ${length} calls has ${ends.length} places to die at, ${SAMPLE.length} are tried here\n`,
    )
    for (const end of SAMPLE) {
      const finding = await tryEnd(arena, 'calm', end, undisturbed.result)
      expect(finding).toMatchObject({ end, isReached: true, faults: [] })
      if (end !== SAMPLE.at(-1)) continue
      const twice = await tryTwoEnds(arena, 'calm', finding, { undisturbed: undisturbed.result, n: 0 })
      expect(twice).toMatchObject({ isReached: true, faults: [] })
    }
  } finally {
    await arena.close()
  }
})

test('no process of the node outlives its test, and none begins after it', async () => {
  const over = new AbortController()
  const config = join(temporaryFolder(), 'node.toml')
  const child = await start(config, over.signal)
  const ended = once(child, 'exit')
  over.abort()
  expect(await ended).toEqual([null, 'SIGKILL'])
  await expect(start(config, over.signal)).rejects.toThrow('aborted')
})

test('what differs from an undisturbed life is found', () => {
  const result: Result = {
    calls: ['propose'],
    isAttestedAgain: false,
    tokens: 5n,
    isOverAllowed: false,
    fixings: [{ leader: 1n, round: 1, staked: 2n }],
    observed: ['a 1'],
    equivocators: 0,
  }
  expect(faultsOf(result, result)).toEqual([])
  expect(faultsOf({ ...result, tokens: 4n, equivocators: 1 }, result)).toEqual([
    'tokens: expected "5", got "4"',
    'equivocators: expected 0, got 1',
  ])
  expect(faultsOf({ ...result, calls: ['propose', 'propose'] }, result)).toHaveLength(1)
})

test('what was found out is known to the next survey of the same code, and a line that was cut short is not', () => {
  const file = join(temporaryFolder(), 'state', 'crashes.jsonl')
  const [first, second] = ['before write guard #1', 'after write guard #1']
  const finding = { end: first, isReached: true, faults: [] }
  const notes = openNotes(file, 'calm', 'abc')
  expect(notes.places([first, second])).toEqual([first, second])
  notes.add(first, [finding])
  appendFileSync(file, '{"survey":"calm","code":"abc","end":"after wri')
  const again = openNotes(file, 'calm', 'abc')
  // Another life passes other places: the survey stays with those that it began with.
  expect(again.places(['before eth_call #1'])).toEqual([first, second])
  expect([again.of(first), again.of(second)]).toEqual([[finding], undefined])
  for (const other of [
    openNotes(file, 'dear', 'abc'),
    openNotes(file, 'calm', 'abd'),
    openNotes(undefined, 'calm', 'abc'),
  ]) {
    expect([other.places([second]), other.of(first)]).toEqual([[second], undefined])
  }
})

test('writes are tried before reads, each in the order in which they came', () => {
  const ends = ['before eth_call #1', 'after write guard #1', 'after eth_call #2', 'before eth_sendRawTransaction #1']
  expect(writesFirst(ends)).toEqual([ends[1], ends[3], ends[0], ends[2]])
})

test('a life that does not end is a finding, not the end of the survey', async () => {
  const end = 'after write guard #1'
  const found = await tried(end, () => Promise.reject(new Error('Expected a life to end.')))
  expect(found).toEqual([{ end, isReached: false, faults: ['Error: Expected a life to end.'] }])
})

test('a place is every write, and of each read the first two', () => {
  const points = ['write guard #1', 'write guard #2', 'write guard #3', 'eth_call #1', 'eth_call #2', 'eth_call #3']
  const ends = endsOf({ points })
  expect(ends).toHaveLength(10)
  expect(ends).toContain('after write guard #3')
  expect(ends).not.toContain('before eth_call #3')
})
