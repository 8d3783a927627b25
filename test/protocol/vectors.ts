import { readFileSync } from 'node:fs'
import type { Hex } from 'viem'

/** The rows of one array of a vector file. `Row` says what `generate/*.py` wrote; nothing else writes there. */
export function readVectors<Row>(file: string, rows: string): Row[] {
  const url = new URL(`../vectors/${file}.json`, import.meta.url)
  const content: Record<string, Row[]> = JSON.parse(readFileSync(url, 'utf8'))
  const found = content[rows]
  if (found === undefined || found.length === 0) throw new Error(`Expected rows "${rows}" in ${file}.json, got none.`)
  return found
}

/** A number of a vector as `uint8` and `uint32` are in TypeScript. */
export function toNumber(hex: Hex): number {
  return Number(BigInt(hex))
}
