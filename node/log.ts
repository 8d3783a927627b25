import { destination, pino, stdSerializers } from 'pino'

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
 * JSON lines on stderr; stdout belongs to the ready line. Synchronous, so that a crash loses nothing. Of addresses in errors the host
 * alone is logged: a key to an endpoint may stand in the rest.
 */
export function createLog(level: LogLevel): Log {
  const serializers = { err: (error: Error) => withHosts(stdSerializers.err(error)) }
  return pino({ level, base: { pid: process.pid }, serializers }, destination({ fd: 2, sync: true }))
}

/** `value` with no more than the host of every address in its texts, however deep. */
function withHosts(value: unknown): unknown {
  if (typeof value === 'string')
    return value.replaceAll(/\b((?:https?|wss?):\/\/)(?:[^\s/?#"'@]*@)?([^\s/?#"']+)[^\s"']*/g, '$1$2')
  if (Array.isArray(value)) return value.map(withHosts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withHosts(field)]))
}
