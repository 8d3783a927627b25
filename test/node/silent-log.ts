import type { Log } from '../../node/log.ts'

const drop = (): void => undefined

/** A log that says nothing. */
export const SILENT: Log = { debug: drop, info: drop, warn: drop, error: drop }
