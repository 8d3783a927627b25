import type { Address } from 'viem'
import { z } from 'zod'
import type { Consent } from '#client/registration.ts'
import { bytes, readSigned, someAddress } from './signed-file.ts'

/** What the keys of a reporter agreed to, as it is handed from the machine that has them to the owner. */
export type ConsentFile = { readonly chainId: number; readonly registry: Address; readonly agreed: Consent }

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
