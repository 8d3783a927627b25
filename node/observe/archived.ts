import type { Hex } from 'viem'
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

/**
 * The leaves behind this node's own observation, from what the reporter archived; undefined if it abstained, or if the
 * observation committed to other samples than `sourcesRoot`.
 */
export function archivedLeaves(record: unknown, sourcesRoot?: Hex): readonly SampleLeaf[] | undefined {
  const parsed = ARCHIVED.safeParse(record)
  if (!parsed.success) return undefined
  const { samples, opens, observation } = parsed.data
  if (sourcesRoot !== undefined && observation.sourcesRoot !== sourcesRoot) return undefined
  return leavesOf(samples, opens)
}
