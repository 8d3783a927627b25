import { type Address, type Hex, isAddressEqual } from 'viem'
import { isAddress, isHex, size } from 'viem/utils'
import { z } from 'zod'
import { type Ballot, BALLOT_TYPES, type BallotDomain, ballotDomain } from '#protocol/ballot.ts'
import { jsonOf } from '#protocol/json.ts'
import { DOMAIN_TYPES } from './domain-types.ts'

/** A ballot as JSON carries it to a signer. */
export type BallotData = {
  readonly types: object
  readonly primaryType: 'Ballot'
  readonly domain: object
  readonly message: object
}

const TYPES = { ...DOMAIN_TYPES, ...BALLOT_TYPES } as const

const DATA = z.object({
  primaryType: z.literal('Ballot'),
  domain: z.strictObject({
    name: z.literal('Assize Jury'),
    version: z.literal('1'),
    chainId: z.coerce.number(),
    verifyingContract: z.custom<Address>(
      (value) => typeof value === 'string' && isAddress(value, { strict: false }),
      'an address',
    ),
  }),
  message: z.strictObject({
    fixingId: z.custom<Hex>((value) => isHex(value) && size(value) === 32, '32 bytes of hex'),
    round: z.coerce.number().pipe(z.int().min(0).max(255)),
  }),
})

/** The ballot as `eth_signTypedData` takes it. */
export function ballotData(domain: BallotDomain, { fixingId, round }: Ballot): BallotData {
  const message = { fixingId, round: String(round) }
  return { types: TYPES, primaryType: 'Ballot', domain: ballotDomain(domain), message }
}

/**
 * The ballot that `data`, an object or its JSON, asks to be signed; undefined if it is none, or of a jury that is not among
 * `juries`. What is signed is made of what was read, not of what was given.
 */
export function readBallot(
  { chainId, juries = [] }: { readonly chainId: number; readonly juries?: readonly Address[] | undefined },
  data: unknown,
): { readonly domain: BallotDomain; readonly ballot: Ballot } | undefined {
  const parsed = DATA.safeParse(typeof data === 'string' ? jsonOf(data) : data)
  if (!parsed.success) return undefined
  const { domain, message } = parsed.data
  const jury = juries.find((one) => isAddressEqual(one, domain.verifyingContract))
  return jury === undefined || domain.chainId !== chainId ? undefined : { domain: { chainId, jury }, ballot: message }
}
