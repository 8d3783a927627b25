import type { Hex } from 'viem'
import type { CreatedFixing } from '#client/fixing-log.ts'
import { machineClock } from './clock.ts'
import type { Context } from './context.ts'
import { documentIn } from './index-folder.ts'
import { readIndexNow } from './index-reading.ts'
import type { ReadingFlags } from './options.ts'
import type { OwnValue } from './verdict.ts'

/** Sources that did not suffice are asked again after so long, seconds. */
const AGAIN_AFTER = 300n

/**
 * Reads each fixing's index with this machine, once: a value that was read is kept, one that could not be is tried again after
 * five minutes. Without the fixing's document, or a folder of documents, there is none.
 */
export function ownValues(
  flags: ReadingFlags,
  { io, env, now, signal }: Context,
): (one: CreatedFixing) => Promise<OwnValue | undefined> {
  const folder = flags.indexDir ?? env['ASSIZE_INDEX_DIR']
  const known = new Map<Hex, { readonly value: OwnValue | undefined; readonly at: bigint }>()
  const read = async ({ id, fixing }: CreatedFixing): Promise<OwnValue | undefined> => {
    const document = folder === undefined ? undefined : await documentIn(folder, fixing.indexId)
    if (document === undefined) {
      io.err(`no value for ${id}: ${folder === undefined ? 'no --index-dir' : `no document of its index in ${folder}`}`)
      return undefined
    }
    io.err(`reading ${document.sources.length} sources of ${document.name} ...`)
    const csvFile = flags.prices ?? env['ASSIZE_CSV_FILE']
    const options = { clock: machineClock(now), signal, csvFile, rpcUrls: flags.sourceRpc }
    const { result } = await readIndexNow(document, fixing.maturity, options)
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
