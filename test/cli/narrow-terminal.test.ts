import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { register } from '#client/registration.ts'
import type { Io } from '../../cli/io.ts'
import { wrapped } from '../../cli/wrapped.ts'
import { ETHER } from '../client/chain-fixture.ts'
import type { Command } from 'commander'
import { assize } from './command-line.ts'
import { silentWorld, wholeProgram } from './whole-program.ts'
import { RECRUITS } from '../client/cosigned.ts'
import { type Court, type Disputer, FALSE, openCourt } from './disputer.ts'

describe('a line that a terminal has no room for', () => {
  const line = 'trust     0x12ab, then 0x34cd, rule on a dispute: stake only where you trust both'

  test('goes on below what stands after its label', () => {
    expect(wrapped(line, { columns: 40 })).toEqual([
      'trust     0x12ab, then 0x34cd, rule on a',
      '          dispute: stake only where you',
      '          trust both',
    ])
    expect(wrapped(line, { columns: 39 })[0]).toBe('trust     0x12ab, then 0x34cd, rule on')
    expect(wrapped('  a cell  and another', { columns: 12 })).toEqual(['  a cell ', '  and', '  another'])
  })

  test('stays one where there is room, no width, a word that is longer, or a command to be pasted', () => {
    expect(wrapped(line, { columns: line.length })).toEqual([line])
    expect(wrapped(line, { columns: undefined })).toEqual([line])
    expect(wrapped('value     0x1234567890', { columns: 12 })).toEqual(['value     0x1234567890'])
    const command = 'others    collect for 2600: assize contribute 0x12ab 2600 rest'
    expect(wrapped(command, { columns: 40 })).toEqual([command])
  })
})

test('the notes of every help have room in 80 columns', async () => {
  const calls = [[], ...pathsOf(await wholeProgram())]
  expect(calls.length).toBeGreaterThan(60)
  const wide: string[] = []
  for (const call of calls) {
    const lines: string[] = []
    const out = (text: string): void => void lines.push(...text.split('\n'))
    const { exitCode } = await assize([...call, '--help'], {}, { io: { ...silentWorld().io, columns: 80, out } })
    expect(exitCode, call.join(' ')).toBe(0)
    const notes = lines.slice(lines.findIndex((line) => line.includes('display help for command')) + 1)
    expect(notes.length, call.join(' ')).toBeGreaterThan(0)
    // A command is pasted whole, and whoever looks at options has the parser's own columns.
    wide.push(...notes.filter((line) => line.length > 80 && !/\bassize [a-z]/.test(line)))
  }
  expect(wide).toEqual([])
})

/** The words of every command that does something. */
function pathsOf(command: Command, words: readonly string[] = []): (readonly string[])[] {
  const inner = command.commands.flatMap((one) => pathsOf(one, [...words, one.name()]))
  return inner.length === 0 ? [words] : inner
}

describe('at a terminal of 80 columns', () => {
  let court: Court
  let ann: Disputer
  let staked: Awaited<ReturnType<Court['fixing']>>
  beforeAll(async () => {
    court = await openCourt(async (stage) => {
      await register(await stage.as('owner'), stage.deployments.registry, RECRUITS[0]!)
    })
    ann = await court.disputer('ann', 2n * ETHER)
    staked = await court.fixing({}, FALSE)
  })
  afterAll(() => court.close())

  /** What the command shows there; commands to be pasted are left out. */
  async function shown(...args: string[]): Promise<string[]> {
    const lines: string[] = []
    const io: Io = {
      isTerminal: true,
      columns: 80,
      out: (text) => void lines.push(...text.split('\n')),
      err: () => undefined,
      redraw: () => undefined,
      paint: (_, text) => text,
    }
    const env = { ...ann.env, ASSIZE_REGISTRY: court.stage.deployments.registry }
    expect((await ann.run(args, { io, env })).exitCode).toBe(0)
    return lines.filter((line) => !/\bassize [a-z]/.test(line))
  }

  const widest = (lines: readonly string[]): number => Math.max(...lines.map(({ length }) => length))

  test('fixing list and reporters stack their rows', async () => {
    const fixings = await shown('fixing', 'list')
    expect(fixings.slice(0, 3)).toEqual([staked.id, '  phase   active 1', '  leader  3000'])
    expect(widest(fixings)).toBeLessThanOrEqual(80)
    const reporters = await shown('reporters')
    expect(reporters[1]).toMatch(/^ {2}signer {2}0x/)
    expect(widest(reporters)).toBeLessThanOrEqual(80)
  })

  test('contribute, receipts and claim keep to it', async () => {
    const lines = await shown('contribute', staked.id, '2500.1', 'rest', '--yes')
    expect(widest(lines)).toBeLessThanOrEqual(80)
    const at = lines.findIndex((line) => line.startsWith('trust     0x'))
    expect(lines[at + 1]).toMatch(/^ {10}\S/)
    expect(widest(await shown('receipts'))).toBeLessThanOrEqual(80)
    const { facts } = await readFixing(ann.chain, court.stage.deployments.oracle, staked.fixing)
    await court.stage.embedded.mineAt(facts.deadline)
    expect(widest(await shown('claim', '--all', '--yes'))).toBeLessThanOrEqual(80)
  })
})
