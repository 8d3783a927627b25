import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../model/artifacts.ts'
import type { CodePart, Part } from './account.ts'
import { gasText, goalText, isMissed, peerText, type Row } from './rows.ts'
import type { Account, Survey } from './survey.ts'

const DOCUMENT = join(ROOT, 'docs', 'gas.md')

/**
 * The document with its generated blocks as `survey` makes them; what stands between the blocks is written by hand.
 * Every step that misses its goal must be accounted for.
 */
export function documentOf(text: string, { rows, accounts }: Survey): string {
  const missed = rows.filter(isMissed).flatMap((row) => {
    const account = accounts.get(row.step)
    return account === undefined ? [] : [accountBlock(row, account)]
  })
  return withBlock(withBlock(text, 'table', tableBlock(rows)), 'accounts', missed.join('\n\n'))
}

export function readDocument(): string {
  return readFileSync(DOCUMENT, 'utf8')
}

export function writeDocument(text: string): void {
  writeFileSync(DOCUMENT, text)
}

/** The parts of one step for people: what it costs, its floor and the code between. */
export function accountLines(row: Row, account: Account): readonly string[] {
  const total = totalOf(account.parts)
  const line = (name: string, gas: number, floor: number): string =>
    `${name.padEnd(32)}${[gas, floor, gas - floor].map((figure) => gasText(figure).padStart(10)).join('')}`
  return [
    `${row.step}: ${gasText(row.gas)} gas${row.goal === undefined ? '' : `, goal ${goalText(row)}`}`,
    `${' '.repeat(32)}${['gas', 'floor', 'code'].map((name) => name.padStart(10)).join('')}`,
    ...shown(account.parts).map(({ group, gas, floor }) => line(group, gas, floor)),
    line('total', total.gas, total.floor),
    opcodes(account.code),
    verdict(row, total.floor),
  ].filter((text) => text !== '')
}

function tableBlock(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.step,
    gasText(row.gas),
    goalText(row).replace(/missed by .*/, '**$&**'),
    gasText(row.minimum),
    row.writes,
    peerText(row.peer),
  ])
  return [
    '| step | gas | goal | minimum | the minimum writes | cheapest peer |',
    '| --- | --: | --: | --: | --- | --- |',
    ...cells.map((line) => `| ${line.join(' | ')} |`),
  ].join('\n')
}

function accountBlock(row: Row, account: Account): string {
  const total = totalOf(account.parts)
  const line = (name: string, gas: number, floor: number): string =>
    `| ${name} | ${gasText(gas)} | ${gasText(floor)} | ${gasText(gas - floor)} |`
  return [
    `### ${row.step}`,
    '',
    `Goal ${goalText(row)}. ${verdict(row, total.floor)}`,
    '',
    '| spent on | gas | floor | code |',
    '| --- | --: | --: | --: |',
    ...shown(account.parts).map(({ group, gas, floor }) => line(group, gas, floor)),
    line('**total**', total.gas, total.floor),
    '',
    opcodes(account.code),
  ].join('\n')
}

/** What the code is made of, by opcode. */
function opcodes(code: readonly CodePart[]): string {
  const all = code.filter(({ gas }) => gas > 0)
  if (all.length === 0) return ''
  const texts = all.map(({ kind, gas, count }) => `${kind} ${gasText(gas)} (${count})`)
  return `Code by opcode, gas (operations): ${texts.join('; ')}.`
}

/** What the floor says about the goal. */
function verdict({ gas, goal }: Row, floor: number): string {
  if (goal === undefined) return ''
  if (floor > goal)
    return `The floor alone is ${gasText(floor - goal)} above the goal: no code over this storage layout meets it.`
  return `The floor leaves ${gasText(goal - floor)} for code, which takes ${gasText(gas - floor)}.`
}

function shown(account: readonly Part[]): readonly Part[] {
  return account.filter(({ gas }) => gas !== 0)
}

function totalOf(account: readonly Part[]): { gas: number; floor: number } {
  return {
    gas: account.reduce((sum, part) => sum + part.gas, 0),
    floor: account.reduce((sum, part) => sum + part.floor, 0),
  }
}

/** Throws {@link MissingBlockError}. */
function withBlock(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end of ${name} -->`]
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from === -1 || to < from) throw new MissingBlockError(name)
  return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`
}

/** The document has lost the place of a generated block. */
export class MissingBlockError extends Error {
  override readonly name = 'Bench.MissingBlockError'
  constructor(block: string) {
    super(`Expected docs/gas.md to mark where the block "${block}" begins and ends, got no such marks.`)
  }
}
