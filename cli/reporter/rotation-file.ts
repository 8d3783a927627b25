import type { Address } from 'viem'
import { z } from 'zod'
import type { RotationConsent } from '#client/registration.ts'
import { bytes, readSigned, someAddress } from './signed-file.ts'

/** What new keys of a reporter agreed to, as it is handed from the machine that has them to the owner. */
export type RotationFile = {
  readonly chainId: number
  readonly registry: Address
  readonly agreed: RotationConsent
}

const FILE = z.strictObject({
  version: z.literal(1),
  chainId: z.int().min(1),
  registry: someAddress,
  reporter: z.int().min(0).max(255),
  owner: someAddress,
  signer: someAddress,
  key: bytes(128),
  possession: bytes(256),
  consent: bytes(65),
})

/** The file's text. */
export function rotationText({ chainId, registry, agreed }: RotationFile): string {
  const { index, ...rest } = agreed
  return JSON.stringify({ version: 1, chainId, registry, reporter: index, ...rest }, undefined, 2)
}

/** Reads what {@link rotationText} wrote. Throws InputError naming the file and the field. */
export async function readRotation(file: string): Promise<RotationFile> {
  const parsed = await readSigned(file, FILE, 'keys rotate')
  const { version: _, chainId, registry, reporter, ...agreed } = parsed
  return { chainId, registry, agreed: { index: reporter, ...agreed } }
}
