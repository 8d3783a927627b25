import { z } from 'zod'
import { leavesOf, type SampleLeaf } from '#protocol/samples.ts'

const ARCHIVED = z.object({
  opens: z.array(z.string().transform(BigInt)),
  samples: z.array(
    z.object({
      sourceId: z.string(),
      quote: z.string(),
      closes: z.array(
        z
          .string()
          .nullable()
          .transform((close) => close ?? undefined),
      ),
    }),
  ),
  observation: z.object({ sourcesRoot: z.string() }),
})

/** The leaves behind this node's own observation, and the root by which it committed to them. */
export type Archived = { readonly sourcesRoot: string; readonly leaves: readonly SampleLeaf[] }

/** The samples of what the reporter archived; undefined if it abstained. */
export function archivedSamples(record: unknown): Archived | undefined {
  const parsed = ARCHIVED.safeParse(record)
  if (!parsed.success) return undefined
  const { samples, opens, observation } = parsed.data
  return { sourcesRoot: observation.sourcesRoot, leaves: leavesOf(samples, opens) }
}
