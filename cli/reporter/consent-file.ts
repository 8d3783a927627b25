import { readFile } from 'node:fs/promises'
import { type Address, type Hex, isAddress, isHex } from 'viem'
import { z } from 'zod'
import type { Consent } from '#client/registry.ts'
import { jsonOf } from '#protocol/json.ts'
import { faultText, schemaFault } from '#protocol/schema-fault.ts'
import { InputError } from '../errors.ts'

/** What the keys of a reporter agreed to, as it is handed from the machine that has them to the owner. */
export type ConsentFile = { readonly chainId: number; readonly registry: Address; readonly agreed: Consent }

/** An address in such a file. */
export const someAddress = z.custom<Address>((value) => typeof value === 'string' && isAddress(value), 'an address')
/** So many bytes in such a file, in hex. */
export const bytes = (length: number, most = length) =>
  z.custom<Hex>(
    (value) => isHex(value) && value.length % 2 === 0 && value.length >= 2 + 2 * length && value.length <= 2 + 2 * most,
    `${length === most ? length : `${length} to ${most}`} bytes of hex`,
  )
const natural = z
  .string()
  .regex(/^\d{1,39}$/, 'a whole number as text')
  .transform(BigInt)

const FILE = z.strictObject({
  version: z.literal(1),
  chainId: z.int().min(1),
  registry: someAddress,
  owner: someAddress,
  signer: someAddress,
  peerId: bytes(1, 64),
  stake: natural,
  key: bytes(128),
  deadline: natural,
  possession: bytes(256),
  consent: bytes(65),
})

/** The file's text. */
export function consentText({ chainId, registry, agreed }: ConsentFile): string {
  const { registration, possession, consent } = agreed
  const { stake, deadline, ...rest } = registration
  const terms = { ...rest, stake: stake.toString(), deadline: deadline.toString() }
  return JSON.stringify({ version: 1, chainId, registry, ...terms, possession, consent }, undefined, 2)
}

/** Reads what {@link consentText} wrote. Throws InputError naming the file and the field. */
export async function readConsent(file: string): Promise<ConsentFile> {
  const parsed = await readSigned(file, FILE, 'keys bind')
  const { version: _, chainId, registry, possession, consent, key, ...terms } = parsed
  return {
    chainId,
    registry,
    agreed: { registration: { ...terms, key }, possession, consent },
  }
}

/** Reads a file that `assize ‹maker›` has keys agree in. Throws InputError naming the file and the field. */
export async function readSigned<S extends z.ZodType>(file: string, schema: S, maker: string): Promise<z.output<S>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new InputError(`Expected a consent at ${file}, got no readable file.`, `Make one: assize ${maker}.`, {
      cause,
    })
  })
  const document = jsonOf(text)
  const parsed = schema.safeParse(document)
  if (parsed.success) return parsed.data
  const fault = faultText(schemaFault(parsed.error, document))
  throw new InputError(`Expected a consent in ${file}, got ${fault}.`, `Make another: assize ${maker}.`)
}
