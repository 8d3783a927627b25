import { type Hex, isHex } from 'viem'
import { z } from 'zod'
import { address } from './address.ts'
import type { Evidence } from './evidence.ts'
import { IndexDocumentError, parseIndexDocument } from './index-document.ts'
import { jsonOf } from './json.ts'
import { isCanonical } from './signing.ts'
import { schemaFault } from './schema-fault.ts'

const MAX_BITS = 128n
const decimal = (bits = MAX_BITS) =>
  z
    .string()
    .regex(/^\d{1,39}$/, 'a whole number in digits')
    .transform(BigInt)
    .refine((value) => value < 1n << bits, `a number of ${bits} bits`)
const word = z.custom<Hex>((value) => isHex(value) && value.length === 66, '32 bytes of hex')
const small = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)

const FIXING = z.strictObject({
  indexId: word,
  maturity: decimal(64n),
  arbitrator: address,
  backup: address,
  openInterest: address,
  minBond: decimal(),
  arbitrationFee: decimal(),
  bondPpm: small,
  firstWindow: small,
  window: small,
  separationPpm: small,
  bandPpm: small,
  proposalGrace: small,
  arbitrationLimit: small,
})
const OBSERVATION = z.strictObject({
  reporterIndex: small,
  signer: address,
  value: decimal(),
  observedAt: decimal(64n),
  sourcesRoot: word,
  // As contracts and nodes take it: of its malleable twin the report would have another root.
  signature: z
    .strictObject({ r: word, s: word, v: z.union([z.literal(27), z.literal(28)]) })
    .refine(isCanonical, 'a signature with r and s in range, and a low s'),
})
const LEAF = z.tuple([z.string().max(64), decimal(64n), z.string().max(200)])
const MOST = 100_000
const BODY = z.strictObject({
  root: word,
  sourceId: z.string().max(64),
  origin: z.string().max(4_000),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a hash in small hex'),
  bytes: z.int().min(0),
  body: z.string().exactOptional(),
})

const FILE = z.strictObject({
  version: z.literal(1),
  kind: z.literal('assize evidence'),
  chainId: z.int().min(1),
  oracle: address,
  registry: address,
  id: word,
  fixing: FIXING,
  document: z.unknown(),
  panel: z.strictObject({
    epoch: decimal(64n),
    reporters: z.array(z.strictObject({ index: small, signer: address })).max(MOST),
  }),
  observations: z.array(OBSERVATION).max(MOST),
  samples: z.array(z.strictObject({ root: word, leaves: z.array(LEAF).max(MOST) })).max(MOST),
  bodies: z.array(BODY).max(MOST).default([]),
})

/**
 * The evidence as a JSON document: numbers that may be large are decimal strings. Throws {@link EvidenceFormatError} for what
 * {@link parseEvidence} would not read again, so that nobody hands on a file that is of no use.
 */
export function evidenceText(evidence: Evidence): string {
  const { observations, samples, ...rest } = evidence
  const file = {
    version: 1,
    kind: 'assize evidence',
    ...rest,
    observations: observations.map(({ signed, signer, reporterIndex }) => {
      const { value, observedAt, sourcesRoot, signature } = signed
      return { reporterIndex, signer, value, observedAt, sourcesRoot, signature }
    }),
    samples: [...samples].map(([root, leaves]) => ({ root, leaves })),
  }
  const text = JSON.stringify(file, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value), 1)
  parseEvidence(text)
  return text
}

/** Reads what {@link evidenceText} wrote. Whether it is true is another question. Throws {@link EvidenceFormatError}. */
export function parseEvidence(text: string): Evidence {
  const file = jsonOf(text)
  const parsed = FILE.safeParse(file)
  if (!parsed.success) {
    const { field, reason } = schemaFault(parsed.error, file)
    throw new EvidenceFormatError(field, reason)
  }
  const { version: _version, kind: _kind, document, observations, samples, ...rest } = parsed.data
  return {
    ...rest,
    document: documentOf(document),
    observations: observations.map(({ reporterIndex, signer, ...signed }) => ({
      reporterIndex,
      signer,
      signed: { fixingId: rest.id, ...signed },
    })),
    samples: new Map(samples.map(({ root, leaves }) => [root, leaves])),
  }
}

function documentOf(json: unknown): Evidence['document'] {
  try {
    return parseIndexDocument(json)
  } catch (cause) {
    if (!(cause instanceof IndexDocumentError)) throw cause
    throw new EvidenceFormatError(`document.${cause.field}`, cause.reason, { cause })
  }
}

/** The text is no evidence, or of another version. */
export class EvidenceFormatError extends Error {
  override readonly name = 'Evidence.EvidenceFormatError'
  readonly field: string
  readonly reason: string
  constructor(field: string, reason: string, options?: ErrorOptions) {
    super(`Expected evidence of a fixing, got ${field === '' ? 'the document itself' : field}: ${reason}.`, options)
    this.field = field
    this.reason = reason
  }
}
