import type { z } from 'zod'

/** What is wrong with the first of the settings that do not fit. */
export function fieldError(error: z.ZodError, settings: unknown): InvalidFieldError {
  const issue = error.issues[0]
  if (issue === undefined) return new InvalidFieldError('', 'valid settings', 'others')
  const names = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
  const field = names.join('.')
  const want = issue.code === 'unrecognized_keys' ? 'a known setting' : issue.message
  const got = names.reduce<unknown>((value, name) => (isTable(value) ? value[String(name)] : undefined), settings)
  const shown = got === undefined ? 'nothing' : JSON.stringify(got, decimals)
  // Of a URL with a password everything else says which one it is.
  return new InvalidFieldError(field, want, shown.replaceAll(/\/\/[^/@"]*@/g, '//…@'))
}

const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const decimals = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** A setting is missing, unknown or out of its bounds. */
export class InvalidFieldError extends Error {
  override readonly name = 'Config.InvalidFieldError'
  readonly field: string
  constructor(field: string, want: string, got: string) {
    super(
      `Expected ${field}: ${want}, got ${got}. ` +
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
