import type { Address, Hex } from 'viem'
import type { Evidence } from '#protocol/evidence.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import { leavesOf, sourcesRoot } from '#protocol/samples.ts'
import { DOMAIN, reporterKey, signedBy, WAD } from '../node/reporters.ts'

/** What evidence is of: the document has three candles of one source. */
export type Subject = {
  readonly fixing: Fixing
  readonly id: Hex
  readonly oracle: Address
  readonly document: IndexDocument
}

/**
 * Evidence of a reporter for each of `closes`, which it saw three times: their mean is itself. `lie` is what the last one
 * signs instead.
 */
export async function evidenceOf(
  { fixing, id, oracle, document }: Subject,
  closes: readonly string[],
  lie?: bigint,
): Promise<Evidence> {
  const { maturity } = fixing
  const opens = [maturity - 180n, maturity - 120n, maturity - 60n]
  const [source] = document.sources
  const samplesAt = (close: string) => [
    { sourceId: source?.id ?? '', quote: source?.quote ?? '', closes: [close, close, close] },
  ]
  const samples = new Map<Hex, ReturnType<typeof leavesOf>>()
  const observations = await Promise.all(
    closes.map(async (close, index) => {
      const root = sourcesRoot(samplesAt(close), opens)
      samples.set(root, leavesOf(samplesAt(close), opens))
      const honest = (BigInt(Math.round(Number(close) * 10)) * WAD) / 10n
      const value = index === closes.length - 1 ? (lie ?? honest) : honest
      const key = reporterKey(index)
      const { signed } = await signedBy(key, { fixingId: id, value, observedAt: maturity, sourcesRoot: root })
      return { signed, signer: key.address, reporterIndex: index }
    }),
  )
  const reporters = closes.map((_, index) => ({ index, signer: reporterKey(index).address }))
  const panel = { epoch: 7n, reporters }
  return { ...DOMAIN, oracle, id, fixing, document, panel, observations, samples, bodies: [] }
}
