import type { Hex } from 'viem'
import { encode } from '../arena.ts'
import { answersIn, lookData } from '../lens.ts'
import { request } from '../rpc.ts'
import { word } from '../terms.ts'
import type { CourtArena } from './arena.ts'
import type { Opening } from './generate.ts'
import { termsOf } from './stage.ts'
import { claimKey } from './uma-model.ts'

/** What an adapter to UMA asks about each fixing and value of a history, by `claimKey`; nothing for other arbitrators. */
export async function claimsAt(
  { url, world, artifacts }: CourtArena,
  { arbitrator, fixings, pool }: Opening,
): Promise<ReadonlyMap<string, Hex>> {
  const { kind, address } = termsOf(world, arbitrator)
  if (kind !== 'uma') return new Map()
  const asked = fixings.flatMap((fixing, index) => [...new Set(pool)].map((value) => ({ fixing, index, value })))
  const looks = asked.map(({ fixing, value }) => {
    return { to: address, data: encode(artifacts.uma.abi, 'claimOf', [fixing, value]) }
  })
  const call = { to: world.viewer, data: lookData(artifacts.viewer.abi, looks), gas: '0x1c9c3800' }
  const answers = answersIn((await request(url, 'eth_call', [call, 'latest'])) as Hex) // JSON-RPC
  return new Map(asked.map(({ index, value }, at) => [claimKey(index, value), textIn(answers[at] ?? [])]))
}

/** The bytes of a string that is all that was answered: where it begins, how long it is, and these. */
function textIn([, length = 0n, ...words]: readonly bigint[]): Hex {
  return `0x${words
    .map(word)
    .join('')
    .slice(0, 2 * Number(length))}`
}
