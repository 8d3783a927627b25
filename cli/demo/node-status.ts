import { z } from 'zod'

/** Whole numbers that JSON carries as text or number. */
const whole = z.union([z.string().regex(/^\d+$/), z.int().min(0)]).transform((value) => BigInt(value))
const hex = z.string().regex(/^0x[0-9a-fA-F]*$/)

const FIXING_STATUS = z.object({
  id: hex,
  phase: z.string(),
  observation: z.object({ value: whole }).optional(),
  abstained: z
    .object({
      reason: z.string(),
      dropped: z.array(z.object({ sourceId: z.string(), reason: z.string() })).default([]),
    })
    .optional(),
  /** How many reporters' observations the node holds. */
  observations: z.int(),
  report: z.object({ value: whole, observationsRoot: hex, signers: z.array(z.int()) }).optional(),
})

/** `GET /status` of a node. */
export const NODE_STATUS = z.object({ time: whole, block: whole, peers: z.int(), fixings: z.array(FIXING_STATUS) })

/** `GET /fixings/:id/observations` of a node. */
export const NODE_OBSERVATIONS = z.array(
  z.object({
    signer: hex,
    value: whole,
    observedAt: whole,
    sourcesRoot: hex,
    signature: z.object({ r: hex, s: hex, v: z.int() }),
  }),
)

export type NodeStatus = z.output<typeof NODE_STATUS>
export type FixingStatus = z.output<typeof FIXING_STATUS>
export type NodeObservation = z.output<typeof NODE_OBSERVATIONS>[number]
