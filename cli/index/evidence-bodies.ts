import { createHash } from 'node:crypto'
import { originOf, reread } from '#node/reread'
import { sampleOpens } from '#protocol/aggregate.ts'
import type { Evidence, EvidenceBody, Finding } from '#protocol/evidence.ts'
import { isAllOf, leavesOf, type SampleLeaf } from '#protocol/samples.ts'

/**
 * Of every response in the evidence: whether it is of a source of the document, from where that is read, whether it is the one that was
 * hashed, and whether the closes in it, read as the document says, are those that the observation's root commits to. Nobody is asked.
 */
export function bodyFindings(evidence: Evidence): Finding[] {
  return evidence.bodies.map((one) => ({ what: `body of ${one.sourceId}`, ...judge(evidence, one) }))
}

function judge({ document, fixing, samples }: Evidence, one: EvidenceBody): Omit<Finding, 'what'> {
  const { root, sourceId, body } = one
  const leaves = samples.get(root)
  if (leaves === undefined || !isAllOf(leaves, root)) return unsound(`the samples ${root} are not there`)
  if (!document.sources.some(({ id }) => id === sourceId)) return unsound(`the document has no source ${sourceId}`)
  const origin = originOf(document, fixing.maturity, sourceId)
  if (origin !== undefined && origin !== one.origin)
    return unsound(`it is of ${one.origin}, the document asks ${origin}`)
  if (body === undefined) return sound(`${one.bytes} bytes, too many to be kept: there is only its hash`)
  if (Buffer.byteLength(body) !== one.bytes || sha256Of(body) !== one.sha256)
    return unsound('it is not what was hashed')
  const read = reread(document, fixing.maturity, { sourceId, body })
  if (read.kind === 'opaque') return sound(`${one.bytes} bytes, as hashed; only the venue's own library reads them`)
  if (read.kind === 'unreadable') return unsound(read.reason)
  const opens = sampleOpens(document, fixing.maturity)
  const found = leavesOf([{ sourceId, quote: '', closes: read.closes }], opens)
  const fault = differenceIn(
    found,
    leaves.filter(([id]) => id === sourceId),
  )
  return fault === undefined ? sound(`its ${found.length} closes are those that are signed`) : unsound(fault)
}

/** The first candle at which the closes are not the same. */
function differenceIn(found: readonly SampleLeaf[], signed: readonly SampleLeaf[]): string | undefined {
  const closeAt = (leaves: readonly SampleLeaf[], open: bigint): string =>
    leaves.find((leaf) => leaf[1] === open)?.[2] ?? 'none'
  const opens = [...found, ...signed].map(([, open]) => open)
  const open = opens.find((one) => closeAt(found, one) !== closeAt(signed, one))
  if (open === undefined) return undefined
  return `its close at ${open} is ${closeAt(found, open)}, signed is ${closeAt(signed, open)}`
}

function sha256Of(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}

function sound(detail: string): Omit<Finding, 'what'> {
  return { isSound: true, detail }
}

function unsound(detail: string): Omit<Finding, 'what'> {
  return { isSound: false, detail }
}
