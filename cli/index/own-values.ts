import type { Hex } from 'viem'
import type { CreatedFixing } from '#client/fixing-log.ts'
import type { Context } from '../context.ts'
import { documentIn } from './index-folder.ts'
import { readForFixing } from './index-reading.ts'
import type { ReadingFlags } from '../options.ts'
import type { OwnValue } from '../fixing/verdict.ts'

/** Sources that did not suffice are asked again after so long, seconds. */
const AGAIN_AFTER = 300n

/**
 * Reads each fixing's index with this machine, once: a value that was read is kept, one that could not be is tried again after
 * five minutes. Without the fixing's document, or a folder of documents, there is none.
 */
export function ownValues(
  flags: ReadingFlags,
  context: Context,
): (one: CreatedFixing) => Promise<OwnValue | undefined> {
  const { io, env, now } = context
  const folder = flags.indexDir ?? env['ASSIZE_INDEX_DIR']
  const known = new Map<Hex, { readonly value: OwnValue | undefined; readonly at: bigint }>()
  const read = async ({ id, fixing }: CreatedFixing): Promise<OwnValue | undefined> => {
    const document = folder === undefined ? undefined : await documentIn(folder, fixing.indexId)
    if (document === undefined) {
      io.err(`no value for ${id}: ${folder === undefined ? 'no --index-dir' : `no document of its index in ${folder}`}`)
      return undefined
    }
    const { result } = await readForFixing(document, fixing, flags, context)
    if (result.kind === 'value') return { value: result.value, noisePpm: document.noisePpm }
    io.err(`no value for ${id}: ${result.reason}`)
    return undefined
  }
  return async (one) => {
    const before = known.get(one.id)
    if (before !== undefined && (before.value !== undefined || now() < before.at + AGAIN_AFTER)) return before.value
    const value = await read(one)
    known.set(one.id, { value, at: now() })
    return value
  }
}
