import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../model/artifacts.ts'
import { documentOf, readDocument } from './document.ts'
import { isMissed, type JsonRow, jsonOf } from './rows.ts'
import { differences, readSnapshot, snapshotOf } from './snapshot.ts'
import { type Survey, survey } from './survey.ts'

let found: Survey

beforeAll(async () => {
  found = await survey((row) => isMissed(row) || row.step === 'propose')
})

describe('npm run bench:gas', () => {
  test('finds every figure as committed: after reading the change, npm run bench:gas -- --update --markdown', () => {
    expect(differences(snapshotOf(found.rows), readSnapshot())).toEqual([])
  })

  test('finds the table and the accounts of docs/gas.md', () => {
    const text = readDocument()
    expect(documentOf(text, found)).toBe(text)
  })

  test('finds nothing below its minimum', () => {
    expect(found.rows.filter(({ gas, minimum }) => gas < minimum)).toEqual([])
  })

  test('accounts for every unit of gas of what misses its goal', () => {
    const wanted = found.rows.filter(isMissed)
    const sums = wanted.map(({ step }) => found.accounts.get(step)?.parts.reduce((sum, { gas }) => sum + gas, 0))
    expect(sums).toEqual(wanted.map(({ gas }) => gas))
  })

  test('accounts for the code of each by opcode, to the unit', () => {
    const wanted = [...found.accounts.values()].map(({ parts }) =>
      parts.reduce((sum, { gas, floor }) => sum + gas - floor, 0),
    )
    const sums = [...found.accounts.values()].map(({ code }) => code.reduce((sum, { gas }) => sum + gas, 0))
    expect(sums).toEqual(wanted)
  })

  test('accounts for a proposal as the yellow paper, EIP-2929 and EIP-1153 price it', () => {
    const floors = new Map(found.accounts.get('propose')?.parts.map(({ group, floor }) => [group, floor]))
    // The head, in a new slot, and its first access; the first access to the token.
    expect(floors.get('storage writes')).toBe(20_000)
    expect(floors.get('cold access')).toBe(2_100 + 2_600)
    // A new balance, and an event with four topics and two words.
    expect(floors.get('ERC-6909 balances')).toBe(22_100 + 375 + 4 * 375 + 2 * 32 * 8)
    // Proposed: three topics, three words.
    expect(floors.get('events')).toBe(375 + 3 * 375 + 3 * 32 * 8)
    // Read, set, cleared.
    expect(floors.get('reentrancy guard')).toBe(300)
    expect(floors.get('refund')).toBe(0)
  })

  test('prints one JSON document, the same twice', async () => {
    const command = [process.execPath, ['test/bench/main.ts', '--json'], { cwd: ROOT }] as const
    const { stdout } = await promisify(execFile)(...command)
    const rows = JSON.parse(stdout) as JsonRow[]
    expect(rows).toEqual(found.rows.map(jsonOf))
    expect(rows.find(({ step }) => step === 'settle, undisputed')).toEqual({
      step: 'settle, undisputed',
      gas: 0,
      goal: 0,
      minimum: 0,
      peer: 0,
      peerName: 'Reality.eth v3',
    })
  })
})

describe('a snapshot', () => {
  const committed = { create: { gas: 100, minimum: 90 }, gone: { gas: 1, minimum: 1 } }

  test('differs in either direction, and by steps that came or went', () => {
    expect(differences({ create: { gas: 99, minimum: 91 }, come: { gas: 2, minimum: 2 } }, committed)).toEqual([
      'create: gas 99, snapshot 100',
      'create: minimum 91, snapshot 90',
      'gone: gas no longer measured, snapshot 1',
      'gone: minimum no longer measured, snapshot 1',
      'come: gas 2, snapshot has none',
      'come: minimum 2, snapshot has none',
    ])
  })

  test('does not differ from itself', () => {
    expect(differences(committed, committed)).toEqual([])
  })
})
