import { isDeepStrictEqual } from 'node:util'
import type { Address, Hex } from 'viem'
import { bytesToHex, hexToBytes, isAddress, isHex, size } from 'viem/utils'
import { z } from 'zod'
import { type ReportRequest, REQUEST_ATTEMPTS, REQUEST_TYPES } from '#protocol/cosigning.ts'
import { jsonOf } from '#protocol/json.ts'
import { type Observation, OBSERVATION_TYPES } from '#protocol/observation.ts'
import { type SigningDomain, typedDataDomain } from '#protocol/signing.ts'
import { type Presence, PRESENCE_TYPES } from '#protocol/presence.ts'
import { type Report, REPORT_TYPES } from '#protocol/report.ts'
import { faultText, schemaFault } from '#protocol/schema-fault.ts'
import { DOMAIN_TYPES } from './domain-types.ts'

/** What a reporter signs, by its EIP-712 primary type. */
export type Message =
  | { readonly primaryType: 'Observation'; readonly message: Observation }
  | { readonly primaryType: 'ReportRequest'; readonly message: ReportRequest }
  | { readonly primaryType: 'Presence'; readonly message: Presence }
  | { readonly primaryType: 'Report'; readonly message: Report }

/** EIP-712 typed data as JSON carries it to a signer: numbers of any size are decimal strings. */
export type TypedData = {
  readonly types: object
  readonly primaryType: Message['primaryType']
  readonly domain: ReturnType<typeof typedDataDomain>
  readonly message: object
}

const TYPES = {
  Observation: OBSERVATION_TYPES,
  ReportRequest: REQUEST_TYPES,
  Presence: PRESENCE_TYPES,
  Report: REPORT_TYPES,
} as const

/** In one spelling: the same word in capitals is the same word. */
const word = z
  .custom<Hex>((value) => isHex(value) && size(value) === 32, '32 bytes of hex')
  .transform((value) => bytesToHex(hexToBytes(value)))
const account = z.custom<Address>((value) => typeof value === 'string' && isAddress(value), 'an address')
const uint = (bits: number) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,77})$/, 'a whole number in digits')
    .transform(BigInt)
    .refine((value) => value < 1n << BigInt(bits), `a number of ${bits} bits`)

const REPORT = {
  epoch: uint(64),
  fixingId: word,
  value: uint(128),
  observationsRoot: word,
  proposer: account,
}
const MESSAGES = z.discriminatedUnion('primaryType', [
  z.object({
    primaryType: z.literal('Observation'),
    message: z.strictObject({ fixingId: word, value: uint(128), observedAt: uint(64), sourcesRoot: word }),
  }),
  z.object({
    primaryType: z.literal('Presence'),
    message: z.strictObject({
      fixingId: word,
      reporter: account,
      sentAt: uint(64),
      clockOffset: z
        .string()
        .regex(/^(0|-?[1-9]\d{0,9})$/, 'a whole number in digits')
        .transform(Number)
        .pipe(
          z
            .int()
            .min(-(2 ** 31))
            .max(2 ** 31 - 1),
        ),
      meshPeers: uint(16).transform(Number),
      sourcesReady: uint(16).transform(Number),
    }),
  }),
  z.object({ primaryType: z.literal('Report'), message: z.strictObject(REPORT) }),
  z.object({
    primaryType: z.literal('ReportRequest'),
    message: z
      .strictObject({ ...REPORT, places: uint(256), attempt: uint(8) })
      .refine(({ attempt }) => attempt < REQUEST_ATTEMPTS, `an attempt below ${REQUEST_ATTEMPTS}`)
      .transform(({ places, attempt, ...report }) => ({ report, places, attempt: Number(attempt) })),
  }),
])
const DOCUMENT = z.object({
  types: z.unknown(),
  domain: z.strictObject({
    name: z.string(),
    version: z.string(),
    chainId: z.union([z.number(), z.string().transform(Number)]),
    // Addresses are written in both cases.
    verifyingContract: z.string().toLowerCase(),
  }),
})

/** The message as `eth_signTypedData` takes it. */
export function typedDataOf(domain: SigningDomain, { primaryType, message }: Message): TypedData {
  const { report, ...rest } = 'report' in message ? message : { ...message, report: undefined }
  const fields = Object.entries({ ...report, ...rest }).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : value.toString(),
  ])
  return {
    types: typesOf(primaryType),
    primaryType,
    domain: typedDataDomain(domain),
    message: Object.fromEntries(fields),
  }
}

/** What `data`, an object or its JSON, asks to be signed in `domain`. Throws {@link ForeignTypedDataError} for anything else. */
export function readTypedData(domain: SigningDomain, data: unknown): Message {
  const given = typeof data === 'string' ? jsonOf(data) : data
  const document = DOCUMENT.safeParse(given)
  const asked = MESSAGES.safeParse(given)
  if (!asked.success || !document.success) {
    const error = asked.error ?? document.error
    throw new ForeignTypedDataError(
      'an observation, a presence, a report or a request for one',
      error === undefined ? 'something else' : faultText(schemaFault(error, given)),
    )
  }
  const { verifyingContract, ...rest } = typedDataDomain(domain)
  const wanted = { ...rest, verifyingContract: verifyingContract.toLowerCase() }
  if (!isDeepStrictEqual(document.data.domain, wanted)) {
    throw new ForeignTypedDataError(
      `the domain of registry ${domain.registry} on chain ${domain.chainId}`,
      'another domain',
    )
  }
  if (!isDeepStrictEqual(document.data.types, typesOf(asked.data.primaryType))) {
    throw new ForeignTypedDataError(`the types of ${asked.data.primaryType}`, 'others')
  }
  return asked.data
}

function typesOf(primaryType: Message['primaryType']): object {
  return { ...DOMAIN_TYPES, ...TYPES[primaryType] }
}

/** Whoever asked wants something signed that no reporter of this deployment signs. */
export class ForeignTypedDataError extends Error {
  override readonly name = 'Sign.ForeignTypedDataError'
  constructor(want: string, got: string) {
    super(`Expected ${want}, got ${got}. Nothing was signed.`)
  }
}
