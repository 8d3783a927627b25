import { existsSync, readFileSync } from 'node:fs'

/**
 * How many transactions of the account an endpoint counts that counts `known` without the rival's: it sends one as soon as those
 * before its nonce are there.
 */
export function countTaken(file: string | undefined, known: number): number {
  const taken = file !== undefined && existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined
  return taken === known ? taken + 1 : known
}
