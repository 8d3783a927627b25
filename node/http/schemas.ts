import type { Hex } from 'viem'
import { isHex } from 'viem/utils'
import { z } from 'zod'

/** Bytes in hex. */
const hex = z.string().regex(/^0x([0-9a-fA-F]{2})*$/)
/** A fixing's id, a root, a digest. */
const word = z.string().regex(/^0x[0-9a-fA-F]{64}$/)
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/)
const decimal = (description: string) =>
  z
    .string()
    .regex(/^-?\d+$/)
    .describe(description)
const time = decimal('Unix seconds')
const value = decimal('1e18-scaled')
const wei = decimal('wei of the bond token')
const count = z.int().min(0)
const index = z.int().min(0).describe("a reporter's index in the registry")

const OWN = z.strictObject({ value, observedAt: time, sourcesRoot: word })
const DROPPED = z.strictObject({ sourceId: z.string(), reason: z.string() })
const ABSTAINED = z.strictObject({ reason: z.string(), dropped: z.array(DROPPED) })

const INTENT = z.strictObject({
  key: z.string(),
  fixingId: word,
  action: z
    .string()
    .describe(
      'propose, contribute, appeal, claim, roster, attest, reward, wrap, approve, fill; to a jury: open, draw, reseed, close, commit, reveal, resolve, withdraw',
    ),
  kind: z.enum(['stake', 'appeal']),
  round: count,
  value,
  amount: wei,
  state: z.enum(['signed', 'done', 'failed']),
  hash: word.optional(),
  nonce: count.optional(),
  block: decimal('where it was mined, until that cannot be undone').optional(),
  deadline: time.describe('by then it has to be out of the way').optional(),
  moved: wei.describe('what was taken or paid, once done').optional(),
  reason: z.string().describe('why not, once failed').optional(),
  at: time,
})

const PRESENCE = z.strictObject({
  call: z.union([z.literal(0), z.literal(1)]).describe('0: ten minutes before the maturity; 1: a minute before it'),
  present: z.array(index),
  absent: z.array(index),
  ready: z.array(index),
  need: count,
  isShort: z.boolean(),
})

const FIXING = z.strictObject({
  id: word,
  indexId: word,
  maturity: time,
  phase: z.enum(['unknown', 'pending', 'open', 'active', 'arbitration', 'settled']),
  observation: OWN.optional(),
  abstained: ABSTAINED.optional(),
  unsigned: z
    .literal(true)
    .describe('the own observation, which is to be signed, is not, though it is a minute old; absent otherwise')
    .optional(),
  observations: count.describe('reporters whose observations are held'),
  equivocators: z.array(index),
  report: z.strictObject({ value, observationsRoot: word, signers: z.array(index) }).optional(),
  cosigned: count.optional(),
  lastDecision: z.strictObject({ stage: z.string(), action: z.string(), reason: z.string() }).optional(),
  actions: z.array(INTENT),
  presence: PRESENCE.optional(),
})

const VERIFICATION = z.enum(['native', 'portable'])

/** `GET /status`. */
export const STATUS = z.strictObject({
  time,
  halted: z.string().describe('why the operator has stopped all new stake; absent if it has not').optional(),
  registered: z
    .boolean()
    .describe('whether the key reports now, by the registry; absent if it is not to, or while that was not read')
    .optional(),
  block: decimal('number of the newest block that was seen'),
  peers: count,
  verification: z.strictObject({ ecdsa: VERIFICATION, bls: VERIFICATION }),
  fixings: z.array(FIXING),
})

/** `GET /readyz`. */
export const READINESS = z.strictObject({
  ready: z.boolean(),
  chain: z.boolean(),
  block: decimal('number of the newest block that was seen'),
  store: z.boolean(),
  peers: count,
  problems: z.array(z.string()).describe('what keeps it from its work, in words'),
})

const OBSERVATION = z.strictObject({
  fixingId: word,
  value,
  observedAt: time,
  sourcesRoot: word,
  signature: z.strictObject({ r: word, s: word, v: z.union([z.literal(27), z.literal(28)]) }),
  signer: address,
  reporterIndex: index,
  bytes: hex.describe('as it travelled'),
})

/** `GET /fixings/{id}/observations`. */
export const OBSERVATIONS = z.array(OBSERVATION)

/** `GET /fixings/{id}/evidence`: pairs that one reporter signed. */
export const EVIDENCE = z.array(z.strictObject({ first: OBSERVATION, second: OBSERVATION }))

const REPORT_FIELDS = { epoch: decimal("the registry's epoch"), fixingId: word, value, observationsRoot: word }

/** `GET /fixings/{id}/report`: the report of what is held, or how many observations it lacks. */
export const REPORT = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('report'),
    report: z.strictObject({ ...REPORT_FIELDS, proposer: address }),
    signers: z.array(index),
  }),
  z.strictObject({ kind: z.literal('short'), have: count, need: count }),
])

/** `GET /fixings/{id}/samples`: what the sources gave, as it was archived. */
export const SAMPLES = z.strictObject({
  opens: z.array(time),
  samples: z.array(z.strictObject({ sourceId: z.string(), quote: z.string(), closes: z.array(z.string().nullable()) })),
  failures: z.array(DROPPED),
  records: z.array(
    z.strictObject({
      sourceId: z.string(),
      origin: z.string().describe('URL or file'),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      bytes: count,
      body: z.string().optional(),
    }),
  ),
  observation: z.strictObject({ ...OWN.shape, fixingId: word }).optional(),
  dropped: z.array(DROPPED).optional(),
  abstained: ABSTAINED.optional(),
})

const DIFFERING = { signer: address, sourcesRoot: word, value, ownValue: value.optional() }

/** `GET /fixings/{id}/differences`: which closes differ from the own; 'unknown' if the other's samples could not be had. */
export const DIFFERENCES = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unknown'), ...DIFFERING }),
  z.strictObject({
    kind: z.literal('compared'),
    ...DIFFERING,
    recomputed: value.describe("what the document makes of the other's samples; absent: nothing").optional(),
    differences: z.array(
      z.strictObject({
        sourceId: z.string(),
        open: time.describe('the minute, Unix seconds'),
        ours: z.string().optional(),
        theirs: z.string().optional(),
      }),
    ),
  }),
])

/** `GET /journal`. */
export const JOURNAL = z.array(
  z.strictObject({
    sequence: z.int().min(1),
    time,
    stage: z.string(),
    fixingId: word.optional(),
    action: z.string(),
    reason: z.string(),
  }),
)

/** `POST /peers`, and its answer. */
export const PEER = z.object({ multiaddr: z.string() })
export const ADDED = z.strictObject({ added: z.string() })

export const HEALTH = z.strictObject({ ok: z.literal(true) })
export const FAILURE = z.strictObject({ error: z.string() })

/** What a path is of, in capitals or not; anything else is a fixing that nobody knows. */
export function fixingIn(text: string): Hex {
  const id = text.toLowerCase()
  return isHex(id) ? id : '0x'
}
