import { destination, type DestinationStream, pino, stdSerializers } from 'pino'
import { withHosts } from './ground/with-hosts.ts'

/** The levels a log can be limited to, least first. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Structured lines; the fields come first, the sentence last. Only the outermost layer logs an error. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/**
 * JSON lines on stderr; stdout belongs to the ready line. Synchronous, so that a crash loses nothing. A line that is not taken, such as
 * by a full disk, is lost, and nothing else. Of addresses in errors the host
 * alone is logged: a key to an endpoint may stand in the rest.
 */
export function createLog(level: LogLevel): Log {
  const serializers = { err: dumpOf }
  return pino({ level, base: { pid: process.pid }, serializers }, stderr())
}

/** Without a listener an error of a destination ends the program, and one that has failed keeps all lines, without bound, to write them first. */
function stderr(): DestinationStream {
  const open = (): DestinationStream => destination({ fd: 2, sync: true }).on('error', () => (lines = open()))
  let lines = open()
  return { write: (line) => lines.write(line) }
}

/** What is deeper in an error, or comes to light by these, helps nobody. */
const DEEPEST = 8

/** An error as it is logged; whatever it is, that does not throw. */
function dumpOf(error: unknown): unknown {
  try {
    return safe(error, 0, new WeakSet())
  } catch {
    return 'an error that cannot be read'
  }
}

/** `value` with no more than the hosts of addresses in its texts; what is neither text, list, record nor error is only named. */
function safe(value: unknown, depth: number, seen: WeakSet<object>): unknown {
  if (typeof value === 'string') return withHosts(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST || seen.has(value)) return '[…]'
  seen.add(value)
  if (Array.isArray(value)) return value.map((one) => safe(one, depth + 1, seen))
  const dump = value instanceof Error ? stdSerializers.err(value) : value
  if (!isRecord(dump)) return `[${value.constructor?.name ?? 'object'}]`
  return Object.fromEntries(Object.entries(dump).map(([name, field]) => [name, safe(field, depth + 1, seen)]))
}

const ERROR_DUMP: unknown = Object.getPrototypeOf(stdSerializers.err(new Error('any')))

function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || prototype === ERROR_DUMP
}
