import { readFile } from 'node:fs/promises'
import { type Address, type Hex, isAddress, isHex } from 'viem'
import { z } from 'zod'
import { jsonOf } from '#protocol/json.ts'
import { faultText, schemaFault } from '#protocol/schema-fault.ts'
import { InputError } from '../errors.ts'

/** An address in a file that keys signed. */
export const someAddress = z.custom<Address>((value) => typeof value === 'string' && isAddress(value), 'an address')
/** So many bytes in such a file, in hex. */
export const bytes = (length: number, most = length) =>
  z.custom<Hex>(
    (value) => isHex(value) && value.length % 2 === 0 && value.length >= 2 + 2 * length && value.length <= 2 + 2 * most,
    `${length === most ? length : `${length} to ${most}`} bytes of hex`,
  )

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
