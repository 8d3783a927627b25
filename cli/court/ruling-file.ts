import { readFile } from 'node:fs/promises'
import { type Address, type Hex, isHex } from 'viem'
import { z } from 'zod'
import { formatValue, parseValue } from '#protocol/decimal.ts'
import { jsonOf } from '#protocol/json.ts'
import { faultText, schemaFault } from '#protocol/schema-fault.ts'
import { InputError } from '../errors.ts'
import { writeOver } from '../output-file.ts'
import { bytes, someAddress } from '../reporter/signed-file.ts'

/** A council's ruling with whatever signatures were collected, as members hand it on. */
export type RulingFile = {
  readonly chainId: number
  readonly council: Address
  readonly fixing: Hex
  /** Scaled by 1e18, or INVALID. */
  readonly value: bigint
  readonly signatures: readonly MemberSignature[]
}

/** One member's, with its place in the council's list. */
export type MemberSignature = { readonly index: number; readonly name: string; readonly signature: Hex }

const RULING = z.strictObject({
  version: z.literal(1),
  chainId: z.int().min(1),
  council: someAddress,
  fixing: bytes(32),
  value: z.string().transform((text, ctx) => {
    try {
      return parseValue(text)
    } catch {
      ctx.addIssue({ code: 'custom', message: 'a value in index units, or INVALID' })
      return z.NEVER
    }
  }),
  signatures: z
    .array(
      z.strictObject({
        index: z.int().min(0).max(255),
        name: z.string().max(64),
        signature: z.custom<Hex>((value) => isHex(value) && value.length <= 20_000, 'a signature in hex'),
      }),
    )
    .max(32),
})

/** The file's text. */
export function rulingText({ value, ...ruling }: RulingFile): string {
  return JSON.stringify({ version: 1, ...ruling, value: formatValue(value) }, undefined, 2)
}

/** Reads a ruling. Throws InputError naming the file and the field. */
export async function readRuling(file: string): Promise<RulingFile> {
  const found = await readRulingIfThere(file)
  if (found !== undefined) return found
  throw new InputError(`Expected a ruling at ${file}, got no file.`, 'Make one: assize council sign … --file.')
}

/** Reads a ruling; undefined if there is no file. Throws InputError for anything else. */
export async function readRulingIfThere(file: string): Promise<RulingFile | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new InputError(`Expected a ruling at ${file}, got no readable file.`, 'Check its permissions.', { cause })
  }
  const document = jsonOf(text)
  const parsed = RULING.safeParse(document)
  if (parsed.success) {
    const { version: _, ...ruling } = parsed.data
    return ruling
  }
  throw new InputError(
    `Expected a ruling in ${file}, got ${faultText(schemaFault(parsed.error, document))}.`,
    'Ask whoever made it for another.',
  )
}

/** Writes a ruling, in place of an older one: the signatures of others in it are not lost if writing ends halfway. */
export async function writeRuling(file: string, ruling: RulingFile): Promise<void> {
  await writeOver(file, `${rulingText(ruling)}\n`)
}

/**
 * One ruling of several files about the same, with every different signature: anybody can write one beside a member's place, and which of
 * them is the member's only the council says. Throws InputError if they are about different things.
 */
export function mergeRulings(files: readonly { readonly file: string; readonly ruling: RulingFile }[]): RulingFile {
  const [first, ...others] = files
  if (first === undefined) throw new InputError('Expected a file, got none.', 'Name the files of the members.')
  for (const { file, ruling } of others) {
    const field = (['chainId', 'council', 'fixing', 'value'] as const).find(
      (name) => ruling[name] !== first.ruling[name],
    )
    if (field === undefined) continue
    throw new InputError(
      `Expected rulings of the same ${field}, got ${said(first.ruling, field)} in ${first.file} and ${said(ruling, field)} in ${file}.`,
      'Members have to sign the same value for the same fixing.',
    )
  }
  const all = files.flatMap(({ ruling }) => ruling.signatures)
  const different = new Map(all.map((one) => [`${one.index}:${one.signature.toLowerCase()}`, one]))
  return { ...first.ruling, signatures: [...different.values()].toSorted((a, b) => a.index - b.index) }
}

function said(ruling: RulingFile, field: 'chainId' | 'council' | 'fixing' | 'value'): string {
  return field === 'value' ? formatValue(ruling.value) : String(ruling[field])
}
