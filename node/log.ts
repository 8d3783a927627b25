import { destination, pino } from 'pino'

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

/** JSON lines on stderr; stdout belongs to the ready line. Synchronous, so that a crash loses nothing. */
export function createLog(level: LogLevel): Log {
  return pino({ level, base: { pid: process.pid } }, destination({ fd: 2, sync: true }))
}
