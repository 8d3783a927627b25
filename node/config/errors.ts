import type { z } from 'zod'
import { schemaFault } from '#protocol/schema-fault.ts'
import { flagOf } from './environment.ts'

/** What is wrong with the first of the `settings` that do not fit; `fields` are all that there are. */
export function fieldError(error: z.ZodError, settings: unknown, fields: readonly string[]): InvalidFieldError {
  const { field, want, isUnknown } = schemaFault(error, settings)
  if (isUnknown) return new InvalidFieldError(field, UNKNOWN, '')
  const value = field.split('.').reduce<unknown>((at, name) => (isTable(at) ? at[name] : undefined), settings)
  // Of a URL with a password everything else says which one it is.
  const got = shown(value).replaceAll(/\/\/[^/@"]*@/g, '//…@')
  // Of a list, or a table of endpoints, an entry has no variable of its own; a table has none at all.
  const setting = fields.find((name) => `${field}.`.startsWith(`${name}.`)) ?? ''
  return new InvalidFieldError(field, want, got, setting)
}

function shown(got: unknown): string {
  if (got === undefined) return 'nothing'
  if (typeof got === 'bigint') return got.toString()
  // Of a number that is not exact no digits are shown: it was written as 1e17.
  if (Number.isInteger(got) && !Number.isSafeInteger(got)) return Number(got).toExponential()
  return JSON.stringify(got, decimals)
}

const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const decimals = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** What is wanted in place of a setting that there is not. */
export const UNKNOWN = 'a known setting'

/** A setting is missing, unknown or out of its bounds. */
export class InvalidFieldError extends Error {
  override readonly name = 'Config.InvalidFieldError'
  readonly field: string
  /** `setting` is what environment and flags give of it, if that is not the field; empty if they give nothing of it. */
  constructor(field: string, want: string, got: string, setting = field) {
    super(
      want === UNKNOWN
        ? `Expected ${UNKNOWN}, got ${field}. docs/reference/settings.md has them all.`
        : setting === ''
          ? `Expected ${field}: ${want}, got ${got}. Correct it in the file.`
          : `Expected ${field}: ${want}, got ${got}. ` +
            `Set it in the file, as ASSIZE_${setting.replace('.', '_').toUpperCase()} or --${flagOf(setting)}.`,
    )
    this.field = field
  }
}

/** The configuration file cannot be read or is not TOML. */
export class UnreadableConfigError extends Error {
  override readonly name = 'Config.UnreadableConfigError'
  readonly file: string
  constructor(file: string, got: string, options: ErrorOptions) {
    super(`Expected a TOML configuration at ${file}, got ${got}. Give the path of one with --config.`, options)
    this.file = file
  }
}
