import type { Hex } from 'viem'
import type { CreatedFixing } from '#client/fixing-log.ts'
import type { Context } from '../context.ts'
import { documentIn } from './index-folder.ts'
import { readForFixing } from './index-reading.ts'
import type { ReadingFlags } from '../options.ts'
import type { OwnValue } from '../fixing/verdict.ts'

/**
 * What came of reading a fixing's index: its value, or why its sources gave none. Nothing without the fixing's document, or a
 * folder of documents.
 */
export type OwnReading = { readonly own?: OwnValue; readonly unreadable?: string }

/**
 * Reads each fixing's index with this machine, once: a value that was read is kept, one that could not be is tried again after
 * `againAfter` seconds.
 */
export function ownValues(
  flags: ReadingFlags,
  context: Context,
  againAfter: number,
): (one: CreatedFixing) => Promise<OwnReading> {
  const { io, env, now } = context
  const folder = flags.indexDir ?? env['ASSIZE_INDEX_DIR']
  const known = new Map<Hex, { readonly reading: OwnReading; readonly at: bigint }>()
  const read = async ({ id, fixing }: CreatedFixing): Promise<OwnReading> => {
    const document = folder === undefined ? undefined : await documentIn(folder, fixing.indexId)
    if (document === undefined) {
      io.err(`no value for ${id}: ${folder === undefined ? 'no --index-dir' : `no document of its index in ${folder}`}`)
      return {}
    }
    const { result } = await readForFixing(document, fixing, flags, context)
    if (result.kind === 'value') return { own: { value: result.value, noisePpm: document.noisePpm } }
    io.err(`no value for ${id}: ${result.reason}`)
    return { unreadable: result.reason }
  }
  return async (one) => {
    const before = known.get(one.id)
    const isKept = (of: OwnReading, at: bigint): boolean => of.own !== undefined || now() < at + BigInt(againAfter)
    if (before !== undefined && isKept(before.reading, before.at)) return before.reading
    const reading = await read(one)
    known.set(one.id, { reading, at: now() })
    return reading
  }
}
