import type { z } from 'zod'
import { schemaFault } from '#protocol/schema-fault.ts'

/** What is wrong with the first of the settings that do not fit. */
export function fieldError(error: z.ZodError, settings: unknown): InvalidFieldError {
  const { field, want, isUnknown } = schemaFault(error, settings)
  if (isUnknown) return new InvalidFieldError(field, UNKNOWN, '')
  const got = field.split('.').reduce<unknown>((value, name) => (isTable(value) ? value[name] : undefined), settings)
  const shown = got === undefined ? 'nothing' : JSON.stringify(got, decimals)
  // Of a URL with a password everything else says which one it is.
  return new InvalidFieldError(field, want, shown.replaceAll(/\/\/[^/@"]*@/g, '//…@'))
}

const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const decimals = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** What is wanted in place of a setting that there is not. */
export const UNKNOWN = 'a known setting'

/** A setting is missing, unknown or out of its bounds. */
export class InvalidFieldError extends Error {
  override readonly name = 'Config.InvalidFieldError'
  readonly field: string
  constructor(field: string, want: string, got: string) {
    super(
      want === UNKNOWN
        ? `Expected ${UNKNOWN}, got ${field}. docs/operations/running.md has them all.`
        : `Expected ${field}: ${want}, got ${got}. ` +
            `Set it in the file, as ASSIZE_${field.replace('.', '_').toUpperCase()} or --${field.replaceAll(/[._]/g, '-')}.`,
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
